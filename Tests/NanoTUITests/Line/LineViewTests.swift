import Testing

@testable import NanoTUI

@Suite struct LineViewTests {
    private func typed(
        _ line: LineEditor, _ completion: Completion = .none, fault: String? = nil
    ) -> TypedLine {
        TypedLine(
            question: ":", line: line, spans: LineSpan.whole(line.text, isValid: fault == nil),
            completion: completion, fault: fault, keys: ("do", "cancel"))
    }

    /// The line in a row of 20 columns, with `[]` around what the cursor is on.
    private func picture(_ line: LineEditor) -> String {
        var screen = Screen(width: 20, height: 1)
        _ = LineView.draw(typed(line), in: screen.bounds, on: &screen)
        var text = ""
        for x in 0..<20 {
            guard let character = screen[x, 0].character else { continue }
            text += screen[x, 0].style == .selected ? "[\(character)]" : String(character)
        }
        while text.last == " " { text.removeLast() }
        return text
    }

    @Test func `the cursor is seen wherever it is, and what is left out is marked`() {
        var line = LineEditor("abcdefghijklmnopqrstuvwxyz")
        #expect(picture(line) == " :…lmnopqrstuvwxyz▏")
        _ = line.handle(.home)
        #expect(picture(line) == " :[a]bcdefghijklmnop…")
        for _ in 0..<12 { _ = line.handle(.right) }
        #expect(picture(line).contains("[m]"))
    }

    @Test func `wide and combining characters keep the cursor on a whole one`() {
        var line = LineEditor("漢字e\u{301}x")
        #expect(picture(line) == " :漢字e\u{301}x▏")
        _ = line.handle(.left)
        _ = line.handle(.left)
        #expect(picture(line) == " :漢字[e\u{301}]x")
        _ = line.handle(.left)
        #expect(picture(line) == " :漢[字]e\u{301}x")
        line = LineEditor(String(repeating: "漢", count: 30))
        #expect(picture(line).hasSuffix("▏"))
    }

    @Test func `what cannot be seen is shown as what it is`() {
        #expect(picture(LineEditor("a\u{202E}")) == " :a\\u{202E}▏")
    }

    @Test(arguments: 1...24)
    func `no width traps`(width: Int) {
        for text in ["", "漢字漢字漢字漢字漢字漢字", "pause \u{202E} alba and more"] {
            var line = LineEditor(text)
            for _ in 0...text.count {
                var screen = Screen(width: width, height: 3)
                let candidates = [Completion.Candidate("漢字漢字", "words"), .init("cycle")]
                let completion = Completion(start: 0, candidates: candidates, expected: "")
                let line = typed(line, completion, fault: "wrong in many words")
                _ = LineView.draw(line, in: screen.bounds, on: &screen)
                LineView.drawAbove(line, in: screen.bounds, on: &screen)
            }
            _ = line.handle(.left)
        }
    }

    @Test func `above the line stand candidates, the chosen one told in words, and the fault`() {
        let names = ["alba", "cycle", "influx", "postgres", "archive"]
        let completion = Completion(
            start: 0, candidates: names.map { .init($0, "the route \($0)") }, expected: "")
        var line = LineEditor("x")
        func rows() -> [Substring] {
            var screen = Screen(width: 60, height: 3)
            LineView.drawAbove(
                typed(line, completion, fault: "no route is called x"), in: screen.bounds,
                on: &screen)
            return screen.text.split(separator: "\n")
        }
        #expect(rows() == [" alba  cycle  influx  postgres  archive", " no route is called x"])
        _ = line.handle(.tab) { _ in completion }
        #expect(rows()[0] == " alba  cycle  influx  postgres  archive  – the route alba")
    }

    @Test func `candidates that have no room are counted, and the chosen one is seen`() {
        let completion = Completion(
            start: 0, candidates: (0..<30).map { .init("route-\($0)") }, expected: "")
        var line = LineEditor("")
        func row() -> String {
            var screen = Screen(width: 40, height: 1)
            LineView.drawAbove(typed(line, completion), in: screen.bounds, on: &screen)
            return screen.text
        }
        #expect(row() == " route-0  route-1  route-2  +27 more")
        for _ in 0..<11 { _ = line.handle(.tab) { _ in completion } }
        #expect(row().contains("route-9"))
        #expect(row().hasSuffix("more"))
    }
}
