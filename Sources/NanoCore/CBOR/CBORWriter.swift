/// Writes CBOR data items (RFC 8949) in their shortest form.
///
/// Containers are opened with their count, and their items written after them; the writer does not
/// check that as many follow.
public struct CBORWriter: Sendable {
    /// What was written so far.
    public private(set) var bytes: [UInt8] = []

    /// A writer that has written nothing.
    public init() {}

    /// Opens a map with this many pairs: each a key, then its value.
    public mutating func map(_ pairs: Int) { head(.map, UInt64(pairs)) }

    /// Opens an array with this many items.
    public mutating func array(_ items: Int) { head(.array, UInt64(items)) }

    /// Opens a map that lasts until ``end()``.
    public mutating func indefiniteMap() { bytes.append(0xBF) }

    /// Opens an array that lasts until ``end()``.
    public mutating func indefiniteArray() { bytes.append(0x9F) }

    /// Opens a text whose chunks are the texts up to ``end()``.
    public mutating func indefiniteText() { bytes.append(0x7F) }

    /// Opens a byte string whose chunks are the byte strings up to ``end()``.
    public mutating func indefiniteBytes() { bytes.append(0x5F) }

    /// Closes the innermost item with an indefinite length.
    public mutating func end() { bytes.append(CBORHead.breakByte) }

    /// Writes a text string; a map's keys are texts too.
    public mutating func text(_ text: String) {
        let content = text.utf8
        head(.text, UInt64(content.count))
        bytes.append(contentsOf: content)
    }

    /// Writes a byte string.
    public mutating func bytes(_ content: [UInt8]) {
        head(.byteString, UInt64(content.count))
        bytes.append(contentsOf: content)
    }

    /// Writes an integer that is not negative.
    public mutating func unsigned(_ value: UInt64) { head(.unsigned, value) }

    /// Writes the integer −1 − `value`, down to −2⁶⁴.
    public mutating func negative(_ value: UInt64) { head(.negative, value) }

    /// Writes an integer of either sign.
    public mutating func integer(_ value: Int64) {
        if value < 0 {
            head(.negative, UInt64(bitPattern: ~value))
        } else {
            head(.unsigned, UInt64(value))
        }
    }

    /// Writes a number in double precision.
    public mutating func double(_ value: Double) {
        number(0xFB, value.bitPattern, length: 8)
    }

    /// Writes a number in single precision.
    public mutating func single(_ value: Float) {
        number(0xFA, UInt64(value.bitPattern), length: 4)
    }

    /// Writes `true` or `false`.
    public mutating func boolean(_ value: Bool) { bytes.append(value ? 0xF5 : 0xF4) }

    /// Writes `null`.
    public mutating func null() { bytes.append(0xF6) }

    /// Writes `undefined`, which becomes `null` in JSON.
    public mutating func undefined() { bytes.append(0xF7) }

    /// Writes a tag in front of the next item. No gateway takes one: it is there for tests.
    public mutating func tag(_ number: UInt64) { head(.tag, number) }

    private mutating func head(_ major: CBORHead.Major, _ argument: UInt64) {
        let type = major.rawValue << 5
        switch argument {
        case 0..<24: bytes.append(type | UInt8(argument))
        case 24...0xFF: number(type | 24, argument, length: 1)
        case 0x100...0xFFFF: number(type | 25, argument, length: 2)
        case 0x1_0000...0xFFFF_FFFF: number(type | 26, argument, length: 4)
        default: number(type | 27, argument, length: 8)
        }
    }

    private mutating func number(_ initial: UInt8, _ value: UInt64, length: Int) {
        bytes.append(initial)
        for index in (0..<length).reversed() {
            bytes.append(UInt8(truncatingIfNeeded: value >> UInt64(8 * index)))
        }
    }
}
