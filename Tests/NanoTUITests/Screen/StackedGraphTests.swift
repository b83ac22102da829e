import Testing

@testable import NanoTUI

@Suite struct StackedGraphTests {
    private static func text(_ lower: [Double], _ upper: [Double], _ width: Int) -> String {
        String(StackedGraph.columns(lower: lower, upper: upper, width: width).map(\.character))
    }

    @Test func `what is below has two dots beside each other, what is on top has one`() {
        #expect(Self.text([1, 2, 3, 4], [0, 0, 0, 0], 4) == "⣀⣤⣶⣿")
        #expect(Self.text([0, 0, 0, 0], [1, 2, 3, 4], 4) == "⡀⡄⡆⡇")
        #expect(Self.text([2, 4, 0], [2, 0, 0], 3) == "⣧⣿·")
    }

    @Test func `however little there is of either, it is seen`() {
        for (lower, upper) in [(1e-9, 1.0), (1.0, 1e-9), (0.5, 0.5)] {
            let column = StackedGraph.columns(lower: [lower], upper: [upper], width: 1)[0]
            #expect(column.hasUpper)
            #expect(
                ![StackedGraph.character(4, 0), StackedGraph.character(0, 4)]
                    .contains(column.character))
        }
        #expect(!StackedGraph.columns(lower: [5], upper: [0], width: 1)[0].hasUpper)
    }

    @Test func `the newest are at the right of both, and there are no more than columns`() {
        #expect(Self.text([4, 4, 4], [4], 10) == "⣤⣤⣧")
        #expect(
            StackedGraph.columns(lower: [4, 4, 4], upper: [4], width: 10).map(\.hasUpper)
                == [false, false, true])
        #expect(Self.text([1, 2, 3], [1, 2, 3], 2).count == 2)
        #expect(Self.text([1], [1], 0).isEmpty && Self.text([], [], 5).isEmpty)
    }

    @Test func `without Unicode every column has a character that tells the two apart`() {
        for lower in 0...4 {
            for upper in 0...4 - lower {
                let ascii = Glyphs.ascii(StackedGraph.character(lower, upper))
                #expect(ascii.isASCII && ascii != "?")
                #expect(["x", "X"].contains(ascii) == (upper > 0), "\(lower) \(upper)")
            }
        }
    }
}
