/// Writes a CBOR item as JSON, by RFC 8949 §6.1: byte strings as base64url without padding, what
/// JSON has no number or word for as `null`, integers with all their digits.
///
/// Keys keep their order. One pass over bytes that ``CBORWalk`` has passed; in others it writes
/// `null` for what it can't read.
public struct JSONWriter {
    /// Appends the item in `range` to `json`.
    public static func write(
        cbor bytes: Span<UInt8>, _ range: Range<Int>, into json: inout [UInt8]
    ) {
        var writer = JSONWriter(range)
        repeat { writer.step(bytes, &json) } while writer.depth > 0
    }

    /// Appends a JSON string with its quotes.
    public static func writeString(_ text: String, into json: inout [UInt8]) {
        JSONText.writeString(text, into: &json)
    }

    /// An open array or map.
    private struct Level {
        /// Items to come, keys and values alike; negative with an indefinite length.
        var left = 0
        var isMap = false
        /// Items written.
        var written = 0
    }

    private var reader: CBORReader
    private var levels = InlineArray<8, Level>(repeating: Level())
    private var depth = 0

    private init(_ range: Range<Int>) {
        reader = CBORReader(range)
    }

    /// Writes one item, or closes the innermost container.
    @inline(__always)
    private mutating func step(_ bytes: Span<UInt8>, _ json: inout [UInt8]) {
        if depth > 0, levels[depth &- 1].left == 0 { return close(&json) }
        let item = reader.next(in: bytes)
        if item == .end, depth > 0, levels[depth &- 1].left < 0 { return close(&json) }
        let isKey = separate(&json)
        switch item {
        case .unsigned(let value): JSONText.writeInteger(value, into: &json)
        case .negative(let value): Self.writeNegative(value, into: &json)
        case .byteString(let string): Self.writeBase64URL(string, bytes, into: &json)
        case .text(let string): Self.writeText(string, bytes, into: &json)
        case .array(let count): open(count ?? -1, isMap: false, isKey, &json)
        case .map(let count): open(count.map { $0 &* 2 } ?? -1, isMap: true, isKey, &json)
        case .boolean(let value): json.append(contentsOf: value ? "true".utf8 : "false".utf8)
        case .real(let value): JSONText.writeReal(value, into: &json)
        case .null: json.append(contentsOf: "null".utf8)
        case .end, nil: giveUp(&json)
        }
    }

    /// Writes the comma or colon in front of an item, and counts the item.
    @inline(__always)
    private mutating func separate(_ json: inout [UInt8]) -> Bool {
        guard depth > 0 else { return false }
        let level = levels[depth &- 1]
        let isValue = level.isMap && level.written & 1 == 1
        if isValue {
            json.append(UInt8(ascii: ":"))
        } else if level.written > 0 {
            json.append(UInt8(ascii: ","))
        }
        levels[depth &- 1].written = level.written &+ 1
        if level.left > 0 { levels[depth &- 1].left = level.left &- 1 }
        return level.isMap && !isValue
    }

    @inline(__always)
    private mutating func open(_ left: Int, isMap: Bool, _ isKey: Bool, _ json: inout [UInt8]) {
        guard depth < CBORLimits.nesting, !isKey else { return giveUp(&json) }
        json.append(isMap ? UInt8(ascii: "{") : UInt8(ascii: "["))
        levels[depth] = Level(left: left, isMap: isMap)
        depth &+= 1
    }

    @inline(__always)
    private mutating func close(_ json: inout [UInt8]) {
        depth &-= 1
        json.append(levels[depth].isMap ? UInt8(ascii: "}") : UInt8(ascii: "]"))
    }

    /// Ends the text where the bytes can't be read: they were not validated.
    private mutating func giveUp(_ json: inout [UInt8]) {
        json.append(contentsOf: "null".utf8)
        while depth > 0 { close(&json) }
    }

    /// Writes −1 − `value`, which a 64-bit integer does not always hold.
    private static func writeNegative(_ value: UInt64, into json: inout [UInt8]) {
        json.append(UInt8(ascii: "-"))
        if value == .max {
            json.append(contentsOf: "18446744073709551616".utf8)
        } else {
            JSONText.writeInteger(value &+ 1, into: &json)
        }
    }

    @inline(__always)
    private static func writeText(
        _ string: CBORString, _ bytes: Span<UInt8>, into json: inout [UInt8]
    ) {
        json.append(UInt8(ascii: "\""))
        string.forEachPiece(in: bytes) { JSONText.writeUTF8(bytes, $0, into: &json) }
        json.append(UInt8(ascii: "\""))
    }

    /// RFC 4648 §5, without the padding of §3.2.
    private static func writeBase64URL(
        _ string: CBORString, _ bytes: Span<UInt8>, into json: inout [UInt8]
    ) {
        var pending: UInt32 = 0
        var bits: UInt32 = 0
        json.append(UInt8(ascii: "\""))
        string.forEachPiece(in: bytes) { piece in
            for index in piece {
                pending = pending << 8 | UInt32(bytes[index])
                bits += 8
                while bits >= 6 {
                    bits -= 6
                    json.append(base64URLDigit(pending >> bits & 63))
                }
            }
        }
        if bits > 0 { json.append(base64URLDigit(pending << (6 - bits) & 63)) }
        json.append(UInt8(ascii: "\""))
    }

    private static func base64URLDigit(_ value: UInt32) -> UInt8 {
        let value = UInt8(truncatingIfNeeded: value)
        return switch value {
        case 0..<26: UInt8(ascii: "A") + value
        case 26..<52: UInt8(ascii: "a") + value - 26
        case 52..<62: UInt8(ascii: "0") + value - 52
        case 62: UInt8(ascii: "-")
        default: UInt8(ascii: "_")
        }
    }
}
