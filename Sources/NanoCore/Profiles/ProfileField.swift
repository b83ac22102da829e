/// The payload fields that model profiles know (`docs/protocol.md`, "Profiles").
public enum ProfileField: UInt8, CaseIterable, Codable, Sendable {
    case deviceID, labID, timestamp, sensorType
    case pressurePa, entries, entryTimestamp, entryValue
    case gasType, concentrationPpm, entryPpm
    case sensors, sensorKind, sensorUnit

    /// The key in the CBOR map.
    public var key: StaticString {
        switch self {
        case .deviceID: "device_id"
        case .labID: "lab_id"
        case .timestamp: "timestamp"
        case .sensorType: "sensor_type"
        case .pressurePa: "pressure_pa"
        case .entries: "entries"
        case .entryTimestamp: "ts"
        case .entryValue: "value"
        case .gasType: "gas_type"
        case .concentrationPpm: "concentration_ppm"
        case .entryPpm: "ppm"
        case .sensors: "sensors"
        case .sensorKind: "type"
        case .sensorUnit: "unit"
        }
    }

    /// The key in the CBOR map, as text.
    public var name: String { "\(key)" }
}

extension ProfileField {
    /// The field with this key, nil for keys that no profile knows.
    @inline(__always)
    init?(key: CBORString, in bytes: Span<UInt8>) {
        guard !key.isChunked else {
            let known = Self.allCases.first { key.equals($0.name.utf8.span, in: bytes) }
            guard let known else { return nil }
            self = known
            return
        }
        guard let candidate = Self.candidate(key.range, in: bytes),
            candidate.hasKey(key, in: bytes)
        else { return nil }
        self = candidate
    }

    /// The one field whose key could be these bytes, told by their number and the first of them.
    @inline(__always)
    private static func candidate(_ key: Range<Int>, in bytes: Span<UInt8>) -> ProfileField? {
        guard let first = key.first.map({ bytes[$0] }) else { return nil }
        switch (key.count, first) {
        case (2, _): return .entryTimestamp
        case (3, _): return .entryPpm
        case (4, UInt8(ascii: "t")): return .sensorKind
        case (4, _): return .sensorUnit
        case (5, _): return .entryValue
        case (6, _): return .labID
        case (7, UInt8(ascii: "e")): return .entries
        case (7, _): return .sensors
        case (8, _): return .gasType
        case (9, UInt8(ascii: "d")): return .deviceID
        case (9, _): return .timestamp
        case (11, UInt8(ascii: "s")): return .sensorType
        case (11, _): return .pressurePa
        case (17, _): return .concentrationPpm
        default: return nil
        }
    }

    /// Whether a key, which has the right number of bytes, is this field's.
    @inline(__always)
    private func hasKey(_ key: CBORString, in bytes: Span<UInt8>) -> Bool {
        let content = bytes.extracting(key.range)
        var difference: UInt8 = 0
        for index in 0..<content.count {
            difference |= content[index] ^ Self.keyBytes[Int(rawValue)][index]
        }
        return difference == 0
    }

    /// The keys as bytes, in the order of the fields, filled up with zeros.
    private static let keyBytes: InlineArray<14, InlineArray<17, UInt8>> = {
        var table = InlineArray<14, InlineArray<17, UInt8>>(repeating: InlineArray(repeating: 0))
        for field in allCases {
            for (index, byte) in field.name.utf8.enumerated() {
                table[Int(field.rawValue)][index] = byte
            }
        }
        return table
    }()
}
