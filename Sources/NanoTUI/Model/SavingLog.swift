import NanoCore

/// A file that the console is to write itself, with the rights of whoever sits at it.
public struct SavedText: Equatable, Sendable {
    /// As it was typed.
    public var path: String
    public var text: String
    /// What is in it: `12 lines of the log`.
    public var subject: String

    /// Writes it.
    ///
    /// - Parameter write: Makes the file of a path with a text, or throws a sentence; nil where there is
    ///   nobody who could.
    func write(by write: ConsoleOptions.Write?) -> CommandResult {
        guard let write else { return .failed("this console writes no files") }
        do {
            try write(path, text)
            return .done("\(subject) are in \(SafeText.quotable(path, to: 4_096))")
        } catch {
            return .failed("not saved: \(SafeText.escaped("\(error)"))")
        }
    }
}

/// The log in a file: the lines that are marked, or all that the filter lists.
extension ConsoleModel {
    private var linesToSave: [LogLine] {
        let marked = Set(marks.ids(in: .log))
        return marked.isEmpty ? log : shown.log.filter { marked.contains(.number($0.id)) }
    }

    /// Begins the command with a name like those of dumps.
    mutating func beginSaving() {
        guard !linesToSave.isEmpty else {
            return say("nothing is listed that could be saved", isFault: true)
        }
        let time = Timestamp.iso8601(shown.gateway.unixMilliseconds)
            .filter { $0 != ":" && $0 != "-" }
        beginCommand("\(Action.save.name) nanogridata-\(time).log")
    }

    mutating func saveLog(as path: String) -> [Effect] {
        guard view == .log else {
            say("what is saved is the log: show log first", isFault: true)
            return []
        }
        let lines = linesToSave
        guard !lines.isEmpty else {
            say("nothing is listed that could be saved", isFault: true)
            return []
        }
        let text = lines.map { line in
            "\(Timestamp.iso8601(line.unixMilliseconds)) \(line.level) "
                + "\(SafeText.escaped(line.label)): \(SafeText.escaped(line.message))\n"
        }
        let count = Numbers.counted(UInt64(lines.count), "line")
        return [.save(SavedText(path: path, text: text.joined(), subject: "\(count) of the log"))]
    }

    /// Says what became of a file.
    mutating func finish(saving result: CommandResult) {
        switch result {
        case .done(let text), .unchanged(let text): say(text)
        case .counted: break
        case .failed(let text): say(text, isFault: true)
        }
    }
}
