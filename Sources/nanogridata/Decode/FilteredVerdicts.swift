import NanoCore

/// Writes only the verdicts that match a filter.
struct FilteredVerdicts: VerdictWriter {
    let filter: Filter
    /// Milliseconds of Unix time that times in the filter are counted back from.
    let now: Int64
    let writer: any VerdictWriter

    func write(
        _ packet: VerifiedPacket, in bytes: Span<UInt8>, plain: [UInt8]?, at place: VerdictPlace,
        into output: inout [UInt8]
    ) {
        var subject = subject(packet.frame.header, at: place, packet.receivedAt)
        subject.verdict = "accepted"
        subject.device = packet.deviceID?.text(in: bytes)
        subject.size = packet.frame.end - packet.frame.start
        guard filter.matches(subject, now: now) else { return }
        writer.write(packet, in: bytes, plain: plain, at: place, into: &output)
    }

    func write(
        _ refused: RefusedBytes, frame: [UInt8], at place: VerdictPlace,
        into output: inout [UInt8]
    ) {
        let bounds = FrameBounds(readingAt: 0, in: frame.span)
        var subject = subject(bounds?.header, at: place, refused.moment.now)
        subject.verdict = "refused"
        subject.reasons = RefusalSet(refused.refusal.reason)
        subject.device = bounds.flatMap { CBORScan.deviceID(in: frame.span, $0.payload) }?
            .text(in: frame.span)
        subject.size = frame.count
        subject.text = refused.diagnosis
        guard filter.matches(subject, now: now) else { return }
        writer.write(refused, frame: frame, at: place, into: &output)
    }

    /// A note is no verdict, so that no filter of verdicts takes it out: what is missing in a capture
    /// has to be known.
    func write(_ note: CaptureNote, at place: VerdictPlace, into output: inout [UInt8]) {
        writer.write(note, at: place, into: &output)
    }

    /// What the frame says of itself. Where no capture tells when it was sent, its own time counts.
    private func subject(
        _ header: FrameHeader?, at place: VerdictPlace, _ judged: Moment
    ) -> FilterSubject {
        var subject = FilterSubject()
        subject.address = place.path?.source
        subject.unixMilliseconds = place.path?.unixNanoseconds.map { $0 / 1_000_000 }
        guard let header else { return subject }
        subject.model = header.model
        if subject.unixMilliseconds == nil {
            subject.unixMilliseconds = Int64(header.timestamp) * 1_000
        }
        subject.read(header, at: judged.unixMilliseconds)
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
