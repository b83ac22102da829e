/// CBOR items in diagnostic notation (RFC 8949 §8), short enough to be read at a glance.
public enum CBORDiagnostic {
    /// The item in `range` on one line: arrays and maps inside it only show how many items they
    /// have. Text is escaped (``SafeText``).
    ///
    /// - Parameter count: The most characters that the line has; an ellipsis stands for the rest.
    public static func line(_ bytes: [UInt8], _ range: Range<Int>, atMost count: Int) -> String {
        let span = bytes.span
        var reader = CBORReader(range)
        let text: String
        switch reader.next(in: span) {
        case .map(let pairs)?: text = map(span, &reader, pairs ?? .max)
        case .array(let items)?: text = array(span, &reader, items ?? .max)
        case let item?: text = scalar(item, in: span)
        case nil: text = "?"
        }
        return text.count > count ? text.prefix(max(0, count - 1)) + "…" : text
    }

    /// A scalar as it is, a container as its number of items.
    static func scalar(_ item: CBORReader.Item, in bytes: Span<UInt8>) -> String {
        switch item {
        case .unsigned(let value): return String(value)
        case .negative(let value):
            return value == .max ? "-18446744073709551616" : "-" + String(value + 1)
        case .byteString(let string):
            return "h'" + Hexadecimal.text(string.content(in: bytes)) + "'"
        case .text(let string): return quoted(string.text(in: bytes))
        case .array(let count): return "[" + (count.map { "\($0)" } ?? "_") + "]"
        case .map(let count): return "{" + (count.map { "\($0)" } ?? "_") + "}"
        case .boolean(let value): return value ? "true" : "false"
        case .null: return "null"
        case .real(let value):
            guard value.isNaN || value.isInfinite else { return value.description }
            return value.isNaN ? "NaN" : value < 0 ? "-Infinity" : "Infinity"
        case .end: return "break"
        }
    }

    /// The text in quotes, its own quotes and backslashes escaped.
    static func quoted(_ text: String) -> String {
        var quoted = "\""
        for character in text.unicodeScalars {
            if character == "\"" || character == "\\" { quoted.unicodeScalars.append("\\") }
            quoted.unicodeScalars.append(character)
        }
        return SafeText.escaped(quoted) + "\""
    }

    private static func map(
        _ bytes: Span<UInt8>, _ reader: inout CBORReader, _ pairs: Int
    ) -> String {
        var parts: [String] = []
        while parts.count < pairs, case .text(let key)? = reader.next(in: bytes) {
            parts.append(
                SafeText.escaped(key.text(in: bytes)) + ": " + value(bytes, &reader))
        }
        return parts.isEmpty ? "{}" : "{ " + parts.joined(separator: ", ") + " }"
    }

    private static func array(
        _ bytes: Span<UInt8>, _ reader: inout CBORReader, _ items: Int
    ) -> String {
        var parts: [String] = []
        while parts.count < items {
            var ahead = reader
            guard let item = ahead.next(in: bytes), item != .end else { break }
            parts.append(value(bytes, &reader))
        }
        return "[" + parts.joined(separator: ", ") + "]"
    }

    /// Reads past the next item, and shows it as ``scalar(_:in:)`` does.
    private static func value(_ bytes: Span<UInt8>, _ reader: inout CBORReader) -> String {
        var ahead = reader
        guard let item = ahead.next(in: bytes), reader.skip(in: bytes) else { return "?" }
        return scalar(item, in: bytes)
    }
}
