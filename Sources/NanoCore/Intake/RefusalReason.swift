/// Why a frame was refused.
///
/// The names are stable: the same in metrics, logs, the API, the database and on screen
/// (`docs/protocol.md`, "Judgement"). The order of the cases is the order of judgement.
public enum RefusalReason: UInt8, CaseIterable, Codable, Sendable {
    case badMagic
    case unsupportedVersion
    case reservedNotZero
    case payloadTooLarge
    case unknownPayloadType
    case unknownSecurityLevel
    case truncated
    case unknownModel
    case securityTooLow
    case rateLimited
    case timestampFuture
    case timestampDrift
    case timestampAncient
    case replay
    case replayStale
    case macMismatch
    case crcMismatch
    case decryptFailed
    case cborMalformed
    case cborLimit
    case profileViolation

    /// The stable name, in snake case.
    public var name: String {
        switch self {
        case .badMagic: "bad_magic"
        case .unsupportedVersion: "unsupported_version"
        case .reservedNotZero: "reserved_not_zero"
        case .payloadTooLarge: "payload_too_large"
        case .unknownPayloadType: "unknown_payload_type"
        case .unknownSecurityLevel: "unknown_security_level"
        case .truncated: "truncated"
        case .unknownModel: "unknown_model"
        case .securityTooLow: "security_too_low"
        case .rateLimited: "rate_limited"
        case .timestampFuture: "timestamp_future"
        case .timestampDrift: "timestamp_drift"
        case .timestampAncient: "timestamp_ancient"
        case .replay: "replay"
        case .replayStale: "replay_stale"
        case .macMismatch: "mac_mismatch"
        case .crcMismatch: "crc_mismatch"
        case .decryptFailed: "decrypt_failed"
        case .cborMalformed: "cbor_malformed"
        case .cborLimit: "cbor_limit"
        case .profileViolation: "profile_violation"
        }
    }

    /// The reason with this ``name``.
    public init?(name: String) {
        guard let reason = Self.allCases.first(where: { $0.name == name }) else { return nil }
        self = reason
    }

    /// The stage of judgement that gives this reason.
    public var stage: RefusalStage {
        switch self {
        case .badMagic, .unsupportedVersion, .reservedNotZero, .payloadTooLarge,
            .unknownPayloadType, .unknownSecurityLevel, .truncated:
            .framing
        case .unknownModel, .securityTooLow, .rateLimited: .admission
        case .timestampFuture, .timestampDrift, .timestampAncient: .time
        case .replay, .replayStale: .replay
        case .macMismatch, .crcMismatch: .mac
        case .decryptFailed, .cborMalformed, .cborLimit, .profileViolation: .payload
        }
    }
}

/// The stages of judgement, in their order.
public enum RefusalStage: UInt8, CaseIterable, Sendable {
    case framing, admission, time, replay, mac, payload

    /// The name in the API and on screen.
    public var name: String {
        switch self {
        case .framing: "framing"
        case .admission: "admission"
        case .time: "time"
        case .replay: "replay"
        case .mac: "mac"
        case .payload: "payload"
        }
    }
}
