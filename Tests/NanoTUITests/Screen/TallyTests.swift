import Testing

@testable import NanoTUI

@Suite struct TallyTests {
    static let items = [
        Tally.Item(name: "replay", count: "1,204,468"), Tally.Item(name: "mac", count: "8,962"),
        Tally.Item(name: "framing", count: "502"), Tally.Item(name: "time", count: "46"),
    ]

    @Test(arguments: 1...60, 1...3)
    func `an item is there whole or not at all, and the rest is counted`(width: Int, rows: Int) {
        var screen = Screen(width: width, height: rows)
        Tally(items: Self.items).draw(in: screen.bounds, on: &screen)
        let text = screen.text
        let shown = Self.items.filter { text.contains("\($0.name) \($0.count)") }
        let words = shown.flatMap { [$0.name, $0.count] }
        let mark = "+\(Self.items.count - shown.count) more"
        let rest = text.replacing(mark, with: "").split { " \n".contains($0) }.map(String.init)
        #expect(rest == words, "\(text)")
        if !shown.isEmpty, shown.count < Self.items.count {
            #expect(text.contains(mark), "\(text)")
        }
    }
}
