/// What was expected where a frame failed, and what was found there.
public struct RefusalContrast: Equatable, Sendable {
    public var expected: String
    public var found: String
}

extension Refusal {
    /// Bytes that are shown of what was found.
    private static let shownBytes = 8

    /// Both sides of the refusal, in a few words each. What a right MAC would have been is never among
    /// them: who knows it can forge a frame.
    ///
    /// - Parameter frame: The frame, or what there is of it.
    public func contrast(in frame: [UInt8]) -> RefusalContrast {
        let (expected, found) =
            switch reason.stage {
            case .framing: framing(frame)
            case .admission: admission
            case .time: time
            case .replay: replay
            case .mac: mac(frame)
            case .payload: payload(frame)
            }
        return RefusalContrast(expected: expected, found: found)
    }

    /// The bytes from a place on, as far as there is room for them.
    private func bytes(_ frame: [UInt8], from place: Int, atMost count: Int = shownBytes) -> String
    {
        guard place < frame.count else { return "the end of the bytes" }
        let shown = frame[max(0, place)...].prefix(count)
        let hex = shown.map { Hexadecimal.text([$0]) }.joined(separator: " ")
        return hex + (frame.count - place > count && count == Self.shownBytes ? " …" : "")
    }

    private func framing(_ frame: [UInt8]) -> (String, String) {
        switch reason {
        case .badMagic: ("c1 53", bytes(frame, from: 0, atMost: 2))
        case .unsupportedVersion: ("version 1", "version \(found)")
        case .reservedNotZero: ("00 00", bytes(frame, from: 12, atMost: 2))
        case .payloadTooLarge:
            (
                "at most \(PlainWords.count(UInt64(FrameHeader.maximumPayloadLength))) bytes",
                counted(observed, "byte")
            )
        case .unknownPayloadType: ("a type of 1 to 5", found)
        case .unknownSecurityLevel: ("a level of 0 to 3", found)
        default: (counted(allowed, "byte"), counted(observed, "byte"))
        }
    }

    private var admission: (String, String) {
        switch reason {
        case .unknownModel: ("a model with a secret", name(of: observed))
        case .securityTooLow:
            ("\(name(of: allowed).uppercased()) or above", name(of: observed).uppercased())
        default: ("at most \(bound) a second", "more")
        }
    }

    private var time: (String, String) {
        let side = reason == .timestampFuture ? "ahead" : "behind"
        return (
            "at most \(counted(allowed)) s \(side)", "\(counted(observed)) s \(side)"
        )
    }

    private var replay: (String, String) {
        reason == .replay
            ? ("a frame that has not come before", "its copy")
            : ("a time of which replays can be told", "an older one")
    }

    private func mac(_ frame: [UInt8]) -> (String, String) {
        if reason == .crcMismatch, case .unsigned(let sum) = allowed {
            let right = [UInt8(truncatingIfNeeded: sum >> 8), UInt8(truncatingIfNeeded: sum)]
            return (
                right.map { Hexadecimal.text([$0]) }.joined(separator: " "),
                bytes(frame, from: offset, atMost: 2)
            )
        }
        return ("a MAC under a valid secret", bytes(frame, from: offset))
    }

    private func payload(_ frame: [UInt8]) -> (String, String) {
        switch (reason, detail) {
        case (.decryptFailed, _): return ("a tag that holds", "one that does not")
        case (_, .missing), (_, .deviceUnnamed): return (field?.name ?? "a field", "none")
        case (_, .outOfRange): return ("at \(bound == "0" ? "least" : "most") \(bound)", found)
        case (_, .wrongType): return (expectedType, bytes(frame, from: offset))
        case (_, .deviceUnknown): return ("a device that the registry has", "another one")
        case (_, .deviceBlocked): return ("a device that is heard", "one that is turned away")
        case (_, .otherDevice): return ("the device_id of the array around it", "another one")
        case (_, .otherCertificate): return ("the device_id of the certificate", "another one")
        default:
            let words = payloadWords.trimmingPrefix("expected ")
            let end = words.firstRange(of: ", found ")?.lowerBound ?? words.endIndex
            return (String(words[..<end]), bytes(frame, from: offset))
        }
    }

    private func counted(_ quantity: Quantity, _ noun: String? = nil) -> String {
        let value: UInt64? =
            switch quantity {
            case .unsigned(let value): value
            case .integer(let value): value.magnitude
            case .none, .negative, .real: nil
            }
        guard let value else { return "–" }
        return noun.map { PlainWords.count(value, $0) } ?? PlainWords.count(value)
    }
}
