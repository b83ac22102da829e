/// A frame's one reason for refusal, with the facts that a message needs.
///
/// A plain value without references: attackers decide how many of these are made, so making one
/// allocates nothing. ``RefusalReason`` names it, `facts` and `words` (RefusalFacts.swift) turn it
/// into what people and programs read.
public struct Refusal: Error, Codable, Equatable, Sendable {
    public let reason: RefusalReason
    /// What exactly went wrong within the reason.
    public let detail: RefusalDetail
    /// What was found.
    public let observed: Quantity
    /// What would have been taken.
    public let allowed: Quantity
    /// Offset, from the frame's first byte, of the byte at which the reading stopped.
    public let offset: Int
    /// The field of the payload's profile that is at fault.
    public let field: ProfileField?

    public init(
        _ reason: RefusalReason, _ detail: RefusalDetail = .none, observed: Quantity = .none,
        allowed: Quantity = .none, offset: Int = 0, field: ProfileField? = nil
    ) {
        self.reason = reason
        self.detail = detail
        self.observed = observed
        self.allowed = allowed
        self.offset = offset
        self.field = field
    }
}

extension Refusal {
    /// Whether the frame came again from where it came first, as it does after an answer was lost. It
    /// was accepted within the last minutes then; what is older is no `replay` but stale.
    public var isRetransmission: Bool {
        reason == .replay && (detail == .sameConnection || detail == .sameAddress)
    }

    /// Whether the payload names no device where the MAC's key is a device's: nothing has verified the
    /// frame. Of a payload that is no CBOR as far as its `device_id` the field says so.
    public var isBeforeMAC: Bool {
        switch reason {
        case .profileViolation: detail == .deviceUnnamed
        case .cborMalformed, .cborLimit: field == .deviceID
        default: false
        }
    }

    /// The same refusal at another place.
    func moved(by bytes: Int) -> Refusal {
        Refusal(
            reason, detail, observed: observed, allowed: allowed, offset: offset + bytes,
            field: field)
    }
}

/// A number in a refusal's facts.
public enum Quantity: Codable, Equatable, Sendable {
    case none
    case integer(Int64)
    case unsigned(UInt64)
    /// The integer −1 − n, for this n (RFC 8949 §3.1): one below those of 64 bits.
    case negative(UInt64)
    case real(Double)
}

/// The cases within a reason that an operator has to tell apart.
public enum RefusalDetail: UInt8, CaseIterable, Codable, Sendable {
    case none
    /// `truncated`: the connection ended, or idled past its limit, inside a frame.
    case connectionEnded, idle
    /// `rate_limited`: whose limit.
    case connectionLimit, sourceLimit, deviceLimit
    /// `replay`: where the first copy came from.
    case sameConnection, sameAddress, otherAddress
    /// `replay_stale`: what the guard no longer knows exactly.
    case secondEvicted, behindNewest, beforeForgotten
    /// `cbor_malformed`
    case empty, endOfInput, trailingBytes, invalidUTF8, topNotMap, keyNotText, duplicateKey
    case reservedInformation, unexpectedBreak, invalidChunk, invalidSimple, oddMap
    /// `cbor_limit`
    case textScalars, byteStringBytes, arrayItems, mapPairs, nesting, tag
    /// `profile_violation`
    case missing, wrongType, outOfRange, tooFew
    /// `profile_violation`: the key is a device's own, and the payload names no device; or what was
    /// opened names another one than the payload around it.
    case deviceUnnamed, otherDevice
    /// `profile_violation`: a genuine frame of a device that the registry does not have, or that an
    /// operator has turned away.
    case deviceUnknown, deviceBlocked
    /// `cbor_malformed`: the payload is not the array that an encrypted one is.
    case notSealed
    /// `profile_violation`: the connection's certificate is another device's.
    case otherCertificate

    /// Whether it is for the registry alone that the frame is refused: nothing is wrong with it.
    public var isOfRegistry: Bool { self == .deviceUnknown || self == .deviceBlocked }

    /// The name in a refusal's facts, in snake case.
    public var name: String {
        switch self {
        case .none: "none"
        case .connectionEnded: "connection_ended"
        case .idle: "idle"
        case .connectionLimit: "connection_limit"
        case .sourceLimit: "source_limit"
        case .deviceLimit: "device_limit"
        case .sameConnection: "same_connection"
        case .sameAddress: "same_address"
        case .otherAddress: "other_address"
        case .secondEvicted: "second_evicted"
        case .behindNewest: "behind_newest"
        case .beforeForgotten: "before_forgotten"
        case .empty: "empty"
        case .endOfInput: "end_of_input"
        case .trailingBytes: "trailing_bytes"
        case .invalidUTF8: "invalid_utf8"
        case .topNotMap: "top_not_map"
        case .keyNotText: "key_not_text"
        case .duplicateKey: "duplicate_key"
        case .reservedInformation: "reserved_information"
        case .unexpectedBreak: "unexpected_break"
        case .invalidChunk: "invalid_chunk"
        case .invalidSimple: "invalid_simple"
        case .oddMap: "odd_map"
        case .textScalars: "text_scalars"
        case .byteStringBytes: "byte_string_bytes"
        case .arrayItems: "array_items"
        case .mapPairs: "map_pairs"
        case .nesting: "nesting"
        case .tag: "tag"
        case .missing: "missing"
        case .wrongType: "wrong_type"
        case .outOfRange: "out_of_range"
        case .tooFew: "too_few"
        case .deviceUnnamed: "device_unnamed"
        case .otherDevice: "other_device"
        case .deviceUnknown: "device_unknown"
        case .deviceBlocked: "device_blocked"
        case .notSealed: "not_sealed"
        case .otherCertificate: "other_certificate"
        }
    }
}
