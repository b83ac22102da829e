import Glibc

/// The colours that terminals number, as xterm shows them.
enum Palette {
    /// Black, red, green, yellow, blue, magenta, cyan and white, then the same in bright.
    static let basic: [Color] = [
        (0, 0, 0), (205, 0, 0), (0, 205, 0), (205, 205, 0), (0, 0, 238), (205, 0, 205),
        (0, 205, 205), (229, 229, 229), (127, 127, 127), (255, 0, 0), (0, 255, 0),
        (255, 255, 0), (92, 92, 255), (255, 0, 255), (0, 255, 255), (255, 255, 255),
    ].map { (channels: (UInt8, UInt8, UInt8)) in
        Color(red: channels.0, green: channels.1, blue: channels.2)
    }

    /// Numbers of those that have no hue.
    static let neutral = [0, 7, 8, 15]

    /// Those of 256: the sixteen, which terminals show as they like, a cube of 6x6x6 and 24 greys.
    static let indexed = basic + cube + greys

    private static let cube: [Color] = (0..<216).map { place in
        Color(
            red: steps[place / 36], green: steps[place / 6 % 6], blue: steps[place % 6])
    }
    private static let greys: [Color] = (0..<24).map { step in
        let level = UInt8(8 + 10 * step)
        return Color(red: level, green: level, blue: level)
    }
    private static let steps: [UInt8] = [0, 95, 135, 175, 215, 255]

    /// Numbers of the cube and of the greys.
    private static let certain = 16..<256

    /// The nearest of the sixteen.
    static func basicNumber(of color: Color) -> Int {
        nearest(to: color, among: basic.indices, of: basic)
    }

    /// The nearest of the cube and the greys.
    static func indexedNumber(of color: Color) -> Int {
        nearest(to: color, among: certain, of: indexed)
    }

    /// The number of one of the sixteen for text: of its hue, so that green that means well does not
    /// become the nearest grey, or else without any, so that it does not mean something else.
    ///
    /// - Parameters:
    ///   - back: What a theme has behind it.
    ///   - keepsHue: False for lines, which mean nothing.
    static func basicNumber(of color: Color, on back: Color, keepsHue: Bool) -> Int {
        let behind = basic[basicNumber(of: back)]
        let needed = min(Color.leastContrast, color.contrast(on: back))
        let hue = keepsHue ? color.basicHue : nil
        // Where blue or cyan cannot be read the other one is nearest to it.
        let other = hue == 4 ? 6 : hue == 6 ? 4 : nil
        let hues = [hue, hue.map { $0 + 8 }, other].compactMap(\.self)
        if let number = hues.first(where: { basic[$0].contrast(on: behind) >= needed }) {
            return number
        }
        let legible = neutral.filter { basic[$0].contrast(on: behind) >= needed }
        return nearest(to: color, among: legible, of: basic)
    }

    /// The number of one of 256 for text: the nearest that can be read as well as the theme's colour.
    ///
    /// - Parameter back: What a theme has behind it.
    static func indexedNumber(of color: Color, on back: Color) -> Int {
        let behind = indexed[indexedNumber(of: back)]
        let needed = min(Color.leastContrast, color.contrast(on: back))
        let number = indexedNumber(of: color)
        guard indexed[number].contrast(on: behind) < needed else { return number }
        let legible = certain.filter { indexed[$0].contrast(on: behind) >= needed }
        return nearest(to: color, among: legible, of: indexed)
    }

    private static func nearest(
        to color: Color, among numbers: some Sequence<Int>, of colors: [Color]
    ) -> Int {
        numbers.min { color.distance(to: colors[$0]) < color.distance(to: colors[$1]) } ?? 0
    }
}

extension Color {
    /// What text has to have at least (WCAG 2.2, success criterion 1.4.3).
    static let leastContrast = 4.5

    static let black = Color(red: 0, green: 0, blue: 0)

    /// The contrast of text of this colour, 1…21 (WCAG 2.2, "contrast ratio").
    func contrast(on back: Color) -> Double {
        let (lighter, darker) = (max(luminance, back.luminance), min(luminance, back.luminance))
        return (lighter + 0.05) / (darker + 0.05)
    }

    private var luminance: Double {
        func linear(_ value: UInt8) -> Double {
            let part = Double(value) / 255
            return part <= 0.04045 ? part / 12.92 : pow((part + 0.055) / 1.055, 2.4)
        }
        return 0.2126 * linear(red) + 0.7152 * linear(green) + 0.0722 * linear(blue)
    }

    fileprivate func distance(to other: Color) -> Int {
        let (r, g, b) = (
            Int(red) - Int(other.red), Int(green) - Int(other.green), Int(blue) - Int(other.blue)
        )
        return 2 * r * r + 4 * g * g + 3 * b * b
    }
}
