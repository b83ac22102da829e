import ArgumentParser
import NanoCore
import NanoServe

/// What the command line got wrong, in one line. What was given is escaped and shortened, and
/// whatever looks like a secret is not repeated.
struct ArgumentFault {
    let line: String

    /// - Parameters:
    ///   - message: Of the parser, which quotes arguments as they came.
    ///   - arguments: The command line without the executable.
    init(_ message: String, arguments: [String]) {
        var words = Self.withoutGuess(Self.joined(message))
        // Long ones first: one argument may be a part of another.
        let parts = arguments.flatMap {
            [$0, $0.split(separator: "=", maxSplits: 1).last.map(String.init) ?? $0]
        }
        for part in Set(parts).sorted(by: { $0.count > $1.count }) {
            let shown = SafeText.quotable(part, to: 60)
            if shown != part { words = words.replacing(Self.flat(part), with: shown) }
        }
        words = words.split(separator: "'", omittingEmptySubsequences: false)
            .map { SecretLikeness.holds(in: String($0)) ? SecretLikeness.substitute : String($0) }
            .joined(separator: "'")
        let names = ["nanogridata"] + CommandLine.subcommands(of: Nanogridata.self, in: arguments)
        if words.hasSuffix(".") { words.removeLast() }
        if Self.misplaced.contains(where: words.lowercased().contains) {
            words += Self.hint(arguments[...], below: Nanogridata.self)
        }
        line = SafeText.escaped(words) + "; see '\(names.joined(separator: " ")) --help'"
    }

    /// What the parser says of arguments that are not where they belong.
    private static let misplaced = ["unexpected argument", "unknown option"]

    /// The message without an option that the parser thinks was meant, where that is far off.
    private static func withoutGuess(_ message: String) -> String {
        guard let match = message.firstMatch(of: /'(-+[^' ]+)'\. Did you mean '(-+[^' ]+)'\?/)
        else { return message }
        func name(_ option: Substring) -> String { String(option.drop { $0 == "-" }) }
        let isNear = Suggestion.nearest(to: name(match.1), among: [name(match.2)]) != nil
        return isNear ? message : message.replacing(match.0, with: "'\(match.1)'")
    }

    /// What is wrong with a wish for help; nil where there is such a command.
    init?(help names: ArraySlice<String>) {
        var command: any ParsableCommand.Type = Nanogridata.self
        for name in names.prefix(while: { !$0.hasPrefix("-") }) {
            let subcommands = command.configuration.subcommands
            if let next = subcommands.first(where: { $0._commandName == name }) {
                command = next
                continue
            }
            let near = Suggestion.nearest(to: name, among: subcommands.map { $0._commandName })
            let shown =
                SecretLikeness.holds(in: name)
                ? SecretLikeness.substitute : SafeText.quotable(name, to: 60)
            line =
                "there is no command '\(shown)'" + (near.map { " (did you mean \($0)?)" } ?? "")
                + "; see 'nanogridata --help'"
            return
        }
        return nil
    }

    /// The command that was probably meant by the first argument that is none of a command's, or where
    /// options belong that stand before one.
    private static func hint(
        _ arguments: ArraySlice<String>, below command: any ParsableCommand.Type,
        _ outer: [String] = []
    ) -> String {
        let subcommands = command.configuration.subcommands
        guard let first = arguments.first, !first.hasPrefix("-") else {
            let known = Set(subcommands.map { $0._commandName })
            guard let place = arguments.firstIndex(where: known.contains) else { return "" }
            let names =
                outer + CommandLine.subcommands(of: command, in: Array(arguments[place...]))
            return "; options stand behind the command: \(names.joined(separator: " ")) [<options>]"
        }
        if let next = subcommands.first(where: { $0._commandName == first }) {
            return hint(arguments.dropFirst(), below: next, outer + [first])
        }
        let names = subcommands.filter { $0.configuration.shouldDisplay }.map { $0._commandName }
        if let near = Suggestion.nearest(to: first, among: names) {
            return " (did you mean \(near)?)"
        }
        return names.isEmpty ? "" : "; the commands are " + names.joined(separator: ", ")
    }

    /// A message of the parser on one line; what it lists in lines of their own stands behind
    /// commas.
    private static func joined(_ message: String) -> String {
        let lines = message.split(whereSeparator: \.isNewline)
            .map { $0.drop { $0 == " " } }
        let items = lines.filter { $0.hasPrefix("- ") }.map { $0.dropFirst(2) }
        let text = lines.filter { !$0.hasPrefix("- ") }.joined(separator: " ")
            .replacing(". Please provide one of the following:", with: ": use")
            .replacing(". Please provide one of", with: ": use")
            .replacing("' and '", with: "' or '")
        return items.isEmpty ? text : text + " " + items.joined(separator: ", ")
    }

    /// An argument as it stands in a message on one line.
    private static func flat(_ argument: String) -> String {
        argument.split(whereSeparator: \.isNewline).joined(separator: " ")
    }
}

extension CommandLine {
    /// The commands that the first arguments name, the outermost first.
    fileprivate static func subcommands(
        of command: any ParsableCommand.Type, in arguments: [String]
    ) -> [String] {
        guard let name = arguments.first,
            let next = command.configuration.subcommands.first(where: { $0._commandName == name })
        else { return [] }
        return [name] + subcommands(of: next, in: Array(arguments.dropFirst()))
    }
}

/// Arguments with limits of their own; the error says what is allowed.
enum Limited {
    struct Fault: Error, CustomStringConvertible {
        let description: String
    }

    /// A whole number.
    static func integer<Value: FixedWidthInteger & Sendable>(
        _ range: ClosedRange<Value>
    ) -> @Sendable (String) throws -> Value {
        { text in
            guard let value = Value(text), range.contains(value) else {
                throw Fault(
                    description: "use a whole number, \(range.lowerBound)…\(range.upperBound)")
            }
            return value
        }
    }

    /// A span of time with its unit.
    static func span(_ range: ClosedRange<TimeSpan>) -> @Sendable (String) throws -> TimeSpan {
        { text in
            guard let span = TimeSpan(text), range.contains(span) else {
                throw Fault(
                    description:
                        "use \(range.lowerBound.text)…\(range.upperBound.text), with s, m, h "
                        + "or d behind the number")
            }
            return span
        }
    }

    /// A decimal number.
    static func number(_ range: ClosedRange<Double>) -> @Sendable (String) throws -> Double {
        { text in
            guard let value = Double(text), range.contains(value) else {
                throw Fault(
                    description: "use a number, \(range.lowerBound)…\(range.upperBound)")
            }
            return value
        }
    }
}
