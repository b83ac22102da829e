import NanoCore

/// Where a verdict belongs.
struct VerdictPlace {
    /// Of the input, or the packet's number; from 1.
    let line: Int
    /// Of the frame or the fault, in bytes from the connection's start.
    let offset: Int
    /// Nil outside of captures.
    var path: CapturedPlace?
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
        begin(place, into: &output)
        member("verdict", "accepted", into: &output)
        member("model", header.model.description, into: &output)
        member("type", header.type.name, into: &output)
        member("level", header.level.name, into: &output)
        output.append(contentsOf: ",\"timestamp\":".utf8)
        JSONText.writeInteger(UInt64(header.timestamp), into: &output)
        output.append(contentsOf: ",\"device_id\":".utf8)
        if let deviceID = packet.deviceID {
            JSONText.writeString(deviceID.text(in: bytes), into: &output)
        } else {
            output.append(contentsOf: "null".utf8)
        }
        output.append(contentsOf: ",\"payload\":".utf8)
        if let plain {
            JSONWriter.write(cbor: plain.span, plain.indices, into: &output)
        } else {
            JSONWriter.write(cbor: bytes, packet.frame.payload, into: &output)
        }
        output.append(contentsOf: "}\n".utf8)
    }

    func write(
        _ refused: RefusedBytes, frame: [UInt8], at place: VerdictPlace,
        into output: inout [UInt8]
    ) {
        begin(place, into: &output)
        member("verdict", "refused", into: &output)
        member("reason", refused.refusal.reason.name, into: &output)
        output.append(contentsOf: ",\"facts\":".utf8)
        refused.refusal.writeFacts(into: &output)
        output.removeLast()
        if refused.skipsMore { member("skipped_bytes", refused.skippedBytes, into: &output) }
        if refused.isClosing { output.append(contentsOf: ",\"closed\":true".utf8) }
        if let diagnosis = refused.diagnosis { member("diagnosis", diagnosis, into: &output) }
        output.append(contentsOf: "}}\n".utf8)
    }

    func write(_ note: CaptureNote, at place: VerdictPlace, into output: inout [UInt8]) {
        begin(place, into: &output)
        member("note", note.name, into: &output)
        for (name, bytes) in note.numbers { member(name, bytes, into: &output) }
        if case .search(_, _, let found) = note {
            output.append(contentsOf: ",\"frame_found\":\(found)".utf8)
        }
        if case .proxy(let device?) = note { member("device_address", device, into: &output) }
        output.append(contentsOf: "}\n".utf8)
    }

    private func begin(_ place: VerdictPlace, into output: inout [UInt8]) {
        output.append(contentsOf: "{\"line\":".utf8)
        JSONText.writeInteger(Int64(place.line), into: &output)
        member("offset", place.offset, into: &output)
        guard let path = place.path else { return }
        member("source", path.source, into: &output)
        member("destination", path.destination, into: &output)
        guard let time = path.unixNanoseconds else { return }
        member("time", Timestamp.iso8601(time / 1_000_000), into: &output)
    }

    private func member(_ name: String, _ number: Int, into output: inout [UInt8]) {
        output.append(UInt8(ascii: ","))
        JSONText.writeString(name, into: &output)
        output.append(UInt8(ascii: ":"))
        JSONText.writeInteger(Int64(number), into: &output)
    }

    private func member(_ name: String, _ text: String, into output: inout [UInt8]) {
        output.append(UInt8(ascii: ","))
        JSONText.writeString(name, into: &output)
        output.append(UInt8(ascii: ":"))
        JSONText.writeString(text, into: &output)
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

    private func line(_ text: String, into output: inout [UInt8]) {
        output.append(contentsOf: "  \(text)\n".utf8)
    }
}
