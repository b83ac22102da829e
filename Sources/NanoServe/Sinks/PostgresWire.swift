import NanoCore

/// What goes to PostgreSQL of a batch: rows in the text format of COPY.
///
/// jsonb holds no U+0000. Such a character in a device's text becomes U+2400, its visible symbol;
/// `payload_data` keeps the bytes as they came.
enum PostgresWire {
    /// The columns of a row, in its order.
    static let columns = [
        "identity", "model_id", "payload_type", "timestamp", "security_level", "raw_header",
        "payload_data", "mac_hex", "decoded_payload", "received_at",
    ]

    /// Appends a row for each item of a batch.
    ///
    /// - Parameter now: When the batch is written; what the packets' monotonic times count from.
    static func appendRows(of batch: DeliveryBatch, now: Moment, into copy: inout [UInt8]) {
        for place in batch.items.indices {
            guard let bounds = batch.bounds(of: place) else {
                preconditionFailure("the journal holds whole frames")
            }
            appendRow(of: batch.bytes.span, bounds, into: &copy)
            copy.append(UInt8(ascii: "\t"))
            Timestamp.appendISO8601(
                unixMilliseconds: batch.items[place].receivedUnixMilliseconds(now: now),
                into: &copy)
            copy.append(UInt8(ascii: "\n"))
        }
    }

    private static func appendRow(
        of frame: Span<UInt8>, _ bounds: FrameBounds, into copy: inout [UInt8]
    ) {
        let tab = UInt8(ascii: "\t")
        let header = bounds.header
        EventIdentity.append(frame: frame, bounds, into: &copy)
        copy.append(tab)
        JSONText.writeInteger(UInt64(header.model.rawValue), into: &copy)
        copy.append(tab)
        copy.append(contentsOf: header.type.name.utf8)
        copy.append(tab)
        Timestamp.appendISO8601(unixMilliseconds: Int64(header.timestamp) * 1_000, into: &copy)
        copy.append(tab)
        JSONText.writeInteger(UInt64(header.level.rawValue), into: &copy)
        copy.append(tab)
        appendBytea(frame, bounds.start..<bounds.payload.lowerBound, into: &copy)
        copy.append(tab)
        appendBytea(frame, bounds.payload, into: &copy)
        copy.append(tab)
        for index in bounds.mac { Hexadecimal.append(frame[index], into: &copy) }
        copy.append(tab)
        var json: [UInt8] = []
        JSONWriter.write(cbor: frame, bounds.content, into: &json)
        appendJSON(json, into: &copy)
    }

    /// Bytes in bytea's hexadecimal form, whose backslash COPY wants doubled.
    private static func appendBytea(
        _ bytes: Span<UInt8>, _ range: Range<Int>, into copy: inout [UInt8]
    ) {
        copy.append(contentsOf: "\\\\x".utf8)
        for index in range { Hexadecimal.append(bytes[index], into: &copy) }
    }

    /// JSON as a field of COPY. The writer escapes all control characters, so only backslashes are
    /// left to double. Escapes are read in pairs: a backslash that is itself escaped starts none.
    static func appendJSON(_ json: [UInt8], into copy: inout [UInt8]) {
        let backslash = UInt8(ascii: "\\")
        var index = 0
        while index < json.count {
            guard json[index] == backslash, index + 1 < json.count else {
                copy.append(json[index])
                index += 1
                continue
            }
            if json[index...].starts(with: "\\u0000".utf8) {
                copy.append(contentsOf: "\u{2400}".utf8)
                index += 6
                continue
            }
            copy.append(contentsOf: [backslash, backslash])
            if json[index + 1] == backslash { copy.append(backslash) }
            copy.append(json[index + 1])
            index += 2
        }
    }
}
