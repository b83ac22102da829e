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
        var renderer = Renderer(theme: .builtIn, depth: depth, isUnicode: true, movesRows: true)
        var terminal = TerminalScreen(width: size.0, height: size.1)
        for step in 0..<300 {
            if step % 3 == 0 { screen = moved(screen, using: &random) }
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
        #expect(bytes.hasPrefix("\u{1B}[0;") && bytes.hasSuffix("m\u{1B}[2;3Hj"))
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
        #expect(text.split(separator: "m", omittingEmptySubsequences: false).count == 3)
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

    private static func list(_ first: Int, chosen: Int? = nil) -> Screen {
        var screen = Screen(width: 60, height: 20)
        screen.put("a head", x: 0, y: 0, style: .title)
        for row in 2..<18 {
            let style: Style = row == chosen ? .selected : .text
            let text = "row \(first + row) " + String(repeating: "x", count: 40)
            screen.put(text, x: 0, y: row, style: style)
        }
        screen.put("a foot", x: 0, y: 19, style: .dim)
        return screen
    }

    @Test(arguments: [nil, "#102030"] as [String?], [nil, 17] as [Int?])
    func `a list that moves costs its new rows`(background: String?, chosen: Int?) throws {
        let text = background.map { color in
            ThemeKey.all.filter { $0.fallback == .none }
                .map { "theme[\($0.name)]=\"\(color)\"" }.joined(separator: "\n")
        }
        let theme = try text.map { try Theme(name: "x", text: $0, file: "x.theme") } ?? .builtIn
        var terminal = TerminalScreen(width: 60, height: 20)
        var renderer = Renderer(theme: theme, depth: .truecolor, isUnicode: true, movesRows: true)
        try terminal.take(renderer.bytes(for: Self.list(100, chosen: chosen)))
        for first in [103, 106, 107] {
            let bytes = renderer.bytes(for: Self.list(first, chosen: chosen))
            try terminal.take(bytes)
            let isMoved = String(decoding: bytes, as: UTF8.self).hasPrefix("\u{1B}[0m\u{1B}[3;")
            #expect(isMoved && bytes.count < 400)
            var expected = TerminalScreen(width: 60, height: 20)
            var anew = Renderer(theme: theme, depth: .truecolor, isUnicode: true)
            try expected.take(anew.bytes(for: Self.list(first, chosen: chosen)))
            let isSame = terminal.places == expected.places
            #expect(isSame)
        }
    }

    @Test func `rows are moved only where many have moved, and together`() {
        #expect(RowShift(from: Self.list(1), to: Self.list(1)) == nil)
        #expect(RowShift(from: Self.list(100), to: Self.list(500)) == nil)
        #expect(RowShift(from: Self.list(100), to: Self.list(102))?.distance == 2)
        #expect(RowShift(from: Self.list(100), to: Self.list(102))?.rows == 2..<18)
        #expect(RowShift(from: Self.list(100), to: Self.list(113)) == nil, "three rows are left")
        #expect(RowShift(from: Screen(width: 9, height: 9), to: Self.list(1)) == nil)
    }

    /// The screen with some of its rows further up, as a list has them.
    private func moved(_ screen: Screen, using random: inout SeededGenerator) -> Screen {
        var moved = Screen(width: screen.width, height: screen.height)
        let distance = Int.random(in: 1...2, using: &random)
        for y in 0..<screen.height where y + distance < screen.height {
            for x in 0..<screen.width {
                let cell = screen[x, y + distance]
                guard let character = cell.character else { continue }
                moved.put(String(character), x: x, y: y, style: cell.style)
            }
        }
        return moved
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
