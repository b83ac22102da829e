import Foundation
import Testing

@testable import NanoTUI

@Suite struct ColorDepthTests {
    @Test(arguments: [
        (["TERM": "xterm-256color"], ColorDepth.indexed),
        (["TERM": "xterm-256color", "COLORTERM": "truecolor"], .truecolor),
        (["TERM": "xterm-256color", "COLORTERM": "24bit"], .truecolor),
        (["TERM": "xterm-direct"], .truecolor),
        (["TERM": "xterm"], .sixteen),
        (["TERM": "vt100"], .none),
        (["TERM": "dumb"], .none),
        ([:], .none),
        (["TERM": "xterm-256color", "COLORTERM": "truecolor", "NO_COLOR": "1"], .none),
        (["TERM": "xterm-256color", "NO_COLOR": ""], .indexed),
    ])
    func `the environment tells the colours`(environment: [String: String], depth: ColorDepth) {
        #expect(ColorDepth.detect(environment: environment) == depth)
    }

    @Test func `colours become the nearest that there are`() {
        let (red, black) = (Color(red: 255, green: 0, blue: 0), Color.black)
        #expect(ColorDepth.truecolor.parameters(front: red, on: black) == "38;2;255;0;0")
        #expect(ColorDepth.indexed.parameters(back: red) == "48;5;196")
        #expect(ColorDepth.none.parameters(front: red, on: black) == "")
        let grey = Color(red: 128, green: 128, blue: 128)
        #expect(ColorDepth.indexed.parameters(front: grey, on: black) == "38;5;244")
        #expect(ColorDepth.sixteen.parameters(back: red) == "101")
        #expect(ColorDepth.sixteen.parameters(back: black) == "40")
    }

    @Test func `a colour that could not be read gives way to its bright one, or to none`() {
        let white = Color(red: 255, green: 255, blue: 255)
        let (red, green) = (
            Color(red: 230, green: 40, blue: 40), Color(red: 0, green: 110, blue: 0)
        )
        func number(_ color: Color, _ back: Color, keepsHue: Bool = true) -> String {
            ColorDepth.sixteen.parameters(front: color, on: back, keepsHue: keepsHue)
        }
        #expect(number(red, .black) == "91" && number(red, white) == "31")
        // No green, bright or not, has enough of white behind it.
        #expect(number(green, white) == "30")
        // Blue is too dark on black, and cyan too light on white.
        #expect(number(Color(red: 90, green: 120, blue: 250), .black) == "36")
        #expect(number(Color(red: 0, green: 110, blue: 120), white) == "34")
        #expect(number(red, .black, keepsHue: false) == "90")
    }

    @Test(arguments: [
        "dusk", "ember", "fjord", "high-contrast", "moss", "plum", "slate", "harbour",
    ])
    func `in sixteen colours good is green, a warning yellow, and bad red`(name: String) throws {
        let folder = URL(filePath: #filePath).appending(path: "../../../../themes").standardized
        let theme = try ThemeCatalog(folder: folder.path(), environment: [:], executable: "/x")
            .theme(named: name)
        for (roles, number) in [
            ([Role.good, .graphLow], "32"), ([.warning, .graphMiddle], "33"),
            ([.bad], "91"),
        ] {
            for role in roles {
                let color = try #require(theme.foreground(role))
                let found = ColorDepth.sixteen.parameters(
                    front: color, on: theme.background(role) ?? .black)
                #expect(found == number, "\(role)")
            }
        }
    }
}
