import NanoCore

/// A question that is answered with a line of text. What it is about was fixed when the key was
/// pressed.
struct Prompt: Sendable {
    /// What the answer is for.
    enum Purpose: Sendable {
        /// For how long from now on a former secret is accepted.
        case grace(SecretSnapshot)
        /// A model and a device of it that is to be set up.
        case newDevice
    }

    /// In front of the answer.
    var question: String
    /// The answer.
    var line: LineEditor
    var purpose: Purpose
    /// Whether nothing was typed yet.
    private var isProposal = false

    /// - Parameter text: The answer to begin with.
    init(question: String, text: String, purpose: Purpose) {
        self.question = question
        line = LineEditor(text, limit: Self.longestAnswer)
        self.purpose = purpose
    }

    /// - Parameter proposal: An answer that the first letter that is typed takes the place of.
    init(question: String, proposing proposal: String, purpose: Purpose) {
        self.init(question: question, text: proposal, purpose: purpose)
        isProposal = true
    }

    /// Takes in a key.
    mutating func handle(_ key: Key) -> LineEditor.Outcome {
        switch key {
        case .character, .paste:
            if isProposal { line = LineEditor(limit: Self.longestAnswer) }
        default: break
        }
        isProposal = false
        return line.handle(key)
    }

    private static let longestAnswer = 300
}

extension ConsoleModel {
    /// What is wrong with an answer, in a sentence; nil when it can be taken.
    func fault(of prompt: Prompt) -> String? {
        switch prompt.purpose {
        case .grace(let secret): fault(ofGrace: prompt.line.text, secret)
        case .newDevice: fault(ofNew: NewDevice(prompt.line.text))
        }
    }

    mutating func type(_ key: Key, into prompt: Prompt) -> [Effect] {
        var prompt = prompt
        switch prompt.handle(key) {
        case .edited, .kept: overlay = .prompt(prompt)
        case .entered: return answer(prompt)
        case .left: overlay = .none
        }
        return []
    }

    /// What is wrong with it is said beside it.
    private mutating func answer(_ prompt: Prompt) -> [Effect] {
        guard fault(of: prompt) == nil else { return [] }
        switch prompt.purpose {
        case .grace(let secret): askToExtend(secret, prompt.line.text)
        case .newDevice: askToProvision(NewDevice(prompt.line.text))
        }
        return []
    }
}
