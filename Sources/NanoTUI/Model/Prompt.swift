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
    /// As typed so far.
    var text: String
    var purpose: Purpose
}

extension ConsoleModel {
    /// What is wrong with an answer, in a sentence; nil when it can be taken.
    func fault(of prompt: Prompt) -> String? {
        switch prompt.purpose {
        case .grace(let secret): fault(ofGrace: prompt.text, secret)
        case .newDevice: NewDevice(prompt.text).fault
        }
    }

    mutating func type(_ key: Key, into prompt: Prompt) -> [Effect] {
        var prompt = prompt
        switch key {
        case .character(let character) where prompt.text.count < Self.longestAnswer:
            prompt.text.append(character)
        case .backspace: prompt.text = String(prompt.text.dropLast())
        case .control("u"): prompt.text = ""
        case .enter: return answer(prompt)
        case .escape, .control("c"):
            overlay = .none
            return []
        default: break
        }
        overlay = .prompt(prompt)
        return []
    }

    private static let longestAnswer = 300

    /// What is wrong with it is said beside it.
    private mutating func answer(_ prompt: Prompt) -> [Effect] {
        guard fault(of: prompt) == nil else { return [] }
        switch prompt.purpose {
        case .grace(let secret): askToExtend(secret, prompt.text)
        case .newDevice: askToProvision(NewDevice(prompt.text))
        }
        return []
    }
}
