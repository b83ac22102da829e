import NanoCore

/// Why a command line cannot be taken.
struct CommandFault: Error, Equatable {
    /// In a sentence: what is wrong, and what is allowed.
    var words: String
    /// The characters that are to blame.
    var range: Range<Int>

    /// Names that are listed; the rows above a line have room for so many.
    private static let mostNames = 24

    /// Of a name that is none: the one that was probably meant, or those that there are.
    static func unknown(_ text: String, _ noun: String, among names: [String]) -> String {
        let shown = SafeText.shortened(text, to: 40)
        if let near = Suggestion.nearest(to: text, among: names) {
            return "no \(noun) is called \(shown); did you mean \(SafeText.escaped(near))?"
        }
        let shownNames = names.prefix(mostNames)
        let known = shownNames.map { SafeText.shortened($0, to: 24) }.joined(separator: ", ")
        let rest =
            names.count > mostNames ? " and \(names.count - mostNames) more" : ""
        let there =
            known.isEmpty ? "there is none" : names.count == 1 ? "there is only" : "there are"
        return "no \(noun) is called \(shown); \(there)" + (known.isEmpty ? "" : " \(known)\(rest)")
    }
}

/// An action with what it is about, as it stood in a command line.
struct Invocation: Equatable, Sendable {
    var action: Action
    /// None to ask for what the cursor is on.
    var arguments: [String] = []
}

/// A command line in its words: `secrets promote 0x10`.
///
/// Within quotation marks every character stands for itself; a backslash takes a quotation mark or
/// another backslash into them.
struct CommandText: Equatable, Sendable {
    struct Word: Equatable, Sendable {
        var text: String
        /// Places of its characters in the line, with its quotation marks.
        var range: Range<Int>
    }

    let source: String
    let words: [Word]
    /// Whether a quotation mark has no other that closes it.
    let isOpen: Bool

    init(_ source: String) {
        self.source = source
        var (words, word): ([Word], Word?) = ([], nil)
        var (isQuoted, isEscaped) = (false, false)
        for (place, character) in source.enumerated() {
            if character == " ", !isQuoted {
                if let ended = word { words.append(ended) }
                word = nil
                continue
            }
            var grown = word ?? Word(text: "", range: place..<place)
            grown.range = grown.range.lowerBound..<place + 1
            if isEscaped {
                grown.text.append(character)
                isEscaped = false
            } else if isQuoted, character == "\\" {
                isEscaped = true
            } else if character == "\"" {
                isQuoted.toggle()
            } else {
                grown.text.append(character)
            }
            word = grown
        }
        if let word { words.append(word) }
        self.words = words
        isOpen = isQuoted
    }

    /// A word that stands for this text and nothing else, whatever is in it.
    static func quoted(_ text: String) -> String {
        text.contains { " \"\\".contains($0) } || text.isEmpty ? Filter.quoted(text) : text
    }

    /// The command of the line, and how many words its name has.
    private func command(
        in context: CommandContext
    ) throws(CommandFault) -> (binding: KeyMap.Binding, words: Int) {
        guard let first = words.first else {
            throw CommandFault(words: "type a command; Tab lists them", range: 0..<0)
        }
        let group = context.bindings.filter { $0.action.nameWords[0] == first.text }
        guard !group.isEmpty else {
            if KeyMap.table.contains(where: { $0.action.nameWords[0] == first.text }) {
                let words =
                    first.text == Action.elevate.name
                    ? "this console steers already, or may not"
                    : "\(first.text) changes the gateway, which this console may not"
                throw CommandFault(words: words, range: first.range)
            }
            let names = context.bindings.map { $0.action.nameWords[0] }.uniqued(by: \.self)
            let near = Suggestion.nearest(to: first.text, among: names).map {
                "did you mean \($0)?"
            }
            throw CommandFault(
                words: "no command is called \(SafeText.shortened(first.text, to: 40)); "
                    + (near ?? "in the console Tab lists them"), range: first.range)
        }
        if let single = group.first(where: { $0.action.nameWords.count == 1 }) {
            return (single, 1)
        }
        let steps = group.map { $0.action.nameWords[1] }.uniqued(by: \.self)
        guard words.count > 1 else {
            let words = "behind \(first.text) stands one of \(steps.joined(separator: ", "))"
            throw CommandFault(words: words, range: first.range)
        }
        guard let found = group.first(where: { $0.action.nameWords[1] == words[1].text }) else {
            throw CommandFault(
                words: CommandFault.unknown(
                    words[1].text, first.text == "show" ? "view" : "step of \(first.text)",
                    among: steps),
                range: words[1].range)
        }
        return (ofAddress(found.action, in: context) ?? found, 2)
    }

    /// The command for addresses, where one stands behind that for a device: on the command line, which
    /// alarms go by, both have one name.
    private func ofAddress(_ action: Action, in context: CommandContext) -> KeyMap.Binding? {
        let others: [Action: Action] = [
            .blockDevice: .blockAddress, .unblockDevice: .unblockAddress,
        ]
        guard let other = others[action], words.count == 3, (try? IPNetwork(words[2].text)) != nil
        else { return nil }
        return context.bindings.first { $0.action == other }
    }

    /// What the line asks for.
    func invocation(in context: CommandContext) throws(CommandFault) -> Invocation {
        let (binding, count) = try command(in: context)
        let action = binding.action
        let parameters = action.parameters
        if parameters.first?.kind == .filter {
            let rest = words.dropFirst(count).first.map {
                String(source.dropFirst($0.range.lowerBound))
            }
            let text = rest ?? ""
            if let words = Parameter.Kind.filter.fault(of: text, in: context, behind: []) {
                throw CommandFault(words: words, range: source.count - text.count..<source.count)
            }
            return Invocation(action: action, arguments: [text])
        }
        if isOpen {
            throw CommandFault(
                words: "a quotation mark is not closed", range: words.last?.range ?? 0..<0)
        }
        let arguments = Array(words.dropFirst(count))
        if arguments.count > parameters.count {
            throw CommandFault(
                words: parameters.isEmpty
                    ? "nothing may stand behind \(action.name)"
                    : "that is too much; allowed is \(action.usage)",
                range: arguments[parameters.count].range)
        }
        let texts = arguments.map(\.text)
        for (index, argument) in arguments.enumerated() {
            let before = Array(texts.prefix(index))
            let fault = parameters[index].kind.fault(of: argument.text, in: context, behind: before)
            if let fault { throw CommandFault(words: fault, range: argument.range) }
        }
        let needed = parameters.prefix { !$0.isOptional }.count
        let mayBeBare = binding.worksBare(in: context)
        if arguments.count < needed, !(arguments.isEmpty && mayBeBare) {
            let missing = parameters[arguments.count].kind
            throw CommandFault(
                words: "\(missing.rawValue) is missing (\(missing.words)): \(action.usage)",
                range: 0..<source.count)
        }
        if parameters.isEmpty, !mayBeBare {
            throw CommandFault(words: binding.whereItWorks, range: words[0].range)
        }
        return Invocation(action: action, arguments: texts)
    }

    /// What may stand at the end of the line.
    func completion(in context: CommandContext) -> Completion {
        let isBehindBlank = source.isEmpty || (source.last == " " && !isOpen)
        let done = isBehindBlank ? words : words.dropLast()
        let word = isBehindBlank ? "" : words.last?.text ?? ""
        let start = isBehindBlank ? source.count : words.last?.range.lowerBound ?? 0
        guard let first = done.first else {
            // Those for which there is no other way than a key or a name stand behind what the gateway does.
            let (ours, others) = (
                context.bindings.filter(\.action.isCommand),
                context.bindings.filter { !$0.action.isCommand }
            )
            let names = (ours + others).map { binding in
                let isGroup = binding.action.nameWords.count > 1
                return Completion.Candidate(
                    binding.action.nameWords[0], isGroup ? "" : binding.words)
            }
            return .beginning(
                with: word, at: start, among: names.uniqued(by: \.text), expected: "a command")
        }
        if done.count == 1 {
            let steps = context.bindings.filter {
                $0.action.nameWords.count > 1 && $0.action.nameWords[0] == first.text
            }
            if !steps.isEmpty {
                let names = steps.map {
                    Completion.Candidate($0.action.nameWords[1], $0.words)
                }
                return .beginning(
                    with: word, at: start, among: names, expected: "a step of \(first.text)")
            }
        }
        guard let (binding, count) = try? CommandText(source).command(in: context) else {
            return .none
        }
        let before = done.dropFirst(count).map(\.text)
        guard before.count < binding.action.parameters.count else { return .none }
        let kind = binding.action.parameters[before.count].kind
        return .beginning(
            with: word, at: start, among: kind.candidates(in: context, behind: before),
            expected: kind.words)
    }
}

extension Action {
    /// One or two.
    var nameWords: [String] { name.split(separator: " ").map(String.init) }
}

extension KeyMap.Binding {
    /// Whether it can be about what the cursor is on.
    func worksBare(in context: CommandContext) -> Bool {
        guard let views else { return true }
        return views.contains(context.view) && !(context.isScript && action.isAboutRow)
    }

    /// In which views it works, in a sentence.
    var whereItWorks: String {
        let titles = (views ?? []).sorted { $0.rawValue < $1.rawValue }.map {
            $0.title.lowercased()
        }
        return "\(action.name) works in \(titles.joined(separator: ", "))"
    }
}

extension Action {
    /// Whether it is about the row that the cursor is on, where nothing else is said.
    fileprivate var isAboutRow: Bool {
        isCommand && ![.adopt, .rotateAll].contains(self) || [.copy, .save].contains(self)
    }
}

extension Array {
    /// The first of each that has the same key.
    func uniqued<Key: Hashable>(by key: (Element) -> Key) -> [Element] {
        var seen: Set<Key> = []
        return filter { seen.insert(key($0)).inserted }
    }
}
