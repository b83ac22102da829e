/// Turns lines of hexadecimal digits into bytes, whatever blocks they come in.
///
/// Spaces, tabs and colons between digits don't matter; `#` begins a comment. Lines without digits
/// count for the numbering and for nothing else.
public struct HexLineReader {
    private var line = 1
    /// Of the character that comes next, from 1.
    private var column = 1
    private var bytes: [UInt8] = []
    private var isComment = false
    /// The first digit of an unfinished byte, or 255.
    private var high = Self.noDigit

    public init() {}

    private static let noDigit: UInt8 = 255
    private static let separator: UInt8 = 254

    /// What each character means: a digit's value, ``separator``, or ``noDigit``.
    private static let meanings: [UInt8] = (0...255).map { character in
        switch UInt8(character) {
        case UInt8(ascii: "0")...UInt8(ascii: "9"): UInt8(character) - UInt8(ascii: "0")
        case UInt8(ascii: "a")...UInt8(ascii: "f"): UInt8(character) - UInt8(ascii: "a") + 10
        case UInt8(ascii: "A")...UInt8(ascii: "F"): UInt8(character) - UInt8(ascii: "A") + 10
        case UInt8(ascii: " "), UInt8(ascii: "\t"), UInt8(ascii: "\r"), UInt8(ascii: ":"): separator
        default: noDigit
        }
    }

    /// Reads a block; a line that ends in it goes to `body` with its number.
    ///
    /// - Throws: ``HexLineError`` with line and column of the first fault; what `body` throws.
    public mutating func read(
        _ block: Span<UInt8>, _ body: (Int, [UInt8]) throws -> Void
    ) throws {
        let meanings = Self.meanings
        for index in block.indices {
            let character = block[index]
            let meaning = meanings[Int(character)]
            if character == UInt8(ascii: "\n") {
                try finish(body)
                line += 1
                column = 0
                isComment = false
            } else if isComment || meaning == Self.separator {
                // Means nothing.
            } else if character == UInt8(ascii: "#") {
                isComment = true
            } else if meaning == Self.noDigit {
                throw fault(Self.shown(character) + " is not a hexadecimal digit")
            } else if high == Self.noDigit {
                high = meaning
            } else {
                bytes.append(high << 4 | meaning)
                high = Self.noDigit
            }
            column += 1
        }
    }

    /// Hands out the current line, if there is anything in it.
    public mutating func finish(_ body: (Int, [UInt8]) throws -> Void) throws {
        guard high == Self.noDigit else { throw fault("the line ends in half a byte") }
        guard !bytes.isEmpty else { return }
        try body(line, bytes)
        bytes.removeAll(keepingCapacity: true)
    }

    private func fault(_ words: String) -> HexLineError {
        HexLineError(line: line, column: column, words: words)
    }

    private static func shown(_ character: UInt8) -> String {
        (0x21...0x7E).contains(character)
            ? "'" + String(UnicodeScalar(character)) + "'"
            : "byte 0x" + Hexadecimal.text([character])
    }
}

/// What is wrong with a line of hexadecimal digits.
public struct HexLineError: Error, Equatable, Sendable, CustomStringConvertible {
    /// From 1.
    public let line: Int
    /// Of the character at fault, from 1.
    public let column: Int
    let words: String

    public var description: String {
        "\(line):\(column): \(words); a line holds the bytes of one connection, two hexadecimal "
            + "digits each"
    }
}
