import NanoCore

/// Where a verdict belongs.
struct VerdictPlace {
    /// Of the input, or the packet's number; from 1.
    let line: Int
    /// Of the frame or the fault, in bytes from the connection's start.
    let offset: Int
    /// Nil outside of captures.
    var path: CapturedPlace?
    /// What a dump says of the packet, its verdict first; nil outside of dumps.
    var recorded: String?
}

/// Puts verdicts into words or JSON.
protocol VerdictWriter {
    /// - Parameter plain: The opened payload of a packet that came encrypted.
    func write(
        _ packet: VerifiedPacket, in bytes: Span<UInt8>, plain: [UInt8]?, at place: VerdictPlace,
        into output: inout [UInt8])

    /// - Parameter frame: The refused bytes, as far as they are there.
    func write(
        _ refused: RefusedBytes, frame: [UInt8], at place: VerdictPlace,
        into output: inout [UInt8])

    /// Says what is no verdict.
    func write(_ note: CaptureNote, at place: VerdictPlace, into output: inout [UInt8])
}

/// A JSON object a line and verdict.
struct JSONVerdicts: VerdictWriter {
    func write(
        _ packet: VerifiedPacket, in bytes: Span<UInt8>, plain: [UInt8]?, at place: VerdictPlace,
        into output: inout [UInt8]
    ) {
        let header = packet.frame.header
        let device = packet.deviceID?.text(in: bytes)
        begin(place, into: &output)
        if let plain {
            VerdictJSON.writeAccepted(
                header, device: device, plain.span, payload: plain.indices, into: &output)
        } else {
            VerdictJSON.writeAccepted(
                header, device: device, bytes, payload: packet.frame.payload, into: &output)
        }
        end(place, into: &output)
    }

    func write(
        _ refused: RefusedBytes, frame: [UInt8], at place: VerdictPlace,
        into output: inout [UInt8]
    ) {
        begin(place, into: &output)
        VerdictJSON.writeRefused(refused.refusal, diagnosis: refused.diagnosis, into: &output) {
            if refused.skipsMore {
                VerdictJSON.writeMember("skipped_bytes", refused.skippedBytes, into: &$0)
            }
            if refused.isClosing { $0.append(contentsOf: ",\"closed\":true".utf8) }
        }
        end(place, into: &output)
    }

    func write(_ note: CaptureNote, at place: VerdictPlace, into output: inout [UInt8]) {
        begin(place, into: &output)
        VerdictJSON.writeMember("note", note.name, into: &output)
        for (name, bytes) in note.numbers { VerdictJSON.writeMember(name, bytes, into: &output) }
        if case .search(_, _, let found) = note {
            output.append(contentsOf: ",\"frame_found\":\(found)".utf8)
        }
        if case .proxy(let device?) = note {
            VerdictJSON.writeMember("device_address", device, into: &output)
        }
        output.append(contentsOf: "}\n".utf8)
    }

    private func end(_ place: VerdictPlace, into output: inout [UInt8]) {
        if let recorded = place.recorded {
            VerdictJSON.writeMember("recorded", recorded, into: &output)
        }
        output.append(contentsOf: "}\n".utf8)
    }

    private func begin(_ place: VerdictPlace, into output: inout [UInt8]) {
        output.append(contentsOf: "{\"line\":".utf8)
        JSONText.writeInteger(Int64(place.line), into: &output)
        VerdictJSON.writeMember("offset", place.offset, into: &output)
        guard let path = place.path else { return }
        VerdictJSON.writeMember("source", path.source, into: &output)
        VerdictJSON.writeMember("destination", path.destination, into: &output)
        guard let time = path.unixNanoseconds else { return }
        VerdictJSON.writeMember("time", Timestamp.iso8601(time / 1_000_000), into: &output)
    }
}

/// A heading, and every byte with its meaning.
struct DissectedVerdicts: VerdictWriter {
    func write(
        _ packet: VerifiedPacket, in bytes: Span<UInt8>, plain: [UInt8]?, at place: VerdictPlace,
        into output: inout [UInt8]
    ) {
        let frame = (packet.frame.start..<packet.frame.end).map { bytes[$0] }
        write(
            heading: "accepted", at: place, frame: frame, nil, plain: plain ?? [], into: &output)
        writeRecorded(place, into: &output)
        output.append(UInt8(ascii: "\n"))
    }

    func write(
        _ refused: RefusedBytes, frame: [UInt8], at place: VerdictPlace,
        into output: inout [UInt8]
    ) {
        let refusal = refused.refusal
        write(
            heading: "refused, \(refusal.reason.name): \(refusal.words)", at: place, frame: frame,
            refusal, into: &output)
        if let diagnosis = refused.diagnosis { line(SafeText.escaped(diagnosis), into: &output) }
        if refused.skipsMore {
            line("\(refused.skippedBytes) bytes skipped in search of a frame", into: &output)
        }
        if refused.isClosing {
            line("the search was given up here: the connection is closed", into: &output)
        }
        writeRecorded(place, into: &output)
        output.append(UInt8(ascii: "\n"))
    }

    func write(_ note: CaptureNote, at place: VerdictPlace, into output: inout [UInt8]) {
        output.append(contentsOf: "\(heading(place)): \(note.words)\n\n".utf8)
    }

    /// Where it is, as it stands in front of all else.
    private func heading(_ place: VerdictPlace) -> String {
        guard let path = place.path else { return "line \(place.line), offset \(place.offset)" }
        let time = path.unixNanoseconds.map { ", \(Timestamp.iso8601($0 / 1_000_000))" } ?? ""
        return "packet \(place.line), \(path.source) > \(path.destination)\(time), "
            + "offset \(place.offset)"
    }

    private func write(
        heading: String, at place: VerdictPlace, frame: [UInt8], _ refusal: Refusal?,
        plain: [UInt8] = [], into output: inout [UInt8]
    ) {
        output.append(contentsOf: "\(self.heading(place)): \(heading)\n".utf8)
        for part in Dissection(frame: frame, refusal: refusal, plain: plain).lines {
            line(part.text(), into: &output)
        }
    }

    /// What the dump says beside the verdict of now.
    private func writeRecorded(_ place: VerdictPlace, into output: inout [UInt8]) {
        guard let recorded = place.recorded else { return }
        let text = SafeText.shortened(recorded, to: Self.recordedCharacters)
        line("recorded: \(text)", into: &output)
    }

    /// Of what a dump says; no gateway writes as much.
    private static let recordedCharacters = 2_000

    private func line(_ text: String, into output: inout [UInt8]) {
        output.append(contentsOf: "  \(text)\n".utf8)
    }
}
