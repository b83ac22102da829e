import CNcurses
import Glibc

/// What the terminal's entry in the terminfo database says.
struct Terminfo {
    /// Shows the alternate screen.
    let enter: [UInt8]
    /// Makes the screen empty.
    let clear: [UInt8]
    /// Back to the screen as it was.
    let leave: [UInt8]
    let hideCursor: [UInt8]
    let showCursor: [UInt8]
    /// In front of a frame, which the terminal then shows as a whole once it has the bytes behind it:
    /// synchronised output, DEC's private mode 2026.
    let beginFrame: [UInt8]
    /// Behind a frame.
    let endFrame: [UInt8]
    /// Whether it moves some of its rows up when it is told which, and by how many.
    let movesRows: Bool

    /// - Parameter substitute: What to run where nothing can be drawn.
    /// - Throws: ``ConsoleError`` when the terminal is not known, or cannot be drawn on.
    init(term: String?, output: Int32, substitute: String) throws(ConsoleError) {
        guard let term, !term.isEmpty else {
            throw ConsoleError(
                description: "TERM is not set, so the terminal cannot be drawn on; set it, or run "
                    + "\(substitute)")
        }
        var status: Int32 = 0
        guard setupterm(term, output, &status) == OK else {
            throw ConsoleError(
                description: "the terminal \"\(term)\" is not known here; set TERM to one that is, "
                    + "such as xterm, or run \(substitute)")
        }
        guard !Self.string("cup").isEmpty else {
            throw ConsoleError(
                description: "the terminal \"\(term)\" cannot move its cursor; use another, or run "
                    + "\(substitute)")
        }
        enter = Self.string("smcup")
        clear = Self.string("clear")
        leave = Self.string("rmcup")
        hideCursor = Self.string("civis")
        showCursor = Self.string("cnorm")
        // A terminal that has private modes passes over those that it does not know. It is not asked
        // whether it knows this one: the answer might come when a shell reads already.
        let hasPrivateModes = enter.starts(with: Array("\u{1B}[?".utf8))
        movesRows =
            Self.string("csr") == Array("\u{1B}[%i%p1%d;%p2%dr".utf8)
            && Self.string("indn") == Array("\u{1B}[%p1%dS".utf8)
        beginFrame = hasPrivateModes ? Array("\u{1B}[?2026h".utf8) : []
        endFrame = hasPrivateModes ? Array("\u{1B}[?2026l".utf8) : []
    }

    private static func string(_ capability: String) -> [UInt8] {
        capability.withCString { name in
            guard let text = tigetstr(UnsafeMutablePointer(mutating: name)),
                Int(bitPattern: text) != -1
            else { return [] }
            return withoutDelays(Array(String(cString: text).utf8))
        }
    }

    /// Delays such as `$<5>` are for terminals of another age.
    private static func withoutDelays(_ bytes: [UInt8]) -> [UInt8] {
        guard let start = bytes.firstIndex(of: UInt8(ascii: "$")),
            start + 1 < bytes.count, bytes[start + 1] == UInt8(ascii: "<"),
            let end = bytes[start...].firstIndex(of: UInt8(ascii: ">"))
        else { return bytes }
        return Array(bytes[..<start]) + withoutDelays(Array(bytes[(end + 1)...]))
    }
}
