import Testing

@testable import NanoTUI

@Suite struct LineCompletionTests {
    private let names = ["pause", "promote", "provision", "quit"]

    private func completion(_ line: LineEditor) -> Completion {
        .beginning(
            with: line.head, at: 0, among: names.map { .init($0, "words") }, expected: "a command")
    }

    private func press(_ line: inout LineEditor, _ keys: Key...) {
        for key in keys { _ = line.handle(key, completion: completion) }
    }

    @Test func `the only one is put in with what follows it`() {
        var line = LineEditor("q")
        press(&line, .tab)
        #expect(line.text == "quit " && line.cursor == 5)
        #expect(line.choice == nil)
    }

    @Test func `what follows is not put in twice`() {
        var line = LineEditor("q now")
        press(&line, .home, .right, .tab)
        #expect(line.text == "quit now" && line.cursor == 4)
    }

    @Test func `Tab puts in what they begin with, then each, and goes round`() {
        var line = LineEditor("pr")
        press(&line, .tab)
        #expect(line.text == "pro" && line.choice == nil)
        press(&line, .tab)
        #expect(line.text == "promote" && line.choice?.index == 0)
        press(&line, .tab)
        #expect(line.text == "provision")
        press(&line, .tab)
        #expect(line.text == "promote")
        press(&line, .backTab, .character("x"))
        #expect(line.text == "provisionx" && line.choice == nil)
    }

    @Test func `Shift-Tab begins with the last`() {
        var line = LineEditor("pro")
        press(&line, .backTab)
        #expect(line.text == "provision")
    }

    @Test func `while one is chosen all of them stay in sight`() {
        var line = LineEditor("pro")
        press(&line, .tab)
        #expect(line.shown(completion).candidates.map(\.text) == ["promote", "provision"])
    }

    @Test func `where nothing fits Tab does nothing`() {
        var line = LineEditor("x")
        press(&line, .tab)
        #expect(line.text == "x" && line.choice == nil)
    }

    @Test func `the case of letters does not matter`() {
        var line = LineEditor("PAU")
        press(&line, .tab)
        #expect(line.text == "pause ")
    }
}
