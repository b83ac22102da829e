import NanoCore

/// One log event before it is written.
struct LogEntry {
    var unixMilliseconds: Int64
    var level: String
    var label: String
    var text: String
    /// Ordered by name.
    var fields: [(name: String, value: String)] = []

    /// Text and fields in one line, for the console.
    var message: String {
        fields.reduce(SafeText.escaped(text)) { line, field in
            line + " \(field.name)=" + String(decoding: Self.quoted(field.value), as: UTF8.self)
        }
    }

    /// The line with its end, in a format.
    func line(_ format: Settings.Logging.Format) -> [UInt8] {
        switch format {
        case .logfmt: logfmt
        case .json: json
        }
    }

    private var logfmt: [UInt8] {
        var line = Array("ts=\(Timestamp.iso8601(unixMilliseconds)) level=\(level) label=".utf8)
        line += Self.quoted(label)
        line += " msg=".utf8
        line += Self.quoted(text)
        for field in fields {
            line.append(UInt8(ascii: " "))
            line += Self.name(field.name).utf8
            line.append(UInt8(ascii: "="))
            line += Self.quoted(field.value)
        }
        line.append(UInt8(ascii: "\n"))
        return line
    }

    private var json: [UInt8] {
        var line = Array("{".utf8)
        let head = [
            ("ts", Timestamp.iso8601(unixMilliseconds)), ("level", level), ("label", label),
            ("msg", text),
        ]
        for (index, field) in (head + fields.map { ($0.name, $0.value) }).enumerated() {
            if index > 0 { line.append(UInt8(ascii: ",")) }
            JSONText.writeString(field.0, into: &line)
            line.append(UInt8(ascii: ":"))
            JSONText.writeString(field.1, into: &line)
        }
        line += "}\n".utf8
        return line
    }

    /// A value as it is when it is one plain word, else in quotes; harmful characters escaped.
    private static func quoted(_ value: String) -> [UInt8] {
        let isPlain =
            !value.isEmpty
            && value.utf8.allSatisfy { byte in
                (0x21...0x7E).contains(byte) && byte != UInt8(ascii: "\"")
                    && byte != UInt8(ascii: "=") && byte != UInt8(ascii: "\\")
            }
        if isPlain { return Array(value.utf8) }
        var text = "\""
        for character in value.unicodeScalars {
            switch character {
            case "\"": text += "\\\""
            case "\\": text += "\\\\"
            case "\n": text += "\\n"
            case "\r": text += "\\r"
            case "\t": text += "\\t"
            default: text.unicodeScalars.append(character)
            }
        }
        return Array((SafeText.escaped(text) + "\"").utf8)
    }

    /// A name without anything that would end it early.
    private static func name(_ text: String) -> String {
        String(
            text.map { $0.isASCII && ($0.isLetter || $0.isNumber || "._-".contains($0)) ? $0 : "_" }
        )
    }
}
