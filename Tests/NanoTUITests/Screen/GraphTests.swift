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

    @Test func `in ASCII higher values still look heavier`() {
        let line = Graph.sparkline([1, 2, 3, 4, 5, 6, 7, 8], width: 8)
        #expect(String(line.map(Glyphs.ascii)) == "__..-=##")
    }
}
