import NanoCore
import TestProcesses
import Testing

@testable import NanoTUI

@Suite struct RendererTests {
    @Test(arguments: ColorDepth.allCases)
    func `differences show the same as everything drawn anew`(depth: ColorDepth) throws {
        let seed = UInt64.random(in: .min ... .max)
        print("seed \(seed)")
        var random = SeededGenerator(seed: seed)
        var (screen, size) = (Screen(width: 24, height: 6), (24, 6))
        var renderer = Renderer(theme: .builtIn, depth: depth, isUnicode: true)
        var terminal = TerminalScreen(width: size.0, height: size.1)
        for step in 0..<300 {
            scribble(on: &screen, using: &random)
            try terminal.take(renderer.bytes(for: screen))
            var anew = Renderer(theme: .builtIn, depth: depth, isUnicode: true)
            var expected = TerminalScreen(width: size.0, height: size.1)
            try expected.take(anew.bytes(for: screen))
            let isSame = terminal.places == expected.places
            #expect(isSame, "seed \(seed), step \(step)")
            #expect(terminal.text == screen.text, "seed \(seed), step \(step)")
            let nothing = renderer.bytes(for: screen)
            #expect(nothing.isEmpty)
        }
        size = (10, 3)
        screen = Screen(width: 10, height: 3)
        screen.put("after", x: 1, y: 1)
        terminal = TerminalScreen(width: 10, height: 3)
        try terminal.take(renderer.bytes(for: screen))
        #expect(terminal.text == screen.text)
    }

    @Test func `with ASCII alone no other byte is sent`() {
        var screen = Screen(width: 40, height: 3)
        screen.rule("Ledger", in: Rect(x: 0, y: 0, width: 40, height: 1))
        screen.put("▁▂▃▄▅▆▇█ ●▲✗✓‖◌▶…–· 漢字 é 👍 ▼▏", x: 0, y: 1)
        var renderer = Renderer(theme: .builtIn, depth: .indexed, isUnicode: false)
        let bytes = renderer.bytes(for: screen)
        #expect(bytes.allSatisfy { $0 < 0x80 })
        #expect(String(decoding: bytes, as: UTF8.self).contains("Ledger"))
    }

    @Test func `without colours there is no parameter of colour`() {
        var screen = Screen(width: 40, height: Role.allCases.count)
        for (row, role) in Role.allCases.enumerated() {
            screen.put("text", x: 0, y: row, style: Style(role))
        }
        var renderer = Renderer(theme: .builtIn, depth: .none, isUnicode: true)
        let text = String(decoding: renderer.bytes(for: screen), as: UTF8.self)
        let sequences = text.split(separator: "\u{1B}[").compactMap { part in
            part.firstIndex(of: "m").map { part[..<$0] }
        }
        let parameters = Set(sequences.flatMap { $0.split(separator: ";") }.map(String.init))
        #expect(parameters.isSubset(of: ["0", "1", "7", "2J"]))
    }

    @Test func `only what has changed is drawn`() {
        var renderer = Renderer(theme: .builtIn, depth: .truecolor, isUnicode: true)
        var screen = Screen(width: 40, height: 5)
        screen.put("hello", x: 2, y: 1)
        #expect(
            String(decoding: renderer.bytes(for: screen), as: UTF8.self)
                .hasPrefix("\u{1B}[0m\u{1B}[2J\u{1B}["))
        #expect(renderer.bytes(for: screen).isEmpty)
        screen.put("j", x: 2, y: 1)
        let bytes = String(decoding: renderer.bytes(for: screen), as: UTF8.self)
        #expect(bytes.hasPrefix("\u{1B}[0;") && bytes.hasSuffix("m\u{1B}[2;3Hj\u{1B}[0m"))
    }

    @Test func `a style is written once a frame, and short ways cost few bytes`() {
        var renderer = Renderer(theme: .builtIn, depth: .truecolor, isUnicode: true)
        var screen = Screen(width: 40, height: 3)
        _ = renderer.bytes(for: screen)
        for y in 0..<3 {
            screen.put("ab cd", x: 2, y: y, style: .good)
            screen.put("ef", x: 20, y: y, style: .dim)
            screen.put("gh", x: 30, y: y, style: .good)
        }
        let text = String(decoding: renderer.bytes(for: screen), as: UTF8.self)
        #expect(text.split(separator: "m", omittingEmptySubsequences: false).count == 4)
        #expect(text.contains("\u{1B}[1;3Hab cd\u{1B}[23Cgh\u{1B}[2;3H"))
    }

    @Test func `a background of the theme is drawn behind blanks too`() throws {
        let text = ThemeKey.all.filter { $0.fallback == .none }
            .map { "theme[\($0.name)]=\"#102030\"" }.joined(separator: "\n")
        let theme = try Theme(name: "x", text: text, file: "x.theme")
        var renderer = Renderer(theme: theme, depth: .truecolor, isUnicode: true)
        var terminal = TerminalScreen(width: 10, height: 2)
        try terminal.take(renderer.bytes(for: Screen(width: 10, height: 2)))
        #expect(terminal.places.allSatisfy { $0.attributes == "48;2;16;32;48" })
    }

    @Test func `ASCII terminals get no byte above 0x7F`() {
        var model = ConsoleModel.sample
        var renderer = Renderer(theme: .builtIn, depth: .sixteen, isUnicode: false)
        for view in ViewKind.allCases {
            model.press(.character(Character("\(view.rawValue)")))
            var screen = Screen(width: 120, height: 40)
            model.draw(into: &screen)
            renderer.forget()
            #expect(renderer.bytes(for: screen).allSatisfy { $0 < 0x80 })
        }
    }

    @Test func `wide characters keep their columns`() {
        var screen = Screen(width: 10, height: 1)
        screen.put("中文x", x: 0, y: 0)
        #expect(screen[4, 0].character == "x")
        screen.put("y", x: 1, y: 0)
        #expect(screen[0, 0].character == " " && screen[1, 0].character == "y")
    }

    private func scribble(on screen: inout Screen, using random: inout SeededGenerator) {
        let letters = Array("ab 漢─字é▲界")
        for _ in 0..<Int.random(in: 0...6, using: &random) {
            let text = (0..<Int.random(in: 1...5, using: &random)).map { _ in
                letters.randomElement(using: &random) ?? " "
            }
            let role = Role.allCases.randomElement(using: &random) ?? .text
            screen.put(
                String(text), x: Int.random(in: -3...25, using: &random),
                y: Int.random(in: -1...6, using: &random),
                style: Style(role, bold: Bool.random(using: &random)))
        }
    }
}
