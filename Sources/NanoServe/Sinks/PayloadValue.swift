import NanoCore

/// A payload's item with everything in it, for those who need it in another order than it came.
enum PayloadValue {
    /// Integers too; those beyond 2⁵³ lose their last digits.
    case number(Double)
    case boolean(Bool)
    /// Byte strings too, as base64url.
    case text(String)
    /// What has no value: null, undefined, and simple values without a meaning.
    case nothing
    case list([PayloadValue])
    case map([Pair])

    struct Pair {
        var key: String
        var value: PayloadValue
    }

    /// Reads a payload that was found valid when its packet was accepted.
    init(payload: Range<Int>, of bytes: Span<UInt8>) {
        var reader = CBORReader(payload)
        self = Self.read(&reader, bytes) ?? .nothing
    }

    var text: String? {
        if case .text(let text) = self { text } else { nil }
    }

    /// The list, if it holds maps and nothing else.
    var maps: [[Pair]]? {
        guard case .list(let items) = self, !items.isEmpty else { return nil }
        var maps: [[Pair]] = []
        for item in items {
            guard case .map(let pairs) = item else { return nil }
            maps.append(pairs)
        }
        return maps
    }

    /// Nil at the break of an indefinite length, and at the end.
    private static func read(_ reader: inout CBORReader, _ bytes: Span<UInt8>) -> PayloadValue? {
        let start = reader.position
        switch reader.next(in: bytes) {
        case .unsigned(let value): return .number(Double(value))
        case .negative(let value): return .number(-1 - Double(value))
        case .real(let value): return .number(value)
        case .boolean(let value): return .boolean(value)
        case .text(let string): return .text(string.text(in: bytes))
        case .byteString: return .text(base64(start..<reader.position, of: bytes))
        case .null: return .nothing
        case .array(let count): return .list(readItems(count, &reader, bytes))
        case .map(let count): return .map(readPairs(count, &reader, bytes))
        case .end, nil: return nil
        }
    }

    private static func readItems(
        _ count: Int?, _ reader: inout CBORReader, _ bytes: Span<UInt8>
    ) -> [PayloadValue] {
        var items: [PayloadValue] = []
        while items.count < count ?? .max, let item = read(&reader, bytes) { items.append(item) }
        return items
    }

    private static func readPairs(
        _ count: Int?, _ reader: inout CBORReader, _ bytes: Span<UInt8>
    ) -> [Pair] {
        var pairs: [Pair] = []
        while pairs.count < count ?? .max, let key = read(&reader, bytes)?.text,
            let value = read(&reader, bytes)
        {
            pairs.append(Pair(key: key, value: value))
        }
        return pairs
    }

    private static func base64(_ range: Range<Int>, of bytes: Span<UInt8>) -> String {
        var quoted: [UInt8] = []
        JSONWriter.write(cbor: bytes, range, into: &quoted)
        return String(decoding: quoted.dropFirst().dropLast(), as: UTF8.self)
    }
}
