import NanoCore

/// Commands in a file, one a line, with `wait 5s`, `wait until route alba flowing within 30s` and
/// `expect accepted >= 500` among them.
struct Script: Equatable, Sendable {
    enum Step: Equatable, Sendable {
        /// - Parameters:
        ///   - isAgreed: Whether a question about it is answered with yes.
        ///   - isForced: Whether that also holds where devices would be cut off.
        ///   - word: What is typed for a yes where the question asks for a word.
        case command(Invocation, isAgreed: Bool, isForced: Bool, word: String? = nil)
        case wait(milliseconds: UInt64)
        case waitUntil(ScriptCondition, milliseconds: UInt64)
        case expect(ScriptCondition)
    }

    struct Line: Equatable, Sendable {
        /// File and line.
        var place: String
        var step: Step
    }

    private(set) var lines: [Line] = []

    /// How long is waited where nothing is said.
    private static let patience = TimeSpan(seconds: 60)

    /// Reads all of a script.
    ///
    /// - Parameters:
    ///   - file: For messages.
    ///   - context: What there is when it begins.
    /// - Throws: ``ScriptFault`` about the first line that is wrong.
    init(_ text: String, file: String, in context: CommandContext) throws(ScriptFault) {
        var context = context
        context.isScript = true
        let all = text.split(omittingEmptySubsequences: false) { $0 == "\n" || $0 == "\r\n" }
        for (index, source) in all.enumerated() {
            let place = "\(file):\(index + 1)"
            let blanks = source.prefix { $0 == " " || $0 == "\t" }.count
            let content = String(source.dropFirst(blanks))
            if content.isEmpty || content.first == "#" { continue }
            do throws(CommandFault) {
                let step = try Self.step(content, in: context)
                lines.append(Line(place: place, step: step))
                if case .command(let invocation, _, _, _) = step,
                    case .show(let view) = invocation.action
                {
                    context.view = view
                }
            } catch {
                throw ScriptFault(words: "\(place): \(error.words)")
            }
        }
    }

    private static func step(
        _ line: String, in context: CommandContext
    ) throws(CommandFault) -> Step {
        let words = CommandText(line).words.map(\.text)
        switch words.first {
        case "expect":
            return .expect(try ScriptCondition(Array(words.dropFirst()), in: context))
        case "wait":
            return try wait(Array(words.dropFirst()), in: context)
        default: break
        }
        let (rest, flags, word) = withoutFlags(line)
        let invocation = try CommandText(rest).invocation(in: context)
        // What is taken back may have to be asked for.
        let mayAsk = invocation.action.isCommand || [.quit, .undo].contains(invocation.action)
        if !flags.isEmpty, !mayAsk {
            throw CommandFault(
                words: "\(invocation.action.name) asks nothing, and needs no "
                    + flags.sorted().joined(separator: " or "), range: 0..<0)
        }
        return .command(
            invocation, isAgreed: flags.contains("--yes"), isForced: flags.contains("--force"),
            word: word)
    }

    /// A line without what it ends with: `--yes`, with or without a word behind it, and `--force`.
    private static func withoutFlags(
        _ line: String
    ) -> (rest: String, flags: Set<String>, word: String?) {
        let known: Set = ["--yes", "--force"]
        var words = CommandText(line).words[...]
        var flags: Set<String> = []
        var word: String?
        // The first word is the command.
        while words.count > 1, let last = words.last {
            if known.contains(last.text) {
                flags.insert(last.text)
                words.removeLast()
            } else if word == nil, words.count > 2, words.dropLast().last?.text == "--yes" {
                word = last.text
                words.removeLast()
            } else {
                break
            }
        }
        return (String(line.prefix(words.last?.range.upperBound ?? 0)), flags, word)
    }

    private static func wait(
        _ words: [String], in context: CommandContext
    ) throws(CommandFault) -> Step {
        func span(_ text: String?) throws(CommandFault) -> TimeSpan {
            guard let text, let span = TimeSpan(text), span.seconds <= 86_400 else {
                throw CommandFault(
                    words:
                        "how long? Allowed are wait TIME and wait until CONDITION within TIME, with "
                        + "s, m or h behind the number, a day at most", range: 0..<0)
            }
            return span
        }
        guard words.first == "until" else {
            guard words.count == 1 else { _ = try span(nil); return .wait(milliseconds: 0) }
            return .wait(milliseconds: UInt64(try span(words[0]).seconds) * 1_000)
        }
        var condition = Array(words.dropFirst())
        var patience = Self.patience
        if condition.count > 2, condition[condition.count - 2] == "within" {
            patience = try span(condition.last)
            condition.removeLast(2)
        }
        return .waitUntil(
            try ScriptCondition(condition, in: context),
            milliseconds: UInt64(patience.seconds) * 1_000)
    }
}

/// Why a script has ended before its end, with file and line.
struct ScriptFault: Error, Equatable {
    var words: String
}
