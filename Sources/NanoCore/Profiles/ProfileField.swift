/// The payload fields that model profiles know (`docs/protocol.md`, "Profiles").
public enum ProfileField: UInt8, CaseIterable, Sendable {
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
