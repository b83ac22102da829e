/// Packets with their verdicts as the bytes of a file.
public enum PacketDump {
    /// A file of these packets, in their order.
    public static func encode(_ records: [PacketRecord], as format: DumpFormat) -> [UInt8] {
        var file = beginning(format)
        for record in records { append(record, as: format, into: &file) }
        return file
    }

    /// What stands in a file in front of all packets.
    public static func beginning(_ format: DumpFormat) -> [UInt8] {
        switch format {
        case .pcapng: Pcapng.beginning
        case .ndjson, .hex: []
        }
    }

    /// Appends one packet to a file.
    public static func append(
        _ record: PacketRecord, as format: DumpFormat, into file: inout [UInt8]
    ) {
        switch format {
        case .pcapng: return Pcapng.append(record, into: &file)
        case .ndjson: object(record, into: &file)
        case .hex: for byte in record.bytes { Hexadecimal.append(byte, into: &file) }
        }
        file.append(UInt8(ascii: "\n"))
    }

    /// A JSON object: verdict, facts, where the packet came from, the comment of pcapng, and its bytes.
    ///
    /// Text is exact: what a terminal should not see is there as an escape of JSON.
    private static func object(_ record: PacketRecord, into json: inout [UInt8]) {
        json.append(contentsOf: "{\"id\":".utf8)
        JSONText.writeInteger(record.id, into: &json)
        member("time", Timestamp.iso8601(record.unixMilliseconds), into: &json)
        member("address", record.address, into: &json)
        member("verdict", record.refusal == nil ? "accepted" : "refused", into: &json)
        if let model = record.model { member("model", model.description, into: &json) }
        if let device = record.deviceID { member("device_id", device, into: &json) }
        if let refusal = record.refusal {
            member("reason", refusal.reason.name, into: &json)
            json.append(contentsOf: ",\"facts\":".utf8)
            refusal.writeFacts(into: &json)
        } else if let bounds = FrameBounds(
            packet: record.packet.indices, in: record.packet.span)
        {
            json.append(contentsOf: ",\"payload\":".utf8)
            JSONWriter.write(cbor: record.packet.span, bounds.content, into: &json)
        }
        if let diagnosis = record.diagnosis { member("diagnosis", diagnosis, into: &json) }
        member("comment", record.verdictComment, into: &json)
        member("bytes", Hexadecimal.text(record.bytes), into: &json)
        json.append(UInt8(ascii: "}"))
    }

    private static func member(_ name: String, _ text: String, into json: inout [UInt8]) {
        json.append(UInt8(ascii: ","))
        JSONText.writeString(name, into: &json)
        json.append(UInt8(ascii: ":"))
        JSONText.writeString(text, into: &json)
    }
}
