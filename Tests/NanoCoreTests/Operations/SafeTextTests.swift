import NanoCore
import Testing

/// Hostile text made fit to be shown.
@Suite struct SafeTextTests {
    @Test(arguments: [
        ("\u{1B}[2J", #"\u{1B}[2J"#), ("a\nb", #"a\u{A}b"#), ("\u{7F}\u{9B}", #"\u{7F}\u{9B}"#),
        ("\u{202E}txt", #"\u{202E}txt"#), ("\u{2066}\u{2069}", #"\u{2066}\u{2069}"#),
        ("a\u{200B}b\u{FEFF}", #"a\u{200B}b\u{FEFF}"#), ("\u{0}", #"\u{0}"#),
        ("\u{2028}\u{2029}", #"\u{2028}\u{2029}"#), ("\u{E0041}", #"\u{E0041}"#),
        ("\r\n", #"\u{D}\u{A}"#), ("\u{61C}", #"\u{61C}"#),
    ])
    func `what moves, turns or hides is shown as what it is`(text: String, safe: String) {
        #expect(SafeText.escaped(text) == safe)
    }

    @Test(arguments: ["", "ESP32-001", "café", "cafe\u{301}", "日本", "🚀", "a b~"])
    func `plain text stays as it is`(text: String) {
        #expect(Array(SafeText.escaped(text).utf8) == Array(text.utf8))
    }

    @Test func `every C0 and C1 control is escaped`() {
        for value in Array(0...0x1F) + Array(0x7F...0x9F) {
            let scalar = Unicode.Scalar(UInt8(value))
            #expect(SafeText.escaped(String(scalar)).hasPrefix("\\u{"))
        }
    }

    @Test func `every scalar that Unicode calls ignorable is escaped, in JSON too`() {
        for value in 0...0x10FFFF as ClosedRange<UInt32> {
            guard let scalar = Unicode.Scalar(value),
                scalar.properties.isDefaultIgnorableCodePoint
            else { continue }
            #expect(SafeText.escaped(String(scalar)).hasPrefix("\\u{"), "U+\(value)")
            var json: [UInt8] = []
            JSONText.writeString(String(scalar), into: &json)
            #expect(json.starts(with: Array("\"\\u".utf8)), "U+\(value)")
        }
    }

    @Test(arguments: [
        ("ESP32-001", "ESP32-001"), ("a b", "a b"), ("", ""), ("  ", "\"  \""), (" a", "\" a\""),
        ("a\u{3000}", "\"a\u{3000}\""), ("\u{202E}", "\\u{202E}"),
    ])
    func `a name with blanks at an end stands between quotation marks`(name: String, shown: String)
    {
        #expect(SafeText.name(name) == shown)
    }

    @Test func `long text is cut with an ellipsis`() {
        #expect(SafeText.shortened("abcdef", to: 6) == "abcdef")
        #expect(SafeText.shortened("abcdefg", to: 6) == "abcde…")
    }
}
