/// The line that is being typed, with all that is drawn of it.
struct TypedLine: Sendable {
    /// In front of it.
    var question: String
    var line: LineEditor
    /// How parts of it are drawn.
    var spans: [LineSpan]
    /// What may stand where the cursor is.
    var completion = Completion.none
    /// What is wrong with it, in a sentence, empty where it is only not whole yet; nil when it can be
    /// taken.
    var fault: String?
    /// In a word, what Enter and Esc do.
    var keys: (take: String, leave: String)

    /// What was left out of what was typed or pasted last, in a sentence; nil where nothing was.
    var remark: String? {
        guard line.isCut else { return nil }
        let most = Numbers.counted(UInt64(line.limit), "character")
        return "a line has at most \(most); the rest was left out"
    }
}

extension ConsoleModel {
    /// The line that is being typed; nil when none is.
    var typedLine: TypedLine? {
        switch overlay {
        case .filter(let line, _):
            let filter = view.filter(line.text)
            return TypedLine(
                question: "/", line: line, spans: LineSpan.spans(of: filter),
                completion: filterCompletion(of: line), fault: filter.faults.first?.words,
                keys: ("keep", "undo"))
        case .prompt(let prompt):
            let fault = fault(of: prompt)
            return TypedLine(
                question: prompt.question, line: prompt.line,
                spans: LineSpan.whole(prompt.line.text, isValid: fault == nil), fault: fault,
                keys: ("go on", "cancel"))
        case .command(let line):
            let text = CommandText(line.text)
            let (fault, spans) = check(text)
            return TypedLine(
                question: ":", line: line, spans: spans,
                completion: line.shown { CommandText($0.head).completion(in: commandContext) },
                fault: fault, keys: ("do", "cancel"))
        case .none, .sheet, .confirmation, .dump, .copy: return nil
        }
    }
}
