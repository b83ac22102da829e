import NanoCore
import Testing

@testable import NanoTUI

@Suite struct RendererTests {
    @Test func `only what has changed is drawn`() {
        var renderer = Renderer(theme: .builtIn, depth: .truecolor, isUnicode: true)
        var screen = Screen(width: 40, height: 5)
        screen.put("hello", x: 2, y: 1)
        #expect(renderer.bytes(for: screen).count > 100)
        #expect(renderer.bytes(for: screen).isEmpty)
        screen.put("j", x: 2, y: 1)
        let bytes = String(decoding: renderer.bytes(for: screen), as: UTF8.self)
        #expect(bytes.hasPrefix("\u{1B}[2;3H") && bytes.hasSuffix("j\u{1B}[0m"))
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

    @Test func `without colours no colour is sent`() {
        var model = ConsoleModel.sample
        var renderer = Renderer(theme: .builtIn, depth: .none, isUnicode: true)
        var screen = Screen(width: 80, height: 24)
        model.draw(into: &screen)
        let text = String(decoding: renderer.bytes(for: screen), as: UTF8.self)
        let escapes = text.matches(of: /\u{1B}\[([0-9;]*)m/).map { String($0.output.1) }
        #expect(
            !escapes.isEmpty && escapes.allSatisfy { ["0", "0;1", "0;7", "0;1;7"].contains($0) })
    }

    @Test(arguments: [
        (["NO_COLOR": "1", "TERM": "xterm-256color"], ColorDepth.none),
        (["TERM": "dumb"], .none), (["TERM": "xterm"], .sixteen),
        (["TERM": "xterm-256color"], .indexed),
        (["TERM": "xterm-256color", "COLORTERM": "truecolor"], .truecolor), ([:], .none),
    ])
    func `the environment tells the colours`(environment: [String: String], depth: ColorDepth) {
        #expect(ColorDepth.detect(environment: environment) == depth)
    }

    @Test func `wide characters keep their columns`() {
        var screen = Screen(width: 10, height: 1)
        screen.put("中文x", x: 0, y: 0)
        #expect(screen[4, 0].character == "x")
        screen.put("y", x: 1, y: 0)
        #expect(screen[0, 0].character == " " && screen[1, 0].character == "y")
        #expect(TextWidth.fitted("中文字", to: 4) == "中…")
        #expect(TextWidth.columns(of: "e\u{301}") == 1)
    }

    @Test(arguments: [
        (0, "0"), (999, "999"), (1_000, "1,000"), (12_345_678, "12,345,678"),
    ])
    func `numbers are grouped`(value: Int, text: String) {
        #expect(Numbers.grouped(UInt64(value)) == text)
    }

    @Test func `columns leave by importance and no number is cut`() {
        let table = Table(columns: [
            Table.Column("name", 6), Table.Column("count", 9, number: true),
            Table.Column("extra", 10, importance: 1),
        ])
        var screen = Screen(width: 19, height: 2)
        let row = [Table.Entry("a"), Table.Entry("1,234,567"), Table.Entry("more")]
        table.draw([row], selected: nil, in: screen.bounds, on: &screen)
        #expect(screen.text.contains("1,234,567") && !screen.text.contains("extra"))
    }
}
