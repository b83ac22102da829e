import Testing

@testable import NanoTUI

@Suite struct LineHistoryTests {
    @Test func `looking back and forth ends at what was typed`() {
        var line = LineEditor(history: LineHistory(["pause alba", "theme dusk"]))
        _ = line.handle(.up)
        #expect(line.text == "theme dusk" && line.cursor == 10)
        _ = line.handle(.up)
        _ = line.handle(.up)
        #expect(line.text == "pause alba")
        _ = line.handle(.down)
        _ = line.handle(.down)
        #expect(line.text.isEmpty)
        _ = line.handle(.down)
        #expect(line.text.isEmpty)
    }

    @Test func `only lines that begin with what was typed are shown`() {
        var line = LineEditor("pa", history: LineHistory(["pause alba", "theme dusk", "quit"]))
        _ = line.handle(.up)
        #expect(line.text == "pause alba")
        _ = line.handle(.down)
        #expect(line.text == "pa")
    }

    @Test func `a line that was changed is what one comes back to`() {
        var line = LineEditor(history: LineHistory(["one", "two", "two more"]))
        _ = line.handle(.up)
        _ = line.handle(.control("w"))
        #expect(line.text == "two ")
        _ = line.handle(.up)
        #expect(line.text == "two more")
        _ = line.handle(.down)
        #expect(line.text == "two ")
    }

    @Test func `it keeps the newest lines, and none twice in a row`() {
        var history = LineHistory((0..<500).map { "\($0)" })
        history.add("499")
        history.add("")
        #expect(history.lines.count == LineHistory.limit)
        #expect(history.lines.first == "300" && history.lines.last == "499")
    }
}
