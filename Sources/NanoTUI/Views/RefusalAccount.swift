import NanoCore

/// What the console says of a refusal, each fact once.
struct RefusalAccount {
    /// What was found, and what that probably comes from. Its first words are there at once, and stay
    /// when a diagnosis comes.
    let sentence: String
    /// What was expected and found, as far as the sentence does not say it; nil where it says all.
    let evidence: String?

    /// - Parameter record: Nothing is said of one that was accepted.
    init?(of record: PacketRecord) {
        guard let refusal = record.refusal else { return nil }
        let (reason, diagnosis) = (refusal.reason, record.diagnosis)
        let contrast = refusal.contrast(in: record.bytes)
        switch reason {
        case .macMismatch:
            sentence = "MAC differs" + (diagnosis.map { ": \($0)" } ?? Self.underNoSecret)
            evidence = "found \(contrast.found)"
        case .securityTooLow:
            sentence =
                "level too low: "
                + (diagnosis ?? "\(contrast.found), expected \(contrast.expected)")
            evidence = nil
        case .timestampFuture, .timestampDrift, .timestampAncient:
            let clock = "clock \(contrast.found)"
            if let diagnosis, diagnosis != clock {
                sentence = diagnosis
                evidence = "expected \(contrast.expected)"
            } else {
                sentence = "\(clock), expected \(contrast.expected)"
                evidence = nil
            }
        case .replay:
            sentence = diagnosis ?? "same frame accepted before \(Self.source(refusal.detail))"
            evidence = nil
        case .crcMismatch:
            sentence = refusal.words
            evidence = "expected \(contrast.expected) · found \(contrast.found)"
        case .profileViolation where refusal.detail == .wrongType:
            sentence = refusal.words
            evidence = "found \(contrast.found)"
        default:
            sentence = refusal.words
            evidence = nil
        }
    }

    private static let underNoSecret = " under every valid secret of the model"

    private static func source(_ detail: RefusalDetail) -> String {
        switch detail {
        case .sameConnection: "on the same connection"
        case .sameAddress: "from the same address"
        default: "from another address"
        }
    }
}
