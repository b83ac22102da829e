/// How a frame is authenticated (`docs/protocol.md`, "Frame", offset 5, low nibble).
public enum SecurityLevel: UInt8, CaseIterable, Comparable, Codable, Sendable {
    /// CRC-16/CCITT-FALSE: finds accidents, not attackers.
    case none = 0
    /// HMAC-SHA256, its first 16 bytes.
    case standard = 1
    /// HMAC-SHA256, all 32 bytes.
    case high = 2
    /// HMAC-SHA256, all 32 bytes; the place for encrypted payloads.
    case military = 3

    /// Bytes behind the payload.
    public var macLength: Int {
        switch self {
        case .none: 2
        case .standard: 16
        case .high, .military: 32
        }
    }

    /// The name in JSON, configuration and on screen.
    public var name: String {
        switch self {
        case .none: "none"
        case .standard: "standard"
        case .high: "high"
        case .military: "military"
        }
    }

    /// The level with this ``name``, in any case of ASCII letters.
    public init?(name: String) {
        let lowercased = name.lowercased()
        guard let level = Self.allCases.first(where: { $0.name == lowercased }) else { return nil }
        self = level
    }

    public static func < (left: SecurityLevel, right: SecurityLevel) -> Bool {
        left.rawValue < right.rawValue
    }
}
