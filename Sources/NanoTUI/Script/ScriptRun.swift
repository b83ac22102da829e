import NanoCore

/// A script on its way through a console's model, one line after every snapshot.
struct ScriptRun: Sendable {
    enum End: Equatable, Sendable {
        case done
        /// With file and line.
        case failed(String)
    }

    private let text: String
    private let file: String
    /// Nil before the first snapshot, which says what there is.
    private var script: Script?
    private var index = 0
    /// When the line that waits began to.
    private var since: UInt64?
    /// Commands that the gateway has not answered.
    private var pending: [Command] = []
    /// Commands of the line that was run last.
    private var count = 0
    /// Why the commands of the line that it has answered were not done.
    private var faults: [String] = []
    /// Whether the gateway has answered, and when the snapshots are sure to show what it did.
    private var settling: (hasBegun: Bool, until: UInt64) = (false, 0)
    /// Whether what lies over the view was opened by the script itself.
    private var hasOpened = false
    private(set) var end: End?

    /// How old a snapshot of a gateway elsewhere may be.
    private static let settlingMilliseconds: UInt64 = 1_000
    /// What was said about what was done, to be printed.
    private(set) var sentences: [String] = []

    init(_ text: String, file: String) {
        self.text = text
        self.file = file
    }

    /// Where it was when it was ended from outside.
    var interruption: String {
        guard let lines = script?.lines, lines.indices.contains(index) else {
            return "\(file): ended before it began"
        }
        return "\(lines[index].place): ended before this was done"
    }

    /// What has been said since the last time.
    mutating func takeSentences() -> [String] {
        defer { sentences = [] }
        return sentences
    }

    /// Goes on as far as it can after a snapshot.
    ///
    /// - Parameter now: Milliseconds of a clock that is never set.
    /// - Returns: What has to be done.
    mutating func advance(_ model: inout ConsoleModel, now: UInt64) -> [Effect] {
        guard end == nil, pending.isEmpty, !model.isWaitingForRows else { return [] }
        // Not under the hands of somebody who is asked, types, or looks at the past.
        if case .none = model.overlay {
            hasOpened = false
        } else if !hasOpened {
            return []
        }
        guard model.rewound == nil else { return [] }
        if script == nil {
            do throws(ScriptFault) {
                script = try Script(text, file: file, in: model.commandContext)
            } catch {
                end = .failed(error.words)
                return []
            }
        }
        guard let lines = script?.lines, index < lines.count else {
            end = .done
            return []
        }
        if settling.hasBegun { settling = (false, now + Self.settlingMilliseconds) }
        guard now >= settling.until else { return [] }
        let line = lines[index]
        switch line.step {
        case .wait(let milliseconds):
            if hasPassed(milliseconds, now) { goOn() }
        case .expect(let condition):
            guard model.live.gateway.state != .unreachable, condition.holds(model.live) else {
                fail(line, condition.observed(model.live))
                return []
            }
            goOn()
        case .waitUntil(let condition, let milliseconds):
            if model.live.gateway.state != .unreachable, condition.holds(model.live) {
                goOn()
            } else if hasPassed(milliseconds, now) {
                fail(line, "\(condition.observed(model.live)) after \(milliseconds / 1_000) s")
            }
        case .command(let invocation, let isAgreed, let isForced, let word):
            guard model.hasRows(for: invocation.action) else { return [] }
            return run(
                invocation, isAgreed: isAgreed, isForced: isForced, word: word, line, in: &model)
        }
        return []
    }

    /// Takes note of what became of a command.
    mutating func finish(_ command: Command, _ result: CommandResult) {
        guard let place = pending.firstIndex(of: command) else { return }
        pending.remove(at: place)
        settling.hasBegun = true
        switch result {
        case .done(let text), .unchanged(let text): sentences.append(text)
        case .counted: break
        case .failed(let text): faults.append(count > 1 ? command.reason(text) : text)
        }
        // Where a line is many commands the others are done all the same, and told.
        guard pending.isEmpty, !faults.isEmpty, let lines = script?.lines, index > 0 else { return }
        fail(lines[index - 1], faults.joined(separator: "; "))
    }

    /// Takes note of what became of the file that its last line has written.
    mutating func finish(saving result: CommandResult) {
        switch result {
        case .done(let text), .unchanged(let text): sentences.append(text)
        case .counted: break
        case .failed(let text):
            guard let lines = script?.lines, index > 0 else { return }
            fail(lines[index - 1], text)
        }
    }

    private mutating func hasPassed(_ milliseconds: UInt64, _ now: UInt64) -> Bool {
        let since = since ?? now
        self.since = since
        return now - since >= milliseconds
    }

    private mutating func goOn() {
        index += 1
        since = nil
    }

    private mutating func fail(_ line: Script.Line, _ words: String) {
        end = .failed("\(line.place): \(words)")
    }

    private mutating func run(
        _ invocation: Invocation, isAgreed: Bool, isForced: Bool, word: String?,
        _ line: Script.Line, in model: inout ConsoleModel
    ) -> [Effect] {
        model.dismissNotice()
        model.overlay = .none
        var effects = model.run(invocation)
        model.forgetRowsOfScript()
        if case .confirmation(let question) = model.overlay {
            // Who writes quit into a script means it.
            let isGiven = isAgreed && (question.typed == nil || question.typed?.word == word)
            guard isGiven && (isForced || !question.isForced) || question.effects == [.quit] else {
                model.overlay = .none
                fail(line, "\(question.title) \(question.words) \(question.consent)")
                return []
            }
            effects = model.agree(to: question)
        }
        if case .none = model.overlay {} else { hasOpened = true }
        model.refreshListing()
        if let notice = model.notice {
            guard notice.kind != .fault else {
                fail(line, notice.sentence)
                return []
            }
            sentences.append(notice.sentence)
        }
        pending = effects.compactMap {
            if case .perform(let command) = $0 { command } else { nil }
        }
        count = pending.count
        goOn()
        return effects
    }
}

extension Confirmation {
    fileprivate var words: String { text.joined(separator: " ") }

    /// How a script agrees.
    fileprivate var consent: String {
        let word = typed.map { " " + SafeText.shortened($0.word, to: 60) } ?? ""
        return "Agree with --yes\(word)\(isForced ? " --force" : "") behind it"
    }

    /// Whether a yes does what the gateway does not do unless it is forced.
    fileprivate var isForced: Bool {
        effects.contains { effect in
            switch effect {
            case .perform(.promoteSecret(_, forced: true)),
                .perform(.abortRotation(_, forced: true)),
                .perform(.revokeSecret(_, generation: _, forced: true)):
                true
            default: false
            }
        }
    }
}
