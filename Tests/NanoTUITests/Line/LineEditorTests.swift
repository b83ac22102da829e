import Testing

@testable import NanoTUI

@Suite struct LineEditorTests {
    /// The line with its cursor as a bar, after keys.
    private func line(_ text: String, _ keys: Key...) -> String {
        var line = LineEditor(text)
        for key in keys { _ = line.handle(key) }
        return line.head + "|" + line.text.dropFirst(line.cursor)
    }

    @Test func `keys move, insert and delete where the cursor is`() {
        #expect(line("ab", .left, .character("x")) == "ax|b")
        #expect(line("ab", .left, .backspace) == "|b")
        #expect(line("ab", .home, .delete) == "|b")
        #expect(line("ab", .control("a"), .control("d")) == "|b")
        #expect(line("ab", .home, .right, .right, .right) == "ab|")
        #expect(line("ab", .home, .end, .character("c")) == "abc|")
        #expect(line("ab", .home, .control("e"), .character("c")) == "abc|")
        #expect(line("ab", .home, .backspace, .left) == "|ab")
    }

    @Test func `words and halves go at once`() {
        #expect(line("pause alba", .control("w")) == "pause |")
        #expect(line("pause alba  ", .control("w")) == "pause |")
        #expect(line("pause alba", .left, .control("w")) == "pause |a")
        #expect(line("pause", .control("w"), .control("w")) == "|")
        #expect(line("pause alba", .left, .left, .control("u")) == "|ba")
        #expect(line("pause alba", .left, .left, .control("k")) == "pause al|")
    }

    @Test func `a letter with its accent is one step, and one deletion`() {
        #expect(line("", .character("e"), .character("\u{301}"), .character("x")) == "e\u{301}x|")
        #expect(line("ae\u{301}", .left, .character("x")) == "ax|e\u{301}")
        #expect(line("ae\u{301}", .backspace) == "a|")
        #expect(line("漢字", .left, .backspace) == "|字")
        // An accent typed behind a letter joins it, wherever the rest of the line is.
        #expect(line("eb", .left, .character("\u{301}"), .character("x")) == "e\u{301}x|b")
    }

    @Test func `it says what a key did`() {
        var line = LineEditor("a")
        #expect(line.handle(.character("b")) == .edited)
        #expect(line.handle(.left) == .kept)
        #expect(line.handle(.pageUp) == .kept)
        #expect(line.handle(.enter) == .entered)
        #expect(line.handle(.escape) == .left)
        #expect(line.handle(.control("c")) == .left)
        #expect(line.text == "ab")
    }

    @Test func `it takes no more characters than it may have`() {
        var line = LineEditor("ab", limit: 3)
        #expect(line.handle(.character("c")) == .edited)
        #expect(line.handle(.character("d")) == .kept)
        #expect(line.text == "abc")
    }

    @Test func `random keys never leave the cursor outside of the text`() {
        let seed = UInt64.random(in: 0 ... .max)
        print("seed \(seed)")
        var random = SeededGenerator(seed: seed)
        let keys: [Key] =
            "ab \u{301}漢\u{200D}👩🇩".map { .character($0) } + [
                .left, .right, .home, .end, .backspace, .delete, .up, .down, .tab, .backTab,
                .control("w"), .control("u"), .control("k"),
            ]
        let candidates = ["ab", "abc", "漢字"].map { Completion.Candidate($0) }
        var line = LineEditor(history: LineHistory(["a b", "漢", "ab"]))
        for _ in 0..<3_000 {
            let key = keys[Int.random(in: 0..<keys.count, using: &random)]
            _ = line.handle(key) { line in
                .beginning(with: "", at: 0, among: candidates, expected: line.head)
            }
            #expect((0...line.text.count).contains(line.cursor), "seed \(seed)")
        }
    }

    @Test func `what has no room is left out, and that is said until the next key`() {
        var model = ConsoleModel.sample
        model.press(.character(":"), .paste(String(repeating: "x", count: 990)))
        #expect(!model.picture(80, 24).contains("left out"))
        model.press(.paste("0123456789abc"))
        let sentence = "a line has at most 1,000 characters; the rest was left out"
        #expect(model.picture(80, 24).contains(sentence))
        guard case .command(let line) = model.overlay else {
            Issue.record("no line")
            return
        }
        #expect(line.text.count == 1_000 && line.text.hasSuffix("0123456789"))
        model.press(.character("y"))
        #expect(model.picture(80, 24).contains(sentence))
        model.press(.backspace)
        #expect(!model.picture(80, 24).contains(sentence))
    }
}
