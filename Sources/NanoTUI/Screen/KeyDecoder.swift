/// Finds keys in the bytes that a terminal sends.
///
/// An escape byte alone is the Escape key only when nothing follows it; the caller says so.
public struct KeyDecoder: Sendable {
    private var held: [UInt8] = []
    /// What is being pasted; nil where nothing is.
    private var pasted: PastedText?

    public init() {}

    /// Whether bytes are held that may be the start of a longer key, or a paste has not ended.
    public var isWaiting: Bool { !held.isEmpty || pasted != nil }

    /// The keys in these bytes.
    ///
    /// - Parameters:
    ///   - isComplete: No more bytes are coming soon: what is held is all there is.
    ///   - now: The time, in milliseconds of a clock that only goes forward.
    public mutating func decode(_ bytes: [UInt8], isComplete: Bool, now: UInt64) -> [Key] {
        held += bytes
        var keys: [Key] = []
        while true {
            if var paste = pasted {
                let text = paste.take(&held, isQuiet: bytes.isEmpty, now: now)
                pasted = text == nil ? paste : nil
                guard let text else { break }
                keys.append(.paste(text))
            }
            guard !held.isEmpty, let (key, length) = next(isComplete) else { break }
            if held.starts(with: PastedText.begin) { pasted = PastedText(now: now) }
            held.removeFirst(length)
            if let key { keys.append(key) }
        }
        return keys
    }

    /// The first key and its length; nil when more bytes are needed.
    private func next(_ isComplete: Bool) -> (Key?, Int)? {
        let first = held[0]
        switch first {
        case 0x1B: return escape(isComplete)
        case 0x0D, 0x0A: return (.enter, 1)
        case 0x09: return (.tab, 1)
        case 0x7F, 0x08: return (.backspace, 1)
        case 0x01...0x1A: return (.control(Character(UnicodeScalar(first + 0x60))), 1)
        case 0x20...0x7E: return (.character(Character(UnicodeScalar(first))), 1)
        case 0xC2...0xF4: return unicode(first, isComplete)
        default: return (nil, 1)
        }
    }

    private func unicode(_ first: UInt8, _ isComplete: Bool) -> (Key?, Int)? {
        let length = first < 0xE0 ? 2 : first < 0xF0 ? 3 : 4
        guard held.count >= length else { return isComplete ? (nil, held.count) : nil }
        guard let text = String(validating: held[..<length], as: UTF8.self),
            let character = text.first
        else { return (nil, 1) }
        return (.character(character), length)
    }

    private func escape(_ isComplete: Bool) -> (Key?, Int)? {
        guard held.count > 1 else { return isComplete ? (.escape, 1) : nil }
        guard held[1] == UInt8(ascii: "[") || held[1] == UInt8(ascii: "O") else {
            return (.escape, 1)
        }
        // A sequence ends with its first byte from 0x40 on (ECMA-48 §5.4).
        guard let end = held[2...].firstIndex(where: { (0x40...0x7E).contains($0) }) else {
            return isComplete || held.count > 32 ? (nil, held.count) : nil
        }
        let isPlain = held[1] == UInt8(ascii: "[")
        if isPlain, end == 2, held[2] == UInt8(ascii: "M") {
            // An old report of the mouse: three bytes follow that must not become keys.
            guard held.count >= 6 else { return isComplete ? (nil, held.count) : nil }
            return (nil, 6)
        }
        return (Self.sequence(held[2...end]), end + 1)
    }

    private static func sequence(_ bytes: ArraySlice<UInt8>) -> Key? {
        let text = String(decoding: bytes, as: UTF8.self)
        if text.first == "<", text.last == "M" {
            return MouseEvent(report: text.dropFirst().dropLast()).map(Key.mouse)
        }
        return switch text {
        case "A": .up
        case "B": .down
        case "C": .right
        case "D": .left
        case "H", "1~", "7~": .home
        case "F", "4~", "8~": .end
        case "5~": .pageUp
        case "6~": .pageDown
        case "3~": .delete
        case "Z": .backTab
        case "M": .enter
        default: nil
        }
    }
}
