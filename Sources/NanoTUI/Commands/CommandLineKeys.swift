import NanoCore

/// A command being typed, and what becomes of it.
extension ConsoleModel {
    /// What the command line knows now.
    var commandContext: CommandContext {
        CommandContext(
            bindings: KeyMap.commands(attachment), view: view, routes: live.routes,
            models: live.models, secrets: live.secrets, devices: live.devices,
            offenders: live.offenders.rows, alarms: live.alarms, themes: themeNames,
            hiddenColumns: hiddenColumns(of: view), hiddenPanes: lasting.layout.hiddenPanes)
    }

    /// What is wrong with a command line, in a sentence, and how its parts are drawn. Of what may still
    /// become a command nothing is said yet, unless it was entered as it is.
    func check(_ text: CommandText) -> (fault: String?, spans: [LineSpan]) {
        let context = commandContext
        do throws(CommandFault) {
            _ = try text.invocation(in: context)
            return (nil, LineSpan.whole(text.source, isValid: true))
        } catch {
            let isUnfinished =
                text.source != refusedLine && !text.completion(in: context).candidates.isEmpty
            let known = LineSpan(0..<error.range.lowerBound, .valid)
            if text.words.isEmpty || isUnfinished {
                return ("", [known])
            }
            return (error.words, [known, LineSpan(error.range, .invalid)])
        }
    }

    mutating func type(_ key: Key, into line: LineEditor) -> [Effect] {
        var line = line
        let context = commandContext
        let outcome = line.handle(key) { CommandText($0.head).completion(in: context) }
        if outcome != .kept { refusedLine = nil }
        // What was wrong with the line before is not wrong with this one.
        if outcome != .kept, notice?.kind == .fault { dismissNotice() }
        switch outcome {
        case .edited, .kept: overlay = .command(line)
        case .left: overlay = .none
        case .entered: return take(line)
        }
        return []
    }

    /// What is wrong with it is said beside it.
    private mutating func take(_ line: LineEditor) -> [Effect] {
        let text = CommandText(line.text)
        guard !text.words.isEmpty else {
            overlay = .none
            return []
        }
        do throws(CommandFault) {
            let invocation = try text.invocation(in: commandContext)
            overlay = .none
            let entered = String(line.text.reversed().drop { $0 == " " }.reversed())
            commandHistory.add(entered)
            return [.remember(entered)] + run(invocation)
        } catch {
            say(error.words, isFault: true)
            refusedLine = line.text
            overlay = .command(line)
            return []
        }
    }
}
