/// The parts of JSON (RFC 8259) that everything here writes alike, appended to bytes.
public enum JSONText {
    /// Appends a string with its quotes, exactly as given: control characters, quotes and
    /// backslashes are escaped, everything else stays.
    public static func writeString(_ text: String, into json: inout [UInt8]) {
        json.append(UInt8(ascii: "\""))
        for byte in text.utf8 { writeEscaped(byte, into: &json) }
        json.append(UInt8(ascii: "\""))
    }

    /// Appends one byte of a UTF-8 string, escaped where RFC 8259 §7 demands it.
    @inline(__always)
    static func writeEscaped(_ byte: UInt8, into json: inout [UInt8]) {
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
