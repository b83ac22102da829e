import NanoCore
import Testing

@testable import NanoTUI

/// Where the views have no room: one fact a row, and never part of a number.
@Suite struct SummaryTests {
    private static let facts = [
        "in  ", "ref ", "◌ ", "● ", "‖ ", "✗ ", "▲ ", "…", "all of it needs 60x16",
    ]

    /// Numbers with their groups, parts and times: `1,024`, `12:04:31`, `60x16`.
    private func numbers(in text: String) -> Set<String> {
        Set(text.matches(of: /[0-9][0-9,.:x]*[0-9]|[0-9]/).map { String($0.output) })
    }

    /// Everything that such a screen may say, with room for all of it.
    private var known: Set<String> {
        var model = ConsoleModel.sample
        let all = model.picture(59, 60) + model.picture(300, 15)
        return numbers(in: all)
    }

    @Test(arguments: 1...59) func `no number is cut at any height`(width: Int) {
        let known = known
        for height in 1...40 {
            var model = ConsoleModel.sample
            let picture = model.picture(width, height)
            for number in numbers(in: picture) {
                #expect(known.contains(number), "\(number) at \(width)x\(height):\n\(picture)")
            }
        }
    }

    @Test(arguments: 1...15) func `no number is cut on a screen that is wide but low`(height: Int) {
        let known = known
        for width in stride(from: 60, through: 300, by: 7) {
            var model = ConsoleModel.sample
            let picture = model.picture(width, height)
            for number in numbers(in: picture) {
                #expect(known.contains(number), "\(number) at \(width)x\(height):\n\(picture)")
            }
        }
    }

    @Test(arguments: [(59, 15), (59, 40), (40, 10), (20, 8), (12, 6), (300, 15)])
    func `every row between the first and the last is one fact`(size: (Int, Int)) {
        var model = ConsoleModel.sample
        let rows = model.picture(size.0, size.1).split(
            separator: "\n", omittingEmptySubsequences: false)
        #expect(rows.count == size.1)
        for row in rows.dropFirst().dropLast() where !row.isEmpty {
            #expect(Self.facts.contains { row.hasPrefix($0) }, "\(row)")
        }
        #expect(rows.dropFirst().first?.hasPrefix("in  ") == true)
    }
}
