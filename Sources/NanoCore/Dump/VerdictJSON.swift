/// Verdicts as members of a JSON object, as `nanogridata decode --format json` writes them.
public enum VerdictJSON {
    /// Appends what an accepted packet says.
    ///
    /// - Parameters:
    ///   - payload: Where its CBOR map lies in `bytes`.
    public static func writeAccepted(
        _ header: FrameHeader, device: String?, _ bytes: Span<UInt8>, payload: Range<Int>,
        into json: inout [UInt8]
    ) {
        writeMember("verdict", "accepted", into: &json)
        writeMember("model", header.model.description, into: &json)
        writeMember("type", header.type.name, into: &json)
        writeMember("level", header.level.name, into: &json)
        writeMember("timestamp", Int(header.timestamp), into: &json)
        json.append(contentsOf: ",\"device_id\":".utf8)
        if let device {
            JSONText.writeString(device, into: &json)
        } else {
            json.append(contentsOf: "null".utf8)
        }
        json.append(contentsOf: ",\"payload\":".utf8)
        JSONWriter.write(cbor: bytes, payload, into: &json)
    }

    /// Appends a refusal with its facts, and what is known beside them.
    public static func writeRefused(
        _ refusal: Refusal, diagnosis: String?, into json: inout [UInt8],
        moreFacts: (inout [UInt8]) -> Void = { _ in }
    ) {
        writeMember("verdict", "refused", into: &json)
        writeMember("reason", refusal.reason.name, into: &json)
        json.append(contentsOf: ",\"facts\":".utf8)
        refusal.writeFacts(into: &json)
        json.removeLast()
        moreFacts(&json)
        if let diagnosis { writeMember("diagnosis", diagnosis, into: &json) }
        json.append(UInt8(ascii: "}"))
    }

    /// Appends a member with the comma in front of it.
    public static func writeMember(_ name: String, _ number: Int, into json: inout [UInt8]) {
        writeName(name, into: &json)
        JSONText.writeInteger(Int64(number), into: &json)
    }

    /// Appends a member with the comma in front of it.
    public static func writeMember(_ name: String, _ text: String, into json: inout [UInt8]) {
        writeName(name, into: &json)
        JSONText.writeString(text, into: &json)
    }

    private static func writeName(_ name: String, into json: inout [UInt8]) {
        json.append(UInt8(ascii: ","))
        JSONText.writeString(name, into: &json)
        json.append(UInt8(ascii: ":"))
    }
}
