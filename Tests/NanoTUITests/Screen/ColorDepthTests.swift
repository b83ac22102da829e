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
        let red = Color(red: 255, green: 0, blue: 0)
        #expect(ColorDepth.truecolor.parameters(for: red, isBackground: false) == "38;2;255;0;0")
        #expect(ColorDepth.indexed.parameters(for: red, isBackground: true) == "48;5;196")
        #expect(ColorDepth.sixteen.parameters(for: red, isBackground: false) == "31")
        #expect(ColorDepth.none.parameters(for: red, isBackground: false) == "")
        let grey = Color(red: 128, green: 128, blue: 128)
        #expect(ColorDepth.indexed.parameters(for: grey, isBackground: false) == "38;5;244")
        #expect(ColorDepth.sixteen.parameters(for: red, isBackground: true) == "101")
        let black = Color(red: 0, green: 0, blue: 0)
        #expect(ColorDepth.sixteen.parameters(for: black, isBackground: true) == "40")
    }

    @Test(arguments: [
        "dusk", "ember", "fjord", "high-contrast", "moss", "paper", "plum", "slate", "harbour",
        "snow",
    ])
    func `in sixteen colours good is green, a warning yellow, and bad red`(name: String) throws {
        let folder = URL(filePath: #filePath).appending(path: "../../../../themes").standardized
        let theme = try ThemeCatalog(folder: folder.path(), environment: [:], executable: "/x")
            .theme(named: name)
        for (roles, number) in [
            ([Role.good, .graphLow], "32"), ([.warning, .graphMiddle], "33"),
            ([.bad], "31"),
        ] {
            for role in roles {
                let color = try #require(theme.foreground(role))
                let found = ColorDepth.sixteen.parameters(for: color, isBackground: false)
                #expect(found == number, "\(role)")
            }
        }
    }
}
