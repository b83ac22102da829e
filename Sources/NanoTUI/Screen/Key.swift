/// A key press, or something else that the terminal tells.
public enum Key: Hashable, Sendable {
    case character(Character)
    case up, down, left, right
    case pageUp, pageDown, home, end
    case enter, escape, backspace, tab, backTab, delete
    case control(Character)
    /// A press of the mouse's left button, or a turn of its wheel.
    case mouse(MouseEvent)
    /// Text that the terminal's user has pasted, without what controls a terminal.
    case paste(String)

    /// What the key is called on screen.
    public var name: String {
        switch self {
        case .character(" "): "space"
        case .character(let character): String(character)
        case .up: "↑"
        case .down: "↓"
        case .left: "←"
        case .right: "→"
        case .pageUp: "PgUp"
        case .pageDown: "PgDn"
        case .home: "Home"
        case .end: "End"
        case .enter: "Enter"
        case .escape: "Esc"
        case .backspace: "Backspace"
        case .tab: "Tab"
        case .backTab: "Shift-Tab"
        case .delete: "Delete"
        case .control(let character): "Ctrl-\(character.uppercased())"
        case .mouse: "mouse"
        case .paste: "paste"
        }
    }
}

/// What the mouse did, and where: columns and rows from 0.
public struct MouseEvent: Hashable, Sendable {
    public enum Kind: Hashable, Sendable {
        case press, wheelUp, wheelDown
    }

    public var kind: Kind
    public var x: Int
    public var y: Int

    public init(_ kind: Kind, x: Int, y: Int) {
        (self.kind, self.x, self.y) = (kind, x, y)
    }

    /// Of a report as `1006` has them (xterm's control sequences, "SGR"): `0;12;7`. Nil for what is of
    /// no use here: other buttons, releases, movements, places that no screen has.
    ///
    /// - Parameter report: What stands between `ESC [ <` and `M`.
    init?(report: some StringProtocol) {
        let parts = report.split(separator: ";", omittingEmptySubsequences: false)
        guard parts.count == 3, parts.allSatisfy({ (1...5).contains($0.count) }),
            let button = UInt16(parts[0]), let column = UInt16(parts[1]),
            let row = UInt16(parts[2]), column > 0, row > 0
        else { return nil }
        // Shift, Meta and Ctrl make no difference.
        switch button & ~0b1_1100 {
        case 0: kind = .press
        case 64: kind = .wheelUp
        case 65: kind = .wheelDown
        default: return nil
        }
        (x, y) = (Int(column) - 1, Int(row) - 1)
    }
}
