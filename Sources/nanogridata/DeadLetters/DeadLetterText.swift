import NanoCore
import NanoServe

/// Dead letters as the command line shows them. What came from devices and destinations is escaped.
enum DeadLetterText {
    /// Characters of an answer in a table.
    private static let answerCharacters = 60
    private static let deviceCharacters = 32
    private static let payloadCharacters = 65_536

    /// A line for the heads and one for each letter.
    static func table(_ letters: [DeadLetter]) -> [String] {
        let heads = ["id", "route", "condemned", "model", "device", "tries", "state", "status"]
        let rows =
            [heads + ["answer"]]
            + letters.map { letter in
                [
                    "\(letter.number)", SafeText.escaped(letter.route),
                    Timestamp.short(unixSeconds: letter.condemnedUnixMilliseconds / 1_000),
                    "\(letter.model)",
                    letter.device.map { SafeText.shortened($0, to: deviceCharacters) } ?? "-",
                    "\(letter.attempts)", letter.state.name,
                    SafeText.shortened(letter.error, to: deviceCharacters),
                    SafeText.shortened(letter.excerpt, to: answerCharacters),
                ]
            }
        let widths = heads.indices.map { column in rows.map { $0[column].count }.max() ?? 0 }
        return rows.map { row in
            let cells = zip(row, widths).map { text, width in
                text + String(repeating: " ", count: width - text.count)
            }
            return (cells + [row[heads.count]]).joined(separator: "  ")
        }
    }

    /// Everything about a letter, a fact a line.
    static func facts(_ letter: DeadLetter) -> [String] {
        let facts = [
            ("dead letter", "\(letter.number)"), ("identity", letter.identity),
            ("route", letter.route), ("state", letter.state.name),
            ("device", "\(letter.device ?? "-") (\(letter.model))"),
            ("received", Timestamp.iso8601(letter.receivedUnixMilliseconds)),
            ("condemned", Timestamp.iso8601(letter.condemnedUnixMilliseconds)),
            ("attempts", "\(letter.attempts)"), ("status", letter.error),
            ("answer", letter.excerpt), ("payload", letter.payload(atMost: payloadCharacters)),
            ("frame", Hexadecimal.text(letter.frame)),
        ]
        return facts.map { name, text in
            name + String(repeating: " ", count: 13 - name.count) + SafeText.escaped(text)
        }
    }

    /// A letter as one JSON object.
    ///
    /// - Parameter isWhole: Whether payload and frame are in it.
    static func json(_ letter: DeadLetter, isWhole: Bool) -> [UInt8] {
        var json = Array("{\"id\":\(letter.number)".utf8)
        func add(_ name: String, _ text: String) {
            json += ",\"\(name)\":".utf8
            JSONText.writeString(text, into: &json)
        }
        add("identity", letter.identity)
        add("route", letter.route)
        add("state", letter.state.name)
        add("model", "\(letter.model)")
        if let device = letter.device { add("device", device) }
        add("received", Timestamp.iso8601(letter.receivedUnixMilliseconds))
        add("condemned", Timestamp.iso8601(letter.condemnedUnixMilliseconds))
        json += ",\"attempts\":\(letter.attempts)".utf8
        add("status", letter.error)
        add("answer", letter.excerpt)
        if isWhole {
            let bounds = FrameBounds(packet: letter.frame.indices, in: letter.frame.span)
            if let bounds {
                json += ",\"payload\":".utf8
                JSONWriter.write(cbor: letter.frame.span, bounds.content, into: &json)
            }
            add("frame", Hexadecimal.text(letter.frame.prefix(bounds?.end ?? letter.frame.count)))
        }
        json.append(UInt8(ascii: "}"))
        return json
    }
}
