/// What a piece of the screen means; a ``Theme`` decides what that looks like.
public enum Role: UInt8, CaseIterable, Sendable {
    case text, dim, title, accent, selected, key, border
    // The eight states. Each has a glyph and a word as well.
    case good, idle, paused, warning, bad, blocked, seen, silent
    /// A curve of what should happen, and one of what should not.
    case graphLow, graphMiddle

    /// The states, whose colours a theme keeps apart.
    static let states: [Role] = [.good, .idle, .paused, .warning, .bad, .blocked, .seen, .silent]
}

/// How a cell is drawn.
public struct Style: Equatable, Sendable {
    public var role: Role
    public var isBold: Bool
    /// How high up a curve it is; 0…``highest``.
    public var level: UInt8

    /// The level of the highest part of a curve.
    public static let highest: UInt8 = 7

    public init(_ role: Role = .text, bold isBold: Bool = false, level: UInt8 = 0) {
        self.role = role
        self.isBold = isBold
        self.level = min(level, Self.highest)
    }

    public static let text = Style(.text)
    public static let dim = Style(.dim)
    public static let title = Style(.title, bold: true)
    public static let good = Style(.good)
    public static let warning = Style(.warning)
    public static let bad = Style(.bad, bold: true)
    public static let idle = Style(.idle)
    public static let paused = Style(.paused)
    public static let blocked = Style(.blocked, bold: true)
    public static let seen = Style(.seen)
    public static let silent = Style(.silent)
    public static let accent = Style(.accent)
    public static let selected = Style(.selected, bold: true)
    public static let key = Style(.key, bold: true)
    public static let border = Style(.border)
}

/// One column of one row.
public struct Cell: Equatable, Sendable {
    /// Nil behind a character of two columns.
    public var character: Character?
    public var style: Style

    public static let blank = Cell(character: " ", style: .text)
}

/// A part of the screen, in cells.
public struct Rect: Equatable, Sendable {
    public var x: Int
    public var y: Int
    public var width: Int
    public var height: Int

    public init(x: Int, y: Int, width: Int, height: Int) {
        self.x = x
        self.y = y
        self.width = max(0, width)
        self.height = max(0, height)
    }

    /// The first rows, and the rest.
    public func split(top rows: Int) -> (top: Rect, rest: Rect) {
        let rows = min(max(0, rows), height)
        return (
            Rect(x: x, y: y, width: width, height: rows),
            Rect(x: x, y: y + rows, width: width, height: height - rows)
        )
    }

    /// The rest, and the last rows.
    public func split(bottom rows: Int) -> (rest: Rect, bottom: Rect) {
        let parts = split(top: height - min(max(0, rows), height))
        return (parts.top, parts.rest)
    }
}
