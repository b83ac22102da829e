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
    init?(key: CBORKey, in bytes: Span<UInt8>) {
        guard let short = key.short else {
            let known = Self.allCases.first { key.string.equals($0.name.utf8.span, in: bytes) }
            guard let known else { return nil }
            self = known
            return
        }
        let (text, field) = Self.keys[short.slot]
        guard text == short, let field else { return nil }
        self = field
    }

    /// The keys by their slots: one look for a key.
    private static let keys: InlineArray<64, (text: ShortText, field: ProfileField?)> = {
        var keys = InlineArray<64, (text: ShortText, field: ProfileField?)>(
            repeating: (ShortText(), nil))
        for field in allCases {
            let name = Array(field.name.utf8)
            let text = ShortText(name.span, name.indices)
            keys[text.slot] = (text, field)
        }
        return keys
    }()
}
