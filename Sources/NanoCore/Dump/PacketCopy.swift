/// Packets as text that is pasted elsewhere. There is no secret in it, and nothing that a terminal or a
/// compiler would take for a command, whatever devices send.
public enum PacketCopy {
    /// - Parameter monitorPort: Where the monitoring pages are, for ``CopyForm/curl``.
    public static func text(
        of records: [PacketRecord], as form: CopyForm, monitorPort: Int
    ) -> String {
        switch form {
        case .hex: String(decoding: PacketDump.encode(records, as: .hex), as: UTF8.self)
        case .c: arrays(records)
        case .json: objects(records)
        case .curl: commands(records, monitorPort)
        case .text: records.map { heading($0) + "\n" }.joined()
        }
    }

    private static func arrays(_ records: [PacketRecord]) -> String {
        records.enumerated().map { index, record in
            let name = records.count == 1 ? "frame" : "frame_\(index + 1)"
            return array(record, name: name)
        }.joined(separator: "\n")
    }

    /// Bytes in a row of an array.
    private static let bytesInRow = 12

    private static func array(_ record: PacketRecord, name: String) -> String {
        let rows = stride(from: 0, to: record.bytes.count, by: bytesInRow).map { start in
            let row = record.bytes[start..<min(start + bytesInRow, record.bytes.count)]
            return "    " + row.map { "0x" + Hexadecimal.text([$0]) }.joined(separator: ", ") + ","
        }
        // A device may call itself what ends a comment.
        let comment = heading(record).replacing("*/", with: "* /")
        return "/* \(comment) */\nstatic const uint8_t \(name)[] = {\n"
            + rows.joined(separator: "\n") + "\n};\n"
    }

    /// Verdict, sender and time in a line.
    private static func heading(_ record: PacketRecord) -> String {
        let verdict = record.refusal.map { "\($0.reason.name): \($0.words)" } ?? "accepted"
        let sender = [record.model?.description, record.deviceID].compactMap(\.self)
            .joined(separator: " ")
        let facts = [
            sender, record.address, Timestamp.iso8601(record.unixMilliseconds),
            PlainWords.count(UInt64(record.bytes.count), "byte"), verdict,
        ]
        return SafeText.escaped(facts.filter { !$0.isEmpty }.joined(separator: ", "))
    }

    private static func objects(_ records: [PacketRecord]) -> String {
        var json: [UInt8] = []
        for (index, record) in records.enumerated() {
            json.append(contentsOf: "{\"line\":\(index + 1)".utf8)
            VerdictJSON.writeMember("offset", 0, into: &json)
            VerdictJSON.writeMember("source", record.address, into: &json)
            VerdictJSON.writeMember(
                "time", Timestamp.iso8601(record.unixMilliseconds), into: &json)
            let packet = record.packet
            if let refusal = record.refusal {
                VerdictJSON.writeRefused(refusal, diagnosis: record.diagnosis, into: &json)
            } else if let bounds = FrameBounds(packet: packet.indices, in: packet.span) {
                VerdictJSON.writeAccepted(
                    bounds.header, device: record.deviceID, packet.span, payload: bounds.content,
                    into: &json)
            }
            json.append(contentsOf: "}\n".utf8)
        }
        return String(decoding: json, as: UTF8.self)
    }

    /// Rows that are asked for.
    private static let rows = 20

    /// A command for each kind of packet, the first of each kind first.
    private static func commands(_ records: [PacketRecord], _ port: Int) -> String {
        var lines: [String] = []
        for record in records {
            let page = record.refusal == nil ? "packets" : "rejections"
            let url = "http://127.0.0.1:\(port)/\(page)?limit=\(rows)&filter="
            let line = "curl -sS '\(url)\(encoded(record.likeness))'\n"
            if !lines.contains(line) { lines.append(line) }
        }
        return lines.joined()
    }

    /// Percent-encoded (RFC 3986 §2.1), so that it holds neither a quotation mark nor a control
    /// character.
    private static func encoded(_ text: String) -> String {
        text.utf8.map { byte in
            switch byte {
            case UInt8(ascii: "a")...UInt8(ascii: "z"), UInt8(ascii: "A")...UInt8(ascii: "Z"),
                UInt8(ascii: "0")...UInt8(ascii: "9"), UInt8(ascii: "-"), UInt8(ascii: "."),
                UInt8(ascii: "_"), UInt8(ascii: "~"):
                String(UnicodeScalar(byte))
            default: "%" + Hexadecimal.text([byte]).uppercased()
            }
        }.joined()
    }
}

extension PacketRecord {
    /// A filter that matches it and its like: of one reason, and one device or one address.
    package var likeness: String {
        let reason = refusal.map { ["reason:\($0.reason.name)"] } ?? []
        return (reason + [sender]).joined(separator: " ")
    }

    /// A filter for what its sender has sent.
    package var sender: String {
        if let deviceID { return "device:\(Filter.value(deviceID))" }
        let place = address.lastIndex(of: ":").map { address[...$0] } ?? ""
        return "address:\(Filter.value(String(place)))"
    }
}
