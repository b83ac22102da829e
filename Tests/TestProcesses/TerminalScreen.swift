import CSpawn
import Glibc

/// What a terminal shows after the bytes that it was sent.
///
/// It knows what the console sends of ECMA-48 and of DEC's private modes, and nothing else: for every
/// other byte it throws. How wide a character is, the C library says, not the console.
public struct TerminalScreen: Equatable, Sendable {
    /// A byte that the console has no reason to send, with what came before and after it.
    public struct StrayByte: Error, Equatable, CustomStringConvertible {
        public let description: String
    }

    public struct Place: Equatable, Sendable {
        /// Nil behind a character of two columns.
        public var character: Character?
        /// Of its style, the parameters of SGR.
        public var attributes: String

        static let blank = Place(character: " ", attributes: "0")
    }

    public private(set) var width: Int
    public private(set) var height: Int
    public private(set) var places: [Place]
    /// How often it was emptied, to be drawn anew.
    public private(set) var paints = 0
    /// Whether it holds what it shows until a frame is whole (mode 2026).
    public private(set) var isInFrame = false
    /// Frames that have become whole.
    public private(set) var frames = 0
    /// Characters that came outside of frames.
    public private(set) var charactersBetweenFrames = 0
    private var column = 0
    private var row = 0
    private var attributes = "0"
    /// The rows that are moved; nil for all.
    private var margins: Range<Int>?
    /// Part of a character or of a sequence, whose rest is to come.
    private var held: [UInt8] = []

    public init(width: Int, height: Int) {
        (self.width, self.height) = (width, height)
        places = Array(repeating: .blank, count: width * height)
        _ = Self.locale
    }

    /// Takes another size, as terminals do that move no text: what lies outside is gone.
    public mutating func resize(width: Int, height: Int) {
        var resized = TerminalScreen(width: width, height: height).places
        for y in 0..<min(height, self.height) {
            for x in 0..<min(width, self.width) {
                resized[y * width + x] = places[y * self.width + x]
            }
        }
        (self.width, self.height, places) = (width, height, resized)
    }

    /// - Throws: ``StrayByte``; what came before it is shown.
    public mutating func take(_ bytes: [UInt8]) throws(StrayByte) {
        held += bytes
        var rest = held[...]
        defer { held = Array(rest) }
        while let first = rest.first {
            guard let length = first == 0x1B ? Self.sequence(rest) : Self.character(rest) else {
                return
            }
            let part = rest.prefix(length)
            let isKnown = first == 0x1B ? obey(part) : put(part)
            guard isKnown else {
                let shown = rest.prefix(24).map { String($0, radix: 16) }.joined(separator: " ")
                rest = []
                throw StrayByte(description: "at \(column),\(row): \(shown)")
            }
            rest = rest.dropFirst(length)
        }
    }

    /// The bytes up to the end of a sequence; nil while it is not whole. What is none is one byte.
    private static func sequence(_ bytes: ArraySlice<UInt8>) -> Int? {
        guard let second = bytes.dropFirst().first else { return nil }
        guard second == UInt8(ascii: "[") else { return 1 }
        let body = bytes.dropFirst(2)
        guard let end = body.firstIndex(where: { !(0x20...0x3F).contains($0) }) else { return nil }
        return end - bytes.startIndex + 1
    }

    /// The bytes of a character; nil while it is not whole.
    private static func character(_ bytes: ArraySlice<UInt8>) -> Int? {
        let length =
            switch bytes.first ?? 0 {
            case 0xC2...0xDF: 2
            case 0xE0...0xEF: 3
            case 0xF0...0xF4: 4
            default: 1
            }
        return bytes.count < length ? nil : length
    }

    private mutating func obey(_ bytes: ArraySlice<UInt8>) -> Bool {
        let text = String(decoding: bytes.dropFirst(2), as: UTF8.self)
        guard let final = text.last else { return false }
        let parameters = String(text.dropLast())
        switch final {
        case "h", "l": return set(parameters, final == "h")
        case "t": return ["22;0;0", "23;0;0"].contains(parameters)
        case "m":
            attributes = parameters
            return parameters.allSatisfy { $0.isNumber || $0 == ";" }
        case "J":
            places = Array(repeating: .blank, count: width * height)
            paints += 1
            // From its first place on, all behind the cursor is all of it.
            return parameters == "2" || parameters.isEmpty && (column, row) == (0, 0)
        case "C":
            column += Int(parameters) ?? 1
            return parameters.allSatisfy(\.isNumber)
        case "H":
            let numbers =
                parameters.isEmpty ? [1, 1] : parameters.split(separator: ";").map { Int($0) }
            guard numbers.count == 2, let y = numbers[0], let x = numbers[1], x > 0, y > 0 else {
                return false
            }
            (row, column) = (y - 1, x - 1)
            return true
        case "r": return setMargins(parameters)
        case "S": return scroll(parameters)
        default: return false
        }
    }

    /// Chooses the rows that are moved (DECSTBM), or all; the cursor goes to the first place.
    private mutating func setMargins(_ parameters: String) -> Bool {
        (row, column) = (0, 0)
        margins = nil
        if parameters.isEmpty { return true }
        let numbers = parameters.split(separator: ";").compactMap { Int($0) }
        guard numbers.count == 2, numbers[0] > 0, numbers[0] < numbers[1] else { return false }
        // Those of a size before are passed over.
        if numbers[1] <= height { margins = numbers[0] - 1..<numbers[1] }
        return true
    }

    /// Moves rows up (SU). What becomes free is blank; with a colour behind it terminals do not agree.
    private mutating func scroll(_ parameters: String) -> Bool {
        guard let count = Int(parameters), count > 0, attributes == "0" else { return false }
        let rows = margins ?? 0..<height
        for y in rows {
            for x in 0..<width {
                let source = y + count
                places[y * width + x] =
                    source < rows.upperBound ? places[source * width + x] : .blank
            }
        }
        return true
    }

    /// Sets modes: the alternate screen, the cursor and its blinking, pasting, the mouse, frames.
    private mutating func set(_ parameters: String, _ isOn: Bool) -> Bool {
        let known = ["12", "25", "1000", "1002", "1006", "1049", "2004", "2026"]
        guard parameters.first == "?" else { return false }
        let modes = parameters.dropFirst().split(separator: ";")
        if modes.contains("2026") {
            if isInFrame, !isOn { frames += 1 }
            isInFrame = isOn
        }
        return !modes.isEmpty && modes.allSatisfy { known.contains(String($0)) }
    }

    private mutating func put(_ bytes: ArraySlice<UInt8>) -> Bool {
        guard let text = String(validating: bytes, as: UTF8.self),
            let scalar = text.unicodeScalars.first, !Self.isUnseen(scalar)
        else { return false }
        if !isInFrame { charactersBetweenFrames += 1 }
        let columns = Int(wcwidth(wchar_t(scalar.value)))
        // What combines stays with the character before it.
        guard columns > 0 else {
            combine(scalar)
            return true
        }
        defer { column += columns }
        // A frame for the size before may reach beyond the edges.
        guard row < height, column + columns <= width else { return true }
        let place = row * width + column
        let shown = scalar == " " ? Self.seenOnBlank(attributes) : attributes
        places[place] = Place(character: Character(scalar), attributes: shown)
        if columns == 2 { places[place + 1] = Place(character: nil, attributes: attributes) }
        return true
    }

    /// Of the parameters of SGR those that a blank shows: a colour behind it, or both exchanged.
    private static func seenOnBlank(_ attributes: String) -> String {
        var rest = attributes.split(separator: ";").compactMap { Int($0) }[...]
        var seen: [Int] = []
        while let first = rest.first {
            let isLong = first == 38 || first == 48
            let length = isLong ? (rest.dropFirst().first == 2 ? 5 : 3) : 1
            let isSeen = [7, 48].contains(first) || (40...47).contains(first) || first >= 100
            if isSeen { seen += rest.prefix(length) }
            rest = rest.dropFirst(length)
        }
        return seen.isEmpty ? "0" : seen.map(String.init).joined(separator: ";")
    }

    private mutating func combine(_ scalar: Unicode.Scalar) {
        let before = row * width + column - 1
        guard row < height, (1...width).contains(column), let base = places[before].character else {
            return
        }
        places[before].character = (String(base) + String(scalar)).first
    }

    /// Whether a character controls something, turns text round or cannot be seen.
    private static func isUnseen(_ scalar: Unicode.Scalar) -> Bool {
        switch scalar.properties.generalCategory {
        case .control, .format, .lineSeparator, .paragraphSeparator: true
        default: scalar.properties.isDefaultIgnorableCodePoint
        }
    }

    private static let locale = setlocale(LC_CTYPE, "C.UTF-8") != nil

    /// What a person would read, without trailing spaces.
    public var lines: [String] {
        (0..<height).map { row in
            var line = String(places[row * width..<(row + 1) * width].compactMap(\.character))
            while line.last == " " { line.removeLast() }
            return line
        }
    }

    public var text: String { lines.joined(separator: "\n") }
}
