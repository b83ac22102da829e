/// Lines that were entered before, and the place among them that one looks back to.
struct LineHistory: Equatable, Sendable {
    /// Lines that are kept; of more the oldest go.
    static let limit = 200

    /// Oldest first; none is the same as the one before it.
    private(set) var lines: [String] = []
    /// The line that is shown; nil when none of them is.
    private var place: Int?
    /// What was typed before one looked back. Only lines that begin with it are shown.
    private var typed = ""

    init(_ lines: some Sequence<String> = []) {
        for line in lines { add(line) }
    }

    /// Adds a line that was entered.
    mutating func add(_ line: String) {
        leave()
        guard !line.isEmpty, line != lines.last else { return }
        lines.append(line)
        if lines.count > Self.limit { lines.removeFirst(lines.count - Self.limit) }
    }

    /// The next line back that begins with what was typed; nil when there is none.
    ///
    /// - Parameter text: What stands in the line.
    mutating func older(than text: String) -> String? {
        if place == nil { typed = text }
        let before = lines[..<(place ?? lines.count)]
        guard let found = before.lastIndex(where: { $0.hasPrefix(typed) && $0 != text }) else {
            return nil
        }
        place = found
        return lines[found]
    }

    /// The next line forward, behind the last one what was typed; nil when none is shown.
    mutating func newer() -> String? {
        guard let place else { return nil }
        let found = lines[(place + 1)...].firstIndex { $0.hasPrefix(typed) && $0 != lines[place] }
        self.place = found
        return found.map { lines[$0] } ?? typed
    }

    /// What is shown is changed, or taken: looking back begins anew.
    mutating func leave() {
        place = nil
        typed = ""
    }
}
