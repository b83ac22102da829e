/// A frame taken apart for people: what every byte means, and where the reading stopped.
///
/// The lines follow the bytes, up to the one at which the frame failed; nothing behind it is
/// shown. Where the payload failed the MAC stands in front of it, since it had held by then.
/// A frame that comes again, or too often, has no byte at fault: a line behind its last byte says so.
/// Text from the frame is escaped (``SafeText``).
public struct Dissection: Sendable {
    /// Whether judgement got past a line.
    public enum Mark: Sendable {
        case passed, failed
        /// Read, but not what the verdict hangs on.
        case none

        /// One column wide.
        public var glyph: String {
            switch self {
            case .passed: "✓"
            case .failed: "✗"
            case .none: " "
            }
        }

        /// ``glyph`` for terminals without Unicode.
        public var asciiGlyph: String {
            switch self {
            case .passed: "+"
            case .failed: "!"
            case .none: " "
            }
        }
    }

    /// Some bytes of the frame that belong together.
    public struct Line: Equatable, Sendable {
        /// Offset of the first byte in the frame.
        public var offset: Int
        /// The bytes themselves, as far as they are there.
        public var bytes: [UInt8]
        /// What the bytes are: `magic`, `payload`, or an item's key in the payload.
        public var field: String
        /// What they say; at the failing line, what was expected and what was found.
        public var meaning: String
        /// Whether judgement got past it.
        public var mark: Mark
        /// Steps of indentation: containers around an item of the payload.
        public var depth = 0
        /// Whether it sums up bytes that have lines of their own.
        public var isSummary = false
        /// Of an item of an opened payload: where its ciphertext lies in the frame. Which of its bytes
        /// the item came from nobody has to know.
        public var sealed: Range<Int>?

        /// Where the bytes lie in the frame that it tells of.
        public var range: Range<Int> { sealed ?? offset..<offset + bytes.count }

        /// Whether its bytes are its own. Field by field, every byte of a frame is that of one such line.
        public var isLeaf: Bool { !isSummary && sealed == nil && !bytes.isEmpty }

        /// The bytes in hexadecimal, with an ellipsis when there are more than `count`.
        public func hexadecimal(atMost count: Int) -> String {
            let shown = bytes.prefix(count).map { Hexadecimal.text([$0]) }
            return shown.joined(separator: " ") + (bytes.count > count ? "…" : "")
        }

        /// The line as text: offset, bytes, mark, field, meaning. Of an opened payload the offset is in that, with
        /// a plus: what stands there in the frame is ciphertext.
        public func text(bytesShown: Int = 14) -> String {
            let plus = sealed == nil ? "" : "+"
            let place = String(offset - (sealed?.lowerBound ?? 0), radix: 16)
            let hex = hexadecimal(atMost: bytesShown)
            return plus + String(repeating: "0", count: max(0, 4 - plus.count - place.count))
                + place
                + "  " + hex
                + String(repeating: " ", count: max(0, bytesShown * 3 - hex.count)) + "  "
                + mark.glyph + " " + String(repeating: "  ", count: depth) + field
                + (field.isEmpty || meaning.isEmpty ? "" : ": ") + meaning
        }
    }

    /// In the order of judgement.
    public let lines: [Line]

    /// Takes a frame apart.
    ///
    /// - Parameters:
    ///   - frame: The frame, or what there is of it.
    ///   - refusal: Why it was refused; nil when it was accepted.
    ///   - plain: The opened payload of a frame that came encrypted; its lines stand at the offsets of
    ///     the ciphertext's bytes.
    ///   - isFieldByField: Whether each field of the header has a line of its own, and bytes that were
    ///     not read have one too. The failing line then says what is there, and not what is wrong with it.
    public init(
        frame: [UInt8], refusal: Refusal?, plain: [UInt8] = [], isFieldByField: Bool = false
    ) {
        var dissector = FrameDissector(
            frame: frame, refusal: refusal, plain: plain, isFieldByField: isFieldByField)
        dissector.run()
        lines = dissector.lines
    }
}
