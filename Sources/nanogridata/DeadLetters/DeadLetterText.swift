import NanoCore
import NanoServe
import NanoTUI

/// Dead letters as the command line shows them. What came from devices and destinations is escaped.
enum DeadLetterText {
    /// Characters of a device's id, and of a status, in a table.
    private static let deviceCharacters = 32
    private static let payloadCharacters = 65_536

    /// A line for the heads and one for each letter.
    ///
    /// - Parameter width: Columns of the terminal; nil for as many as are needed.
    static func table(_ letters: [DeadLetter], width: Int?) -> [String] {
        TextTable(
            columns: [
                .init("id"), .init("route", least: 5), .init("condemned", importance: 1),
                .init("model", importance: 4), .init("device", least: 9),
                .init("tries", importance: 3), .init("state", importance: 2),
                .init("status", least: 11), .init("answer", least: 10),
            ],
            rows: letters.map { letter in
                [
                    "\(letter.number)", letter.route,
                    Timestamp.short(unixSeconds: letter.condemnedUnixMilliseconds / 1_000),
                    "\(letter.model)",
                    letter.device.map { SafeText.shortened($0, to: deviceCharacters) } ?? "-",
                    "\(letter.attempts)", letter.state.name,
                    SafeText.shortened(letter.error, to: deviceCharacters),
                    letter.excerpt,
                ]
            }
        ).lines(width: width)
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
