import NanoCore

/// Something that is read whole, in a box over the view: wrapped, and scrolled where it is longer
/// than the screen.
enum Sheet: Sendable {
    /// The keys of the view.
    case help
    /// What was said last about a command.
    case message
    case log(LogLine)
    /// A route by its name, as it is now.
    case route(String)
    case alarm(AlarmSnapshot)
    case audit(AuditSnapshot)
    case letter(DeadLetterSnapshot)
}

extension ConsoleModel {
    mutating func open(_ sheet: Sheet) {
        overlay = .sheet(sheet)
        sheetScroll = 0
    }

    /// Takes in a key while a sheet is open.
    mutating func read(_ key: Key) {
        switch key {
        case .up, .character("k"): scrollSheet(by: -1)
        case .down, .character("j"): scrollSheet(by: 1)
        case .pageUp: scrollSheet(by: -max(1, pageRows - 2))
        case .pageDown, .character(" "): scrollSheet(by: max(1, pageRows - 2))
        case .home, .character("g"): sheetScroll = 0
        // Drawing brings it back to where the last line is seen.
        case .end, .character("G"): sheetScroll = 100_000
        case .enter, .escape, .backspace, .character("?"), .character("q"), .control("c"):
            overlay = .none
        default: break
        }
    }

    private mutating func scrollSheet(by steps: Int) {
        sheetScroll = max(0, sheetScroll + steps)
    }
}
