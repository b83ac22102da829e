/// The numbers that a telemetry payload tells of its device.
///
/// It reads payloads that were found valid; over others it stops early.
package struct Measurements {
    /// How much is read.
    package enum Reach: Sendable {
        /// The first numbers at the top, of entries and of sensors.
        case watched
        /// Also those of maps and lists within.
        case whole

        /// Fields that are read, at most.
        var most: Int {
            switch self {
            case .watched: Measurements.most
            case .whole: 16
            }
        }
    }

    /// What one sensor says in a payload.
    package struct Field: Equatable, Sendable {
        /// As sent, with the keys around it: `air.temperature`; hostile text.
        package var name: String
        /// As sent; hostile text. Empty where the payload tells none.
        package var unit = ""
        /// In the order of the payload, at least one; each is finite.
        package var values: [Double]

        /// The last one, which is the newest of a list of entries.
        var value: Double { values[values.count - 1] }
    }

    /// Fields that are watched, at most.
    static let most = 4
    /// Numbers that measure nothing.
    private static let others: Set<String> = [
        "timestamp", "ts", "time", "seq", "sequence", "uptime",
    ]

    package private(set) var fields: [Field] = []
    private let bytes: [UInt8]
    private let reach: Reach
    private var reader: CBORReader

    /// - Parameter record: An accepted packet; anything but telemetry has no measurements.
    package init(of record: PacketRecord, reach: Reach = .watched) {
        let packet = record.packet
        let frame = FrameBounds(packet: 0..<packet.count, in: packet.span)
        bytes = packet
        self.reach = reach
        reader = CBORReader(frame?.content ?? 0..<0)
        guard frame?.header.type == .telemetry, let count = openMap() else { return }
        readPairs(count) { $0.readField($1) }
    }

    private mutating func readField(_ key: String) {
        switch key {
        case "entries": add(key, values: entryValues())
        case "sensors":
            let (item, _) = peek()
            guard case .array? = item, let count = openArray() else { return readValue(key, 1) }
            readItems(count) { $0.readSensor() }
        default: readValue(key, 1)
        }
    }

    /// A number, or what numbers there are within.
    ///
    /// - Parameter depth: Containers around it.
    private mutating func readValue(_ name: String, _ depth: Int) {
        guard reach == .whole, depth < CBORLimits.nesting else {
            return add(name, values: [number()].compactMap(\.self))
        }
        switch peek().item {
        case .map?:
            guard let count = openMap() else { return }
            readPairs(count) { measurements, key in
                if Self.others.contains(key) { return measurements.skip() }
                measurements.readValue("\(name).\(key)", depth + 1)
            }
        case .array?:
            guard let count = openArray() else { return }
            var values: [Double] = []
            readItems(count) { values += [$0.number()].compactMap(\.self) }
            add(name, values: values)
        default: add(name, values: [number()].compactMap(\.self))
        }
    }

    private mutating func readSensor() {
        guard let count = openMap() else { return }
        var (type, unit, values): (String?, String, [Double]) = (nil, "", [])
        readPairs(count) { measurements, key in
            switch key {
            case "type": type = measurements.text()
            case "unit": unit = measurements.text() ?? ""
            case "entries": values = measurements.entryValues()
            default: measurements.skip()
            }
        }
        if let type { add(type, unit: unit, values: values) }
    }

    private mutating func entryValues() -> [Double] {
        guard let count = openArray() else { return [] }
        var values: [Double] = []
        readItems(count) { measurements in
            guard let count = measurements.openMap() else { return }
            measurements.readPairs(count) { measurements, key in
                guard key == "value" || key == "ppm" else { return measurements.skip() }
                values += [measurements.number()].compactMap(\.self)
            }
        }
        return values
    }

    private mutating func add(_ name: String, unit: String = "", values: [Double]) {
        let values = values.filter(\.isFinite)
        guard fields.count < reach.most, !values.isEmpty, !Self.others.contains(name) else {
            return
        }
        fields.append(Field(name: name, unit: unit, values: values))
    }

    // MARK: - Items; what is something else is read past

    /// The next item, and a reader behind it.
    private func peek() -> (item: CBORReader.Item?, behind: CBORReader) {
        var ahead = reader
        let item = ahead.next(in: bytes.span)
        return (item, ahead)
    }

    /// The number of its items, nil up to a break; nothing at all where there is no array.
    private mutating func openArray() -> Int?? {
        let (item, behind) = peek()
        guard case .array(let count)? = item else {
            skip()
            return nil
        }
        reader = behind
        return .some(count)
    }

    private mutating func openMap() -> Int?? {
        let (item, behind) = peek()
        guard case .map(let count)? = item else {
            skip()
            return nil
        }
        reader = behind
        return .some(count)
    }

    private mutating func number() -> Double? {
        let (item, _) = peek()
        skip()
        return switch item {
        case .unsigned(let value): Double(value)
        case .negative(let value): -1 - Double(value)
        case .real(let value): value
        default: nil
        }
    }

    private mutating func text() -> String? {
        let (item, _) = peek()
        skip()
        guard case .text(let text)? = item else { return nil }
        return text.text(in: bytes.span)
    }

    /// Reads past an item; at one that is none, past everything.
    private mutating func skip() {
        var ahead = reader
        let isItem = ahead.skip(in: bytes.span)
        reader = isItem ? ahead : CBORReader(reader.limit..<reader.limit)
    }

    /// - Parameter count: Nil for items up to a break.
    private mutating func readItems(_ count: Int?, _ read: (inout Measurements) -> Void) {
        var left = count ?? .max
        while left > 0, !isAtEnd(isOpen: count == nil) {
            read(&self)
            left -= 1
        }
    }

    private mutating func readPairs(
        _ count: Int?, _ read: (inout Measurements, String) -> Void
    ) {
        readItems(count) { measurements in
            guard let key = measurements.text() else { return measurements.skip() }
            read(&measurements, key)
        }
    }

    /// Whether nothing follows; reads the break of an indefinite length.
    private mutating func isAtEnd(isOpen: Bool) -> Bool {
        guard reader.position < reader.limit else { return true }
        let (item, behind) = peek()
        guard isOpen, item == .end else { return false }
        reader = behind
        return true
    }
}
