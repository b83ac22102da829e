import NanoCore

/// Writes only the verdicts that match a filter.
struct FilteredVerdicts: VerdictWriter {
    let filter: Filter
    let clock: JudgementClock
    let writer: any VerdictWriter

    func write(
        _ packet: VerifiedPacket, in bytes: Span<UInt8>, plain: [UInt8]?, at place: VerdictPlace,
        into output: inout [UInt8]
    ) {
        var subject = subject(packet.frame.header)
        subject.verdict = "accepted"
        subject.device = packet.deviceID?.text(in: bytes)
        subject.size = packet.frame.end - packet.frame.start
        guard isShown(subject) else { return }
        writer.write(packet, in: bytes, plain: plain, at: place, into: &output)
    }

    func write(
        _ refused: RefusedBytes, frame: [UInt8], at place: VerdictPlace,
        into output: inout [UInt8]
    ) {
        let bounds = FrameBounds(readingAt: 0, in: frame.span)
        var subject = subject(bounds?.header)
        subject.verdict = "refused"
        subject.reasons = RefusalSet(refused.refusal.reason)
        subject.device = bounds.flatMap { CBORScan.deviceID(in: frame.span, $0.payload) }?
            .text(in: frame.span)
        subject.size = frame.count
        subject.text = refused.diagnosis
        guard isShown(subject) else { return }
        writer.write(refused, frame: frame, at: place, into: &output)
    }

    private func isShown(_ subject: FilterSubject) -> Bool {
        filter.matches(subject, now: clock.now.unixMilliseconds)
    }

    /// What the frame says of itself; its time is the only one that captured bytes have.
    private func subject(_ header: FrameHeader?) -> FilterSubject {
        var subject = FilterSubject()
        guard let header else { return subject }
        subject.model = header.model
        subject.unixMilliseconds = Int64(header.timestamp) * 1_000
        subject.read(header, at: clock.now.unixMilliseconds)
        return subject
    }
}

extension Filter {
    /// A filter of verdicts as an argument.
    ///
    /// - Throws: ``Limited/Fault`` with the place of what is wrong.
    init(verdicts argument: String) throws {
        self.init(argument, in: .verdicts)
        if let fault = faults.first { throw Limited.Fault(description: fault.sentence) }
    }
}
