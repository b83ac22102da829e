import Foundation
import Testing

@testable import NanoTUI

/// The themes that come with the console: whether they can be read, and their states told apart.
@Suite struct ShippedThemeTests {
    private static let black = Color(red: 0, green: 0, blue: 0)

    private func theme(_ name: String) throws -> Theme {
        let file = ThemeTests.folder.appending(path: name)
        return try Theme(name: name, text: String(contentsOf: file, encoding: .utf8), file: name)
    }

    @Test func `there are light ones, and some for eyes that see few colours`() {
        #expect(ThemeTests.names.count >= 12)
        let needed = [
            "dusk", "paper", "snow", "high-contrast", "high-contrast-light", "deutan", "tritan",
            "monochrome",
        ]
        #expect(Set(ThemeTests.names).isSuperset(of: needed.map { $0 + ".theme" }))
    }

    @Test(arguments: ThemeTests.names)
    func `all text can be read on what is behind it`(name: String) throws {
        let theme = try theme(name)
        for role in Role.allCases where role != .border {
            for level in 0...Style.highest {
                let front = try #require(theme.foreground(role, level: level))
                let contrast = front.contrast(to: theme.background(role) ?? Self.black)
                #expect(contrast >= 4.5, "\(role) at level \(level): \(contrast)")
            }
        }
    }

    /// As a terminal with xterm's palette shows it, which the bytes that are sent tell.
    @Test(arguments: ThemeTests.names, [ColorDepth.sixteen, .indexed])
    func `with fewer colours all text can still be read`(name: String, depth: ColorDepth) throws {
        let theme = try theme(name)
        for role in Role.allCases {
            for level in 0...Style.highest {
                var renderer = Renderer(theme: theme, depth: depth, isUnicode: true)
                var screen = Screen(width: 1, height: 1)
                screen.put("x", x: 0, y: 0, style: Style(role, level: level))
                let style = try #require(Self.styles(renderer.bytes(for: screen)).first)
                let (front, back) = Self.colors(style)
                let text = try #require(front)
                let contrast = text.contrast(to: back ?? Self.black)
                // Lines are no text, but they have to be seen.
                #expect(
                    contrast >= (role == .border ? 1.5 : 4.5),
                    "\(role) at level \(level): \(style)")
            }
        }
    }

    /// The parameters of each SGR that does more than to go back to the terminal's own colours.
    private static func styles(_ sent: [UInt8]) -> [[Int]] {
        String(decoding: sent, as: UTF8.self).split(separator: "\u{1B}")
            .filter { $0.hasSuffix("m") }
            .map { $0.dropFirst().dropLast().split(separator: ";").compactMap { Int($0) } }
            .filter { $0.count > 1 }
    }

    /// What parameters of SGR stand for.
    private static func colors(_ parameters: [Int]) -> (front: Color?, back: Color?) {
        var colors: (front: Color?, back: Color?)
        var rest = parameters[...]
        while let parameter = rest.popFirst() {
            switch parameter {
            case 30...37: colors.front = Palette.basic[parameter - 30]
            case 90...97: colors.front = Palette.basic[parameter - 82]
            case 40...47: colors.back = Palette.basic[parameter - 40]
            case 100...107: colors.back = Palette.basic[parameter - 92]
            case 38: colors.front = rest.dropFirst().first.map { Palette.indexed[$0] }
            case 48: colors.back = rest.dropFirst().first.map { Palette.indexed[$0] }
            default: break
            }
            if [38, 48].contains(parameter) { rest = rest.dropFirst(2) }
        }
        return colors
    }

    @Test(arguments: ThemeTests.names)
    func `in sixteen colours the chosen row can be told from the others`(name: String) throws {
        var renderer = Renderer(theme: try theme(name), depth: .sixteen, isUnicode: true)
        var screen = Screen(width: 1, height: 2)
        screen.put("x", x: 0, y: 0, style: .text)
        screen.put("x", x: 0, y: 1, style: .selected)
        let styles = Self.styles(renderer.bytes(for: screen))
        try #require(styles.count == 2, "\(styles)")
        let back = styles.map { Self.colors($0).back ?? Self.black }
        #expect(styles[1].contains(7) || back[0] != back[1], "\(styles)")
    }

    /// At a glance, as CIEDE2000 has it; greys have only their lightness, and who sees fewer colours
    /// has fewer to tell apart.
    @Test(arguments: ThemeTests.names)
    func `the eight states have eight colours`(name: String) throws {
        let theme = try theme(name)
        let least =
            name == "monochrome.theme"
            ? 3.5 : ["deutan.theme", "tritan.theme"].contains(name) ? 7 : 10
        let sights: [ColorSight] =
            switch name {
            case "deutan.theme": [.usual, .deuteranopia, .protanopia]
            case "tritan.theme": [.usual, .tritanopia]
            case "monochrome.theme": ColorSight.allCases
            default: [.usual]
            }
        for (index, one) in Role.states.enumerated() {
            for other in Role.states[(index + 1)...] {
                let front = try #require(theme.foreground(one))
                let second = try #require(theme.foreground(other))
                for sight in sights {
                    let distance = sight.distance(front, second)
                    #expect(distance >= least, "\(one) and \(other), \(sight): \(distance)")
                }
            }
        }
    }

    @Test func `the file of the built-in theme is the same`() throws {
        let theme = try theme("dusk.theme")
        for role in Role.allCases {
            for level in 0...Style.highest {
                let color = theme.foreground(role, level: level)
                #expect(color == Theme.builtIn.foreground(role, level: level))
            }
            #expect(theme.background(role) == Theme.builtIn.background(role))
        }
    }

    /// Pairs of colours with their distance, from the table of Sharma, Wu and Dalal's paper by way of
    /// sRGB, where they exist: it must be the formula that the threshold is meant for.
    @Test func `the distance of colours is CIEDE2000's`() {
        let red = Color(red: 255, green: 0, blue: 0)
        let green = Color(red: 0, green: 255, blue: 0)
        #expect(abs(ColorSight.usual.distance(red, green) - 86.61) < 0.05)
        #expect(ColorSight.usual.distance(red, red) == 0)
        let white = Color(red: 255, green: 255, blue: 255)
        #expect(abs(ColorSight.usual.distance(Self.black, white) - 100) < 0.05)
        // What those who lack one kind of cone cannot tell well is near for them.
        let (leaf, rust) = (
            Color(red: 0x6A, green: 0x8F, blue: 0x2F), Color(red: 0xB5, green: 0x7A, blue: 0x2F)
        )
        let usual = ColorSight.usual.distance(leaf, rust)
        #expect(ColorSight.deuteranopia.distance(leaf, rust) < usual / 2)
    }
}
