import NanoCore

/// A payload as a tree of values, which can be encoded in many ways, and what the contract's table
/// of profiles says about it: no bytes, no offsets, no order.
indirect enum PlainTelemetry {
    case map([(key: String, value: PlainTelemetry)])
    case array([PlainTelemetry])
    case text(String)
    case integer(Int64)
    case real(Double)
    case other

    /// Whether a model's telemetry may be this value.
    func isAllowed(by profile: Profile) -> Bool {
        switch profile {
        case .esp32Pressure:
            isText("device_id", isRequired: true) && optionalsHold(["lab_id", "sensor_type"])
                && measures("pressure_pa", orEntriesOf: "value", upTo: 200_000)
        case .stm32Gas:
            isText("device_id", isRequired: true) && isText("gas_type", isRequired: true)
                && optionalsHold(["lab_id", "sensor_type"])
                && measures("concentration_ppm", orEntriesOf: "ppm", upTo: 10_000)
        case .asicMulti:
            isText("device_id", isRequired: true) && optionalsHold(["lab_id"])
                && isList("sensors") { sensor in
                    sensor.isText("type", isRequired: true)
                        && sensor.isText("unit", isRequired: true)
                        && sensor.areEntries(of: "value", upTo: nil)
                }
        case .raspberryPi, .custom: true
        }
    }

    private subscript(key: String) -> PlainTelemetry? {
        guard case .map(let pairs) = self else { return nil }
        return pairs.first { $0.key == key }?.value
    }

    private func isText(_ key: String, isRequired: Bool) -> Bool {
        switch self[key] {
        case .text: true
        case nil: !isRequired
        default: false
        }
    }

    private func optionalsHold(_ texts: [String]) -> Bool {
        texts.allSatisfy { isText($0, isRequired: false) }
            && (self["timestamp"] == nil || isNumber("timestamp", upTo: nil))
    }

    private func isNumber(_ key: String, upTo bound: Double?) -> Bool {
        let number: Double
        switch self[key] {
        case .integer(let value): number = Double(value)
        case .real(let value): number = value
        default: return false
        }
        guard let bound else { return true }
        return number >= 0 && number <= bound
    }

    private func measures(
        _ key: String, orEntriesOf entryKey: String, upTo bound: Double
    ) -> Bool {
        let (value, entries) = (self[key], self["entries"])
        return (value != nil || entries != nil) && (value == nil || isNumber(key, upTo: bound))
            && (entries == nil || areEntries(of: entryKey, upTo: bound))
    }

    private func areEntries(of key: String, upTo bound: Double?) -> Bool {
        isList("entries") { $0.isNumber("ts", upTo: nil) && $0.isNumber(key, upTo: bound) }
    }

    /// Whether there is at least one item, each of them a map that holds.
    private func isList(_ key: String, of holds: (PlainTelemetry) -> Bool) -> Bool {
        guard case .array(let items)? = self[key] else { return false }
        return !items.isEmpty
            && items.allSatisfy { item in
                if case .map = item { holds(item) } else { false }
            }
    }

    /// One of the encodings: lengths definite or not, pairs in any order.
    func write(into writer: inout CBORWriter, _ random: inout some RandomNumberGenerator) {
        let isIndefinite = Bool.random(using: &random)
        switch self {
        case .map(let pairs):
            if isIndefinite { writer.indefiniteMap() } else { writer.map(pairs.count) }
            for (key, value) in pairs.shuffled(using: &random) {
                Self.writeText(key, into: &writer, &random)
                value.write(into: &writer, &random)
            }
            if isIndefinite { writer.end() }
        case .array(let items):
            if isIndefinite { writer.indefiniteArray() } else { writer.array(items.count) }
            for item in items { item.write(into: &writer, &random) }
            if isIndefinite { writer.end() }
        case .text(let text): Self.writeText(text, into: &writer, &random)
        case .integer(let value): writer.integer(value)
        case .real(let value): writer.double(value)
        case .other: writer.null()
        }
    }

    private static func writeText(
        _ text: String, into writer: inout CBORWriter, _ random: inout some RandomNumberGenerator
    ) {
        guard Int.random(in: 0..<4, using: &random) == 0 else { return writer.text(text) }
        let cut = Int.random(in: 0...text.count, using: &random)
        writer.indefiniteText()
        writer.text(String(text.prefix(cut)))
        writer.text(String(text.dropFirst(cut)))
        writer.end()
    }
}
