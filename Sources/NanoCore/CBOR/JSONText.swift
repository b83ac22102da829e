/// The parts of JSON (RFC 8259) that everything here writes alike, appended to bytes.
public enum JSONText {
    /// Appends a string with its quotes. Who reads the JSON gets exactly the text given; quotes,
    /// backslashes and all that ``SafeText`` calls harmful are escaped, since JSON is shown too.
    public static func writeString(_ text: String, into json: inout [UInt8]) {
        json.append(UInt8(ascii: "\""))
        for scalar in text.unicodeScalars {
            if scalar.value < 0x7F {
                writeEscaped(UInt8(truncatingIfNeeded: scalar.value), into: &json)
            } else {
                writeScalar(scalar, into: &json)
            }
        }
        json.append(UInt8(ascii: "\""))
    }

    /// Appends a stretch of UTF-8, escaped like ``writeString(_:into:)``. No bytes make it trap.
    @inline(__always)
    static func writeUTF8(_ bytes: Span<UInt8>, _ range: Range<Int>, into json: inout [UInt8]) {
        var index = range.lowerBound
        while index < range.upperBound {
            if bytes[index] < 0x7F {
                writeEscaped(bytes[index], into: &json)
                index &+= 1
            } else {
                index = writeSequence(bytes, index..<range.upperBound, into: &json)
            }
        }
    }

    /// Appends the scalar at the front of a stretch that is DEL or longer than a byte.
    ///
    /// - Returns: The offset behind it.
    @inline(never)
    private static func writeSequence(
        _ bytes: Span<UInt8>, _ range: Range<Int>, into json: inout [UInt8]
    ) -> Int {
        let first = bytes[range.lowerBound]
        let length = first < 0xC0 ? 1 : first < 0xE0 ? 2 : first < 0xF0 ? 3 : 4
        let end = min(range.upperBound, range.lowerBound &+ length)
        var value = UInt32(length == 1 ? first : first & (0x7F &>> UInt8(length)))
        for index in range.lowerBound &+ 1..<max(end, range.lowerBound &+ 1) {
            value = value &<< 6 | UInt32(bytes[index] & 0x3F)
        }
        if let scalar = Unicode.Scalar(value), SafeText.isHarmful(scalar) {
            writeEscape(scalar, into: &json)
        } else {
            for index in range.lowerBound..<end { json.append(bytes[index]) }
        }
        return end
    }

    private static func writeScalar(_ scalar: Unicode.Scalar, into json: inout [UInt8]) {
        if SafeText.isHarmful(scalar) {
            writeEscape(scalar, into: &json)
        } else {
            json.append(contentsOf: UTF8.encode(scalar) ?? UTF8.encodedReplacementCharacter)
        }
    }

    /// Appends a scalar as `\u` and four digits, twice where UTF-16 takes two units.
    private static func writeEscape(_ scalar: Unicode.Scalar, into json: inout [UInt8]) {
        for unit in UTF16.encode(scalar) ?? UTF16.encodedReplacementCharacter {
            json.append(contentsOf: "\\u".utf8)
            Hexadecimal.append(UInt8(truncatingIfNeeded: unit >> 8), into: &json)
            Hexadecimal.append(UInt8(truncatingIfNeeded: unit), into: &json)
        }
    }

    /// Appends one ASCII character, escaped where RFC 8259 §7 demands it.
    @inline(__always)
    private static func writeEscaped(_ byte: UInt8, into json: inout [UInt8]) {
        if byte >= 0x20, byte != UInt8(ascii: "\""), byte != UInt8(ascii: "\\") {
            json.append(byte)
        } else {
            writeEscape(byte, into: &json)
        }
    }

    private static func writeEscape(_ byte: UInt8, into json: inout [UInt8]) {
        json.append(UInt8(ascii: "\\"))
        switch byte {
        case UInt8(ascii: "\""), UInt8(ascii: "\\"): json.append(byte)
        case 0x08: json.append(UInt8(ascii: "b"))
        case 0x09: json.append(UInt8(ascii: "t"))
        case 0x0A: json.append(UInt8(ascii: "n"))
        case 0x0C: json.append(UInt8(ascii: "f"))
        case 0x0D: json.append(UInt8(ascii: "r"))
        default:
            json.append(contentsOf: "u00".utf8)
            Hexadecimal.append(byte, into: &json)
        }
    }

    /// Appends an integer in decimal.
    public static func writeInteger(_ value: UInt64, into json: inout [UInt8]) {
        var digits = InlineArray<20, UInt8>(repeating: 0)
        var count = 0
        var rest = value
        repeat {
            digits[count] = UInt8(ascii: "0") &+ UInt8(truncatingIfNeeded: rest % 10)
            rest /= 10
            count &+= 1
        } while rest > 0
        while count > 0 {
            count &-= 1
            json.append(digits[count])
        }
    }

    /// Appends an integer in decimal.
    public static func writeInteger(_ value: Int64, into json: inout [UInt8]) {
        if value < 0 { json.append(UInt8(ascii: "-")) }
        writeInteger(value.magnitude, into: &json)
    }

    /// Appends a number so that reading it gives the same number again, in as few digits as that
    /// takes; `null` for what JSON has no number for.
    public static func writeReal(_ value: Double, into json: inout [UInt8]) {
        let text = value.isFinite ? value.description : "null"
        json.append(contentsOf: text.utf8)
    }
}

/// Lower-case hexadecimal digits.
public enum Hexadecimal {
    /// Appends the two digits of a byte.
    @inline(__always)
    public static func append(_ byte: UInt8, into text: inout [UInt8]) {
        text.append(digit(byte >> 4))
        text.append(digit(byte & 0x0F))
    }

    /// The digits of some bytes, two a byte.
    public static func text(_ bytes: some Sequence<UInt8>) -> String {
        var text: [UInt8] = []
        for byte in bytes { append(byte, into: &text) }
        return String(decoding: text, as: UTF8.self)
    }

    @inline(__always)
    private static func digit(_ value: UInt8) -> UInt8 {
        value < 10 ? UInt8(ascii: "0") &+ value : UInt8(ascii: "a") &+ value &- 10
    }
}
