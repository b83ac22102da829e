/// A line of text being typed, with its cursor.
///
/// Places are counted in characters as people see them: a letter with its accents is one, so that the
/// cursor is never within it.
struct LineEditor: Sendable {
    /// What a key did.
    enum Outcome: Equatable, Sendable {
        /// The text is another now.
        case edited
        /// The text is as it was.
        case kept
        /// The line is to be taken as it is.
        case entered
        /// The line is to be given up.
        case left
    }

    private(set) var text: String
    /// Characters in front of the cursor.
    private(set) var cursor: Int
    private(set) var history: LineHistory
    /// The choice among several completions, from the first Tab to the next other key.
    private(set) var choice: CompletionChoice?
    /// Characters that there may be; more are not taken.
    let limit: Int
    /// Whether the last key brought more than there was room for.
    private(set) var isCut = false

    /// - Parameter text: The cursor is behind it.
    init(_ text: String = "", history: LineHistory = LineHistory(), limit: Int = 1_000) {
        self.text = text
        self.history = history
        self.limit = limit
        cursor = text.count
    }

    /// What stands in front of the cursor.
    var head: String { String(text.prefix(cursor)) }

    /// What stands behind the cursor.
    private var tail: String { String(text.dropFirst(cursor)) }

    /// Takes in a key press.
    ///
    /// - Parameter completion: What may stand where the cursor is; it is asked for at a Tab alone.
    mutating func handle(
        _ key: Key, completion: (LineEditor) -> Completion = { _ in .none }
    ) -> Outcome {
        if key == .tab || key == .backTab { return complete(completion, key == .tab ? 1 : -1) }
        choice = nil
        isCut = false
        switch key {
        case .enter: return .entered
        case .escape, .control("c"): return .left
        case .character(let character): return insert(String(character))
        case .paste(let text): return insert(text)
        case .backspace: return replace(head: String(head.dropLast()))
        case .delete, .control("d"): return replace(tail: String(tail.dropFirst()))
        case .control("u"): return replace(head: "")
        case .control("k"): return replace(tail: "")
        case .control("w"): return replace(head: Self.withoutLastWord(head))
        case .left, .control("b"): return move(to: cursor - 1)
        case .right, .control("f"): return move(to: cursor + 1)
        case .home, .control("a"): return move(to: 0)
        case .end, .control("e"): return move(to: text.count)
        case .up, .control("p"): return show(history.older(than: text))
        case .down, .control("n"): return show(history.newer())
        default: return .kept
        }
    }

    /// The completions to show: those that are being chosen from, or those of where the cursor is.
    func shown(_ completion: (LineEditor) -> Completion) -> Completion {
        choice?.completion ?? completion(self)
    }

    private mutating func insert(_ more: String) -> Outcome {
        let room = max(0, limit - text.count)
        isCut = more.count > room
        return replace(head: head + more.prefix(room))
    }

    private mutating func move(to place: Int) -> Outcome {
        cursor = min(max(0, place), text.count)
        return .kept
    }

    /// - Parameters:
    ///   - head: What stands in front of the cursor now; nil to leave it.
    ///   - tail: What stands behind it now; nil to leave it.
    private mutating func replace(head: String? = nil, tail: String? = nil) -> Outcome {
        let head = head ?? self.head
        let joined = head + (tail ?? self.tail)
        guard joined != text else { return .kept }
        history.leave()
        text = joined
        // What combines with the character before it makes one of two.
        cursor = min(head.count, joined.count)
        return .edited
    }

    /// Shows a line of the history; nil where there is none.
    private mutating func show(_ line: String?) -> Outcome {
        guard let line, line != text else { return .kept }
        text = line
        cursor = line.count
        return .edited
    }

    private static func withoutLastWord(_ head: String) -> String {
        let words = head.reversed().drop { $0 == " " }.drop { $0 != " " }
        return String(words.reversed())
    }

    /// Puts in what all completions begin with, and from then on one after the other.
    private mutating func complete(
        _ completion: (LineEditor) -> Completion, _ steps: Int
    ) -> Outcome {
        if var choice {
            choice.move(by: steps)
            let outcome = replace(head: choice.chosen)
            self.choice = choice
            return outcome
        }
        let completion = completion(self)
        let kept = String(text.prefix(completion.start))
        let candidates = completion.candidates
        if candidates.count == 1 {
            let isFollowed = tail.hasPrefix(candidates[0].ending)
            return replace(
                head: kept + candidates[0].text + (isFollowed ? "" : candidates[0].ending))
        }
        guard !candidates.isEmpty else { return .kept }
        let word = String(head.dropFirst(completion.start))
        let common = completion.commonBeginning
        if common.count > word.count, common.lowercased().hasPrefix(word.lowercased()) {
            return replace(head: kept + common)
        }
        var choice = CompletionChoice(completion, kept: kept)
        choice.move(by: steps)
        let outcome = replace(head: choice.chosen)
        self.choice = choice
        return outcome
    }
}
