import Testing

@testable import NanoTUI

@Suite struct ScreenTests {
    static let outside = [
        Rect(x: 0, y: 9, width: 4, height: 2), Rect(x: 30, y: 0, width: 4, height: 2),
        Rect(x: -9, y: -9, width: 4, height: 4), Rect(x: 7, y: 2, width: 90, height: 90),
    ]

    @Test(arguments: outside)
    func `what lies outside of the screen is left out`(rect: Rect) {
        var screen = Screen(width: 8, height: 3)
        screen.fill(rect, with: "#")
        screen.paint(rect, style: .bad)
        screen.rule("title", right: "right", in: rect)
        screen.put("text", x: rect.x, y: rect.y)
        screen.put("text", endingAt: rect.x, y: rect.y)
        #expect(screen.text.split(separator: "\n", omittingEmptySubsequences: false).count == 3)
    }

    @Test func `a rule has its title at the left and gives up what is at the right first`() {
        var screen = Screen(width: 24, height: 2)
        screen.rule("Ledger", right: "balances", in: Rect(x: 0, y: 0, width: 24, height: 1))
        screen.rule("Ledger", right: "balances", in: Rect(x: 0, y: 1, width: 18, height: 1))
        #expect(screen.text == "─ Ledger ──── balances ─\n─ Ledger ─────────")
    }

    @Test(arguments: [
        "\u{1B}[2J", "\u{9B}2J", "a\u{7F}b", "a\u{202E}b", "a\u{200B}b", "a\u{200D}b",
        "a\u{FEFF}b", "a\r\nb", "\u{0}", "a\u{2066}b", "x\u{E0041}y",
    ])
    func `characters that cannot be seen never reach the terminal`(text: String) {
        var screen = Screen(width: 60, height: 1)
        screen.put(text, x: 0, y: 0)
        var renderer = Renderer(theme: .builtIn, depth: .none, isUnicode: true)
        let sent = String(decoding: renderer.bytes(for: screen), as: UTF8.self)
            .replacing(/\u{1B}\[[0-9;]*[mHJ]/, with: "")
        let hidden = sent.unicodeScalars.filter {
            [.control, .format].contains($0.properties.generalCategory)
        }
        #expect(hidden.isEmpty)
        #expect(screen.text.contains("\\u{"), "an operator has to see that something is there")
    }

    @Test(arguments: 0...12)
    func `text is measured as it is shown, hostile or not`(width: Int) {
        for text in ["plain words", "中文字中文字", "a中b文c字", "x\u{202E}y\u{1B}[2Jz", "e\u{301}e"] {
            let fitted = TextWidth.fitted(text, to: width)
            #expect(TextWidth.columns(of: fitted) <= width)
            var screen = Screen(width: 12, height: 1)
            #expect(screen.put(fitted, x: 0, y: 0) == TextWidth.columns(of: fitted))
        }
    }

    @Test func `a wide character is never cut in half`() {
        var screen = Screen(width: 3, height: 1)
        screen.put("中文", x: 0, y: 0)
        #expect(screen.text == "中")
        screen.put("中", x: -1, y: 0)
        #expect(screen[0, 0].character != nil)
    }
}
