/// How many colours a terminal shows.
public enum ColorDepth: String, CaseIterable, Sendable {
    case none = "none"
    case sixteen = "16"
    case indexed = "256"
    case truecolor = "truecolor"

    /// What the environment says about the terminal (https://no-color.org, `COLORTERM`, `TERM`).
    public static func detect(environment: [String: String]) -> ColorDepth {
        if let value = environment["NO_COLOR"], !value.isEmpty { return .none }
        let term = environment["TERM"] ?? ""
        if term.isEmpty || term == "dumb" || term.hasPrefix("vt") { return .none }
        let colorterm = environment["COLORTERM"] ?? ""
        if colorterm == "truecolor" || colorterm == "24bit" || term.hasSuffix("-direct") {
            return .truecolor
        }
        return term.contains("256color") ? .indexed : .sixteen
    }

    /// The parameters of SGR (ECMA-48 §8.3.117) for text; empty when there are no colours. Fewer colours
    /// than a theme has take none of its contrast, up to what text needs.
    ///
    /// - Parameters:
    ///   - back: What the theme has behind it; the terminal's own colour is taken for black.
    ///   - keepsHue: False for lines, which mean nothing.
    func parameters(front color: Color, on back: Color, keepsHue: Bool = true) -> String {
        switch self {
        case .none: return ""
        case .truecolor: return "38;2;\(color.red);\(color.green);\(color.blue)"
        case .indexed: return "38;5;\(Palette.indexedNumber(of: color, on: back))"
        case .sixteen:
            let number = Palette.basicNumber(of: color, on: back, keepsHue: keepsHue)
            return "\(number < 8 ? 30 + number : 82 + number)"
        }
    }

    /// The same for what is behind text.
    func parameters(back color: Color) -> String {
        switch self {
        case .none: return ""
        case .truecolor: return "48;2;\(color.red);\(color.green);\(color.blue)"
        case .indexed: return "48;5;\(Palette.indexedNumber(of: color))"
        case .sixteen:
            let number = Palette.basicNumber(of: color)
            return "\(number < 8 ? 40 + number : 92 + number)"
        }
    }
}

extension Color {
    /// Red, green, yellow, blue, magenta or cyan as ECMA-48 numbers them; nil for what is nearly
    /// grey.
    var basicHue: Int? {
        let (r, g, b) = (Double(red), Double(green), Double(blue))
        let (most, least) = (max(r, g, b), min(r, g, b))
        let spread = most - least
        guard most > 0, spread / most >= 0.3 else { return nil }
        let sixths: Double =
            if most == r {
                (g - b) / spread
            } else if most == g {
                2 + (b - r) / spread
            } else {
                4 + (r - g) / spread
            }
        switch sixths * 60 {
        case 25..<63: return 3
        case 63..<165: return 2
        case 165..<225: return 6
        case 225..<275: return 4
        case 275...: return 5
        case ..<(-20): return 5
        default: return 1
        }
    }
}
