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

    @Test func `blocks are as high as both, and shaded or narrow where something was refused`() {
        let columns = StackedGraph.columns(
            lower: [0, 1, 4, 8, 2, 7, 1, 0, 0], upper: [0, 0, 0, 0, 0.5, 1, 1, 2, 8], width: 9,
            form: .block)
        #expect(String(columns.map(\.character)) == "·▁▄█░▓▖▖▌")
        #expect(
            columns.map(\.hasUpper) == [false, false, false, false, true, true, true, true, true])
    }

    @Test func `letters are those that a terminal without anything else shows`() {
        let (lower, upper) = ([0, 1, 4, 8, 2, 7, 1, 0.0], [0, 0, 0, 0, 0.5, 1, 1, 2.0])
        let letters = StackedGraph.columns(lower: lower, upper: upper, width: 8, form: .ascii)
        let dots = StackedGraph.columns(lower: lower, upper: upper, width: 8)
        #expect(
            letters.map(\.character)
                == dots.map { Glyphs.ascii($0.character) }.map { $0 == "." ? "·" : $0 })
        #expect(String(letters.map(\.character).dropFirst()) == "_-#XxXX")
    }

    @Test func `every block has letters that tell the same`() {
        let solid = StackedGraph.columns(
            lower: [1, 2, 3, 4, 5, 6, 7, 8], upper: [], width: 8, form: .block)
        #expect(solid.allSatisfy { !"xX?".contains(Glyphs.ascii($0.character)) })
        let some = StackedGraph.columns(
            lower: [2, 5, 8], upper: [1, 1, 1], width: 3, form: .block)
        #expect(String(some.map { Glyphs.ascii($0.character) }) == "xxx")
        let most = StackedGraph.columns(lower: [0, 1], upper: [1, 9], width: 2, form: .block)
        #expect(String(most.map { Glyphs.ascii($0.character) }) == "XX")
    }

    @Test func `the form is chosen, told above the curves, and taken back`() {
        var model = ConsoleModel.sample
        #expect(model.picture(80, 24).contains("⣿ accepted ⡇ refused"))
        model.type(":layout curves block")
        model.press(.enter)
        let picture = model.picture(80, 24)
        #expect(picture.contains("█ accepted ▒ some refused ▌ half or more"), "\(picture)")
        #expect(picture.contains("▓▓▓▓▓") && picture.contains("█████") && !picture.contains("⣿"))
        model.press(.control("r"))
        #expect(model.picture(80, 24).contains("⣿ accepted ⡇ refused"))
        model.type(":layout curves ascii")
        model.press(.enter)
        #expect(model.picture(80, 24).contains("# accepted x some refused X half or more"))
        model.press(.escape)
        model.type(":layout curves dots")
        model.press(.enter)
        #expect(
            model.notice?.text
                == "no form of curves is called dots; there are braille, block, ascii")
    }
}
