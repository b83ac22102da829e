/// Writes the JSON that receivers get of a packet (`docs/protocol.md`, "Delivery").
public enum EventEncoder {
    /// Appends one event as a JSON object.
    ///
    /// - Parameters:
    ///   - frame: The bytes that hold a verified frame, and its opened payload if it came encrypted.
    ///   - bounds: Where in them it lies.
    ///   - id: Whether the object begins with the event's identity, as in a batch.
    public static func appendJSON(
        frame: Span<UInt8>, bounds: FrameBounds, id: Bool, into json: inout [UInt8]
    ) {
        let header = bounds.header
        json.append(UInt8(ascii: "{"))
        if id {
            json.append(contentsOf: "\"id\":\"".utf8)
            EventIdentity.append(frame: frame, bounds, into: &json)
            json.append(contentsOf: "\",".utf8)
        }
        json.append(contentsOf: "\"source\":\"nanogridata_0x".utf8)
        Hexadecimal.append(header.model.rawValue, into: &json)
        json.append(contentsOf: "\",\"type\":\"".utf8)
        json.append(contentsOf: header.type.name.utf8)
        json.append(contentsOf: "\",\"payload\":".utf8)
        JSONWriter.write(cbor: frame, bounds.content, into: &json)
        json.append(contentsOf: ",\"timestamp\":\"".utf8)
        Timestamp.appendISO8601(unixMilliseconds: Int64(header.timestamp) * 1_000, into: &json)
        json.append(contentsOf: "\",\"modelId\":".utf8)
        JSONText.writeInteger(UInt64(header.model.rawValue), into: &json)
        json.append(UInt8(ascii: "}"))
    }
}
