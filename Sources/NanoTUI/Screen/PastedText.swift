/// Text on its way through a bracketed paste (xterm's control sequences, mode 2004): none of it is a
/// key, whatever it says.
struct PastedText: Sendable {
    static let begin = Array("\u{1B}[200~".utf8)
    private static let end = Array("\u{1B}[201~".utf8)
    /// Of more the rest is dropped; no line has room for as much.
    private static let mostBytes = 4_096
    /// How long nothing may come before the paste counts as over, in milliseconds: a terminal that never
    /// ends one must not take the keys away for ever, and one behind a slow connection must not have the
    /// rest of its text taken for keys.
    static let patience: UInt64 = 5_000

    private var bytes: [UInt8] = []
    /// When something came last, in milliseconds.
    private var heardAt: UInt64

    init(now: UInt64) {
        heardAt = now
    }

    /// Takes what belongs to the paste.
    ///
    /// - Parameters:
    ///   - held: What came from the terminal; what comes behind the paste stays.
    ///   - isQuiet: Whether nothing has come.
    ///   - now: The time, in milliseconds.
    /// - Returns: The text when it has ended; nil before.
    mutating func take(_ held: inout [UInt8], isQuiet: Bool, now: UInt64) -> String? {
        if !isQuiet { heardAt = now }
        if let start = Self.firstEnd(in: held) {
            add(held[..<start])
            held.removeFirst(start + Self.end.count)
            return text
        }
        // The last bytes may be the beginning of its end.
        let sure = max(0, held.count - Self.end.count + 1)
        add(held[..<sure])
        held.removeFirst(sure)
        guard now >= heardAt + Self.patience else { return nil }
        held = []
        return text
    }

    private mutating func add(_ more: ArraySlice<UInt8>) {
        bytes += more.prefix(max(0, Self.mostBytes - bytes.count))
    }

    private static func firstEnd(in bytes: [UInt8]) -> Int? {
        guard bytes.count >= end.count else { return nil }
        return (0...bytes.count - end.count).first { bytes[$0...].starts(with: end) }
    }

    /// With a blank for each line's end and tab, and without other control characters.
    private var text: String {
        let scalars = String(decoding: bytes, as: UTF8.self).unicodeScalars.compactMap { scalar in
            switch scalar.value {
            case 0x09, 0x0A, 0x0D: " " as Unicode.Scalar
            case 0x00..<0x20, 0x7F..<0xA0: nil
            default: scalar
            }
        }
        var text = String.UnicodeScalarView()
        text.append(contentsOf: scalars)
        return String(text)
    }
}
