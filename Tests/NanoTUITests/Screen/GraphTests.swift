import Testing

@testable import NanoTUI

@Suite struct GraphTests {
    @Test func `the largest value fills its column and nothing lies flat`() {
        #expect(Graph.sparkline([0, 1, 2, 4, 8], width: 5) == "▁▁▂▄█")
    }

    @Test func `the newest values stand at the right`() {
        #expect(Graph.sparkline([1, 8], width: 4) == "  ▁█")
        #expect(Graph.sparkline([8, 8, 1, 8], width: 2) == "▁█")
        #expect(Graph.sparkline([], width: 3) == "   ")
        #expect(Graph.sparkline([1], width: 0).isEmpty)
    }

    @Test func `in several rows the largest fills all, and the rest its share`() {
        var screen = Screen(width: 5, height: 3)
        Graph.draw(
            [0, 1, 2, 4], .graphLow, in: Rect(x: 0, y: 0, width: 5, height: 2), on: &screen)
        #expect(screen.text.split(separator: "\n").prefix(2) == ["    █", " ▁▄██"])
    }

    @Test func `in ASCII higher values still look heavier`() {
        let line = Graph.sparkline([1, 2, 3, 4, 5, 6, 7, 8], width: 8)
        #expect(String(line.map(Glyphs.ascii)) == "__..-=##")
    }

    @Test func `measurements lie between their least and their largest, whatever these are`() {
        #expect(Graph.trace([101_325, 101_326, 101_327], width: 4) == " ▁▄█")
        #expect(Graph.trace([-4, -3.5, -4], width: 3) == "▁█▁")
        #expect(Graph.trace([7, 7], width: 3) == " ▄▄")
        #expect(Graph.trace([], width: 2) == "  " && Graph.trace([1], width: 0).isEmpty)
        // Only what is shown counts.
        #expect(Graph.trace([-100, 1, 2], width: 2) == "▁█")
    }

    @Test func `in several rows there are as many more steps, the highest row first`() {
        #expect(
            Graph.chart([0, 0.25, 0.5, 0.75, 1], width: 6, height: 2) == [
                "    ▄█", " ▁▄███",
            ])
        #expect(Graph.chart([3, 3], width: 2, height: 2) == ["  ", "██"])
        #expect(Graph.chart([3], width: 2, height: 0).isEmpty)
    }
}
