/// What may stand in place of the word that the cursor is behind.
struct Completion: Equatable, Sendable {
    struct Candidate: Equatable, Sendable {
        /// As it is put into the line.
        var text: String
        /// What it is, for people; may be empty.
        var words: String
        /// What is put behind the only one that there is.
        var ending: String

        init(_ text: String, _ words: String = "", ending: String = " ") {
            self.text = text
            self.words = words
            self.ending = ending
        }
    }

    /// Characters in front of the word.
    var start: Int
    var candidates: [Candidate]
    /// What is looked for in this place, for people: `a route`; empty where that is not known.
    var expected: String

    static let none = Completion(start: 0, candidates: [], expected: "")

    /// What all of them begin with; the case of letters is that of the first.
    var commonBeginning: String {
        guard let first = candidates.first?.text else { return "" }
        var common = first
        for candidate in candidates.dropFirst() {
            let same = zip(common, candidate.text).prefix {
                $0.lowercased() == $1.lowercased()
            }
            common = String(common.prefix(same.count))
        }
        return common
    }

    /// Those that begin as a word does, in any case of letters.
    ///
    /// - Parameter start: Characters in front of the word.
    static func beginning(
        with word: String, at start: Int, among candidates: [Candidate], expected: String
    ) -> Completion {
        let word = word.lowercased()
        return Completion(
            start: start, candidates: candidates.filter { $0.text.lowercased().hasPrefix(word) },
            expected: expected)
    }
}

/// Which of several completions stands in the line.
struct CompletionChoice: Equatable, Sendable {
    let completion: Completion
    /// What stands in front of the word.
    private let kept: String
    /// Nil before the first one was chosen.
    private(set) var index: Int?

    init(_ completion: Completion, kept: String) {
        self.completion = completion
        self.kept = kept
    }

    /// What stands in front of the cursor.
    var chosen: String { kept + (index.map { completion.candidates[$0].text } ?? "") }

    /// Goes round among them.
    mutating func move(by steps: Int) {
        let count = completion.candidates.count
        guard let index else {
            self.index = steps > 0 ? 0 : count - 1
            return
        }
        self.index = (index + steps + count) % count
    }
}
