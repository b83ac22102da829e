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

    /// The parameters of SGR (ECMA-48 §8.3.117) for a colour; empty when there are no colours.
    func parameters(for color: Color, isBackground: Bool) -> String {
        switch self {
        case .none: ""
        case .truecolor:
            "\(isBackground ? 48 : 38);2;\(color.red);\(color.green);\(color.blue)"
        case .indexed: "\(isBackground ? 48 : 38);5;\(color.indexed)"
        case .sixteen: Self.basic(color, isBackground)
        }
    }

    /// A colour in front keeps its hue: green that means well must not become the nearest grey.
    private static func basic(_ color: Color, _ isBackground: Bool) -> String {
        if !isBackground, let hue = color.basicHue { return "\(30 + hue)" }
        let index = color.basic
        return index < 8
            ? "\((isBackground ? 40 : 30) + index)" : "\((isBackground ? 100 : 90) + index - 8)"
    }
}

extension Color {
    /// The nearest of the 6x6x6 cube and the 24 greys of xterm's palette.
    var indexed: Int {
        let steps = [0, 95, 135, 175, 215, 255]
        func nearest(_ value: UInt8) -> Int {
            steps.indices.min { abs(steps[$0] - Int(value)) < abs(steps[$1] - Int(value)) } ?? 0
        }
        let (r, g, b) = (nearest(red), nearest(green), nearest(blue))
        let cube = Color(
            red: UInt8(steps[r]), green: UInt8(steps[g]), blue: UInt8(steps[b]))
        let mean = (Int(red) + Int(green) + Int(blue)) / 3
        let step = min(23, max(0, (mean - 3) / 10))
        let level = UInt8(8 + 10 * step)
        let grey = Color(red: level, green: level, blue: level)
        return distance(to: grey) < distance(to: cube) ? 232 + step : 16 + 36 * r + 6 * g + b
    }

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

    /// The nearest of the sixteen colours, as xterm shows them.
    var basic: Int {
        let palette: [(Int, Int, Int)] = [
            (0, 0, 0), (205, 0, 0), (0, 205, 0), (205, 205, 0), (0, 0, 238), (205, 0, 205),
            (0, 205, 205), (229, 229, 229), (127, 127, 127), (255, 0, 0), (0, 255, 0),
            (255, 255, 0), (92, 92, 255), (255, 0, 255), (0, 255, 255), (255, 255, 255),
        ]
        let colors = palette.map {
            Color(red: UInt8($0.0), green: UInt8($0.1), blue: UInt8($0.2))
        }
        return colors.indices.min { distance(to: colors[$0]) < distance(to: colors[$1]) } ?? 7
    }

    private func distance(to other: Color) -> Int {
        let (r, g, b) = (
            Int(red) - Int(other.red), Int(green) - Int(other.green), Int(blue) - Int(other.blue)
        )
        return 2 * r * r + 4 * g * g + 3 * b * b
    }
}
