extension Refusal {
    /// The refusal in one sentence without a full stop: what was found, and what is allowed.
    public var words: String {
        switch reason.stage {
        case .framing: framingWords
        case .admission: admissionWords
        case .time: timeWords
        case .replay: replayWords
        case .mac: macWords
        case .payload where isBeforeMAC && detail != .deviceUnnamed:
            payloadWords
                + "; no device_id is in front of it, so no device's key can verify the frame"
        case .payload: payloadWords
        }
    }

    /// What was found, as text; empty where nothing was.
    var found: String { Self.text(observed) }

    /// What would have been taken, as text; empty where there is no such thing.
    var bound: String { Self.text(allowed) }

    private var framingWords: String {
        switch reason {
        case .unsupportedVersion: "version \(found), only 1 is known"
        case .reservedNotZero: "the reserved bytes are \(found), not 0"
        case .payloadTooLarge: "a payload of \(found) bytes, at most 1024 are allowed"
        case .unknownPayloadType: "payload type \(found), known are 1 to 5"
        case .unknownSecurityLevel: "security level \(found), known are 0 to 3"
        case .truncated:
            (detail == .idle
                ? "the frame was not whole in time" : "the connection ended inside a frame")
                + ": \(found) bytes of \(bound)"
        default: "these bytes begin no frame, which starts with c1 53"
        }
    }

    private var admissionWords: String {
        switch (reason, detail) {
        case (.unknownModel, _): "no secret is provisioned for model \(name(of: observed))"
        case (.securityTooLow, _):
            "security level \(name(of: observed)), the model takes \(name(of: allowed)) and above"
        case (_, .deviceLimit): "the device sends more than \(bound) frames a second"
        case (_, .sourceLimit): "the address had more than \(bound) frames a second refused"
        default: "the connection had more than \(bound) frames a second refused"
        }
    }

    private var timeWords: String {
        reason == .timestampFuture
            ? "the timestamp is \(found) s ahead, at most \(bound) s are allowed"
            : "the timestamp is \(found) s behind, at most \(bound) s are allowed"
    }

    private var replayWords: String {
        switch (reason, detail) {
        case (.replay, .sameConnection): "this frame came before, on the same connection"
        case (.replay, .sameAddress): "this frame came before, from the same address"
        case (.replay, _): "this frame came before, from another address"
        case (_, .behindNewest): "too far behind the device's newest frame to be told from a replay"
        case (_, .beforeForgotten):
            "from a time whose frames are no longer known, so it can't be told from a replay"
        default: "its second has left the exact memory, so it can't be told from a replay"
        }
    }

    private var macWords: String {
        reason == .crcMismatch
            ? "the checksum differs from that of header and payload"
            : "the MAC differs under every valid secret of the model"
    }

    /// A model or a level by its name.
    func name(of quantity: Quantity) -> String {
        guard case .unsigned(let value) = quantity else { return Self.text(quantity) }
        let byte = UInt8(truncatingIfNeeded: value)
        guard reason == .securityTooLow else { return ModelID(rawValue: byte).description }
        return SecurityLevel(rawValue: byte)?.name ?? "\(value)"
    }

    private static func text(_ quantity: Quantity) -> String {
        switch quantity {
        case .none: ""
        case .integer(let value): String(value)
        case .unsigned(let value): String(value)
        case .negative(let value): "\(-1 - Int128(value))"
        case .real(let value): value.description
        }
    }
}
