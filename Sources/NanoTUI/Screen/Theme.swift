import NanoCore

/// A colour of a theme.
public struct Color: Hashable, Sendable {
    public var red: UInt8
    public var green: UInt8
    public var blue: UInt8

    public init(red: UInt8, green: UInt8, blue: UInt8) {
        self.red = red
        self.green = green
        self.blue = blue
    }
}

/// What is wrong with a theme file.
public struct ThemeError: Error, Equatable, Sendable, CustomStringConvertible {
    public let description: String
}

/// Colours for every ``Role``, read from a file in the form that btop's users know:
/// `theme[main_fg]="#d0d0d0"`.
public struct Theme: Sendable {
    public let name: String
    private let colors: [String: Color]

    /// Every key that a theme may hold; those without a fallback have to be there.
    public static let keys: [(key: String, fallback: String?)] = [
        ("main_bg", nil), ("main_fg", nil), ("title", nil), ("hi_fg", nil),
        ("selected_bg", nil), ("selected_fg", nil), ("inactive_fg", nil), ("div_line", nil),
        ("cpu_start", nil), ("cpu_mid", nil), ("cpu_end", nil),
        ("good", "cpu_start"), ("warning", "cpu_mid"), ("bad", "cpu_end"), ("accent", "hi_fg"),
    ]

    /// Reads a theme.
    ///
    /// Keys of btop that have no meaning here are passed over, so that its themes can be used.
    ///
    /// - Parameter file: For messages.
    /// - Throws: ``ThemeError`` with file, line and what is allowed.
    public init(name: String, text: String, file: String) throws(ThemeError) {
        var colors: [String: Color] = [:]
        var seen: Set<String> = []
        // To Swift, a carriage return and its line feed are one character, which is no "\n".
        let lines = text.split(omittingEmptySubsequences: false) { $0 == "\n" || $0 == "\r\n" }
        for (index, line) in lines.enumerated() {
            let content = line.filter { $0 != "\r" }.drop { $0 == " " || $0 == "\t" }
            if content.isEmpty || content.first == "#" { continue }
            let place = "\(file):\(index + 1)"
            let (key, value) = try Self.entry(content, place)
            seen.insert(key)
            colors[key] = value.isEmpty ? nil : try Self.color(value, key, place)
        }
        for (key, fallback) in Self.keys where !seen.contains(key) {
            guard let fallback else {
                throw ThemeError(description: "\(file): theme[\(key)] is missing")
            }
            colors[key] = colors[fallback]
        }
        self.name = name
        self.colors = colors
    }

    /// `theme[key]="value"`
    private static func entry(
        _ line: some StringProtocol, _ place: String
    ) throws(ThemeError) -> (key: String, value: String) {
        let form = ThemeError(
            description: "\(place): not a theme line; allowed is theme[key]=\"#rrggbb\"")
        guard line.hasPrefix("theme["), let close = line.firstIndex(of: "]") else { throw form }
        let key = line[line.index(line.startIndex, offsetBy: 6)..<close]
        let rest = line[line.index(after: close)...].drop { $0 == " " }
        guard rest.first == "=" else { throw form }
        let value = rest.dropFirst().drop { $0 == " " }
        guard let quote = value.first, quote == "\"" || quote == "'",
            let end = value.dropFirst().firstIndex(of: quote)
        else { throw form }
        return (String(key), String(value[value.index(after: value.startIndex)..<end]))
    }

    /// `#rrggbb`, `#gg` for a grey, or three decimal numbers.
    private static func color(
        _ text: String, _ key: String, _ place: String
    ) throws(ThemeError) -> Color {
        let fault = ThemeError(
            description:
                "\(place): theme[\(SafeText.quotable(key, to: 20))]: "
                + "\"\(SafeText.quotable(text, to: 20))\" is no colour; allowed are "
                + "#rrggbb, #gg and \"r g b\"")
        if text.hasPrefix("#") {
            let digits = text.dropFirst()
            guard let value = UInt32(digits, radix: 16), digits.allSatisfy(\.isHexDigit) else {
                throw fault
            }
            switch digits.count {
            case 2: return Color(red: UInt8(value), green: UInt8(value), blue: UInt8(value))
            case 6:
                return Color(
                    red: UInt8(value >> 16), green: UInt8(value >> 8 & 0xFF),
                    blue: UInt8(value & 0xFF))
            default: throw fault
            }
        }
        let parts = text.split(separator: " ").map { UInt8($0) }
        guard parts.count == 3, let red = parts[0], let green = parts[1], let blue = parts[2] else {
            throw fault
        }
        return Color(red: red, green: green, blue: blue)
    }

    /// The colour of text; nil for the terminal's own.
    public func foreground(_ role: Role) -> Color? { colors[Self.key(of: role)] }

    /// The colour behind text; nil for the terminal's own.
    public func background(_ role: Role) -> Color? {
        colors[role == .selected ? "selected_bg" : "main_bg"]
    }

    private static func key(of role: Role) -> String {
        switch role {
        case .text: "main_fg"
        case .dim: "inactive_fg"
        case .title: "title"
        case .good: "good"
        case .warning: "warning"
        case .bad: "bad"
        case .accent: "accent"
        case .selected: "selected_fg"
        case .key: "hi_fg"
        case .border: "div_line"
        case .graphLow: "cpu_start"
        case .graphMiddle: "cpu_mid"
        case .graphHigh: "cpu_end"
        }
    }

    /// The theme that is always there.
    public static let builtIn: Theme = {
        do {
            return try Theme(name: "dusk", text: dusk, file: "built-in theme")
        } catch {
            preconditionFailure("\(error)")
        }
    }()

    private static let dusk = """
        theme[main_bg]=""
        theme[main_fg]="#c8ccd4"
        theme[title]="#e6e9ef"
        theme[hi_fg]="#7aa2f7"
        theme[selected_bg]="#2f3a55"
        theme[selected_fg]="#ffffff"
        theme[inactive_fg]="#8a93a6"
        theme[div_line]="#4b5468"
        theme[cpu_start]="#7fc98b"
        theme[cpu_mid]="#e2b55a"
        theme[cpu_end]="#f07178"
        """
}
