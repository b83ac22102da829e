/// What a piece of the screen means; a ``Theme`` decides what that looks like.
public enum Role: UInt8, CaseIterable, Sendable {
    case text, dim, title, good, warning, bad, accent, selected, key, border
    case graphLow, graphMiddle, graphHigh
}

/// How a cell is drawn.
public struct Style: Equatable, Sendable {
    public var role: Role
    public var isBold: Bool

    public init(_ role: Role = .text, bold isBold: Bool = false) {
        self.role = role
        self.isBold = isBold
    }

    public static let text = Style(.text)
    public static let dim = Style(.dim)
    public static let title = Style(.title, bold: true)
    public static let good = Style(.good)
    public static let warning = Style(.warning)
    public static let bad = Style(.bad, bold: true)
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
