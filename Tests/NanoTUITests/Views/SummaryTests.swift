import NanoCore
import Testing

@testable import NanoTUI

/// Where the views have no room: one fact a row, and never part of a number.
@Suite struct SummaryTests {
    private static let facts = [
        "✓ ", "  accepted", "  refused", "  in ", "  ref ", "in ", "ref ", "◌ ", "● ", "‖ ", "✗ ",
        "▲ ", "…", "+", "all of it needs 60x16", "with columns from 80x23 on",
    ]

    /// Numbers with their groups, parts and times: `1,024`, `12:04:31`, `60x16`.
    private func numbers(in text: String) -> Set<String> {
        Set(text.matches(of: /[0-9][0-9,.:x]*[0-9]|[0-9]/).map { String($0.output) })
    }

    /// Everything that such a screen may say, with room for all of it, and how many rows have none.
    private var known: Set<String> {
        var model = ConsoleModel.sample
        let all = model.picture(59, 60) + model.picture(79, 60) + model.picture(300, 15)
        return numbers(in: all).union((1...20).map { "\($0)" })
    }

    private func expectWhole(_ width: Int, _ height: Int, _ known: Set<String>) {
        var model = ConsoleModel.sample
        let picture = model.picture(width, height)
        for number in numbers(in: picture) {
            #expect(known.contains(number), "\(number) at \(width)x\(height):\n\(picture)")
        }
    }

    @Test(arguments: 1...79) func `no number is cut at any height`(width: Int) {
        let known = known
        for height in 1...40 { expectWhole(width, height, known) }
    }

    @Test(arguments: 1...22) func `no number is cut on a screen that is wide but low`(height: Int) {
        let known = known
        for width in stride(from: 60, through: 300, by: 7) { expectWhole(width, height, known) }
    }

    @Test(arguments: [
        (79, 24), (79, 60), (80, 22), (200, 22), (60, 20), (60, 16), (59, 15), (59, 40), (40, 12),
        (40, 10), (20, 8), (20, 5), (12, 6), (300, 15),
    ])
    func `every row between the first and the last is one fact`(size: (Int, Int)) {
        var model = ConsoleModel.sample
        let rows = model.picture(size.0, size.1).split(
            separator: "\n", omittingEmptySubsequences: false)
        #expect(rows.count == size.1)
        // In front of the rows there is room for the cursor's mark where there is a cursor.
        let indent = size.0 < 60 || size.1 < 16 ? 0 : 2
        var isSentence = false
        for row in rows.dropFirst().dropLast() where !row.isEmpty {
            let fact = row.dropFirst(indent)
            // A sentence goes on below its beginning.
            if isSentence, fact.hasPrefix("  ") { continue }
            #expect(Self.facts.contains { fact.hasPrefix($0) }, "\(row)")
            isSentence = fact.contains("influx fails") || fact.contains("replay storm")
        }
        #expect(rows.dropFirst().first?.dropFirst(indent).hasPrefix("✓ ") == true)
    }

    @Test(arguments: [(80, 23), (80, 24), (200, 23)])
    func `from 80x23 on the overview has its columns`(size: (Int, Int)) {
        var model = ConsoleModel.sample
        #expect(model.picture(size.0, size.1).contains("─ Models ─"))
    }

    @Test func `other views keep their columns down to 60x16`() {
        var model = ConsoleModel.sample
        model.press(.character("5"))
        #expect(model.picture(60, 16).contains("─ Routes"))
        #expect(model.picture(59, 16).contains("✓ the ledger balances"))
    }

    @Test func `what has no room is counted, and the cursor brings it up`() {
        var model = ConsoleModel.sample
        model.press(.home)
        var low = model.picture(60, 16)
        // More models than there is room for.
        var snapshot = SampleGateway.snapshot(second: 91)
        snapshot.models += (0..<9).map { ModelSnapshot(id: ModelID(rawValue: 0x50 + $0)) }
        model.receive(snapshot)
        low = model.picture(60, 16)
        #expect(low.contains("▶ ✗ influx") && low.contains("✓ the ledger balances"), "\(low)")
        #expect(low.contains("+7 more, 1 alarm among them"), "\(low)")
        model.press(.end)
        low = model.picture(60, 16)
        #expect(low.contains("▶ ▲ 23:59:27 replay storm") && !low.contains("influx r"), "\(low)")
        #expect(low.contains("✓ the ledger balances") && low.contains("+7 more"), "\(low)")
    }

    @Test func `the newest alarm that nobody looks after has a row on every screen`() {
        var model = ConsoleModel.sample
        for height in 3...22 {
            for width in [30, 50, 59, 79] {
                let picture = model.picture(width, height)
                #expect(picture.contains("▲ "), "\(width)x\(height)\n\(picture)")
                #expect(picture.contains("replay s"), "\(width)x\(height)\n\(picture)")
            }
        }
        // One that somebody looks after is no news.
        var snapshot = SampleGateway.snapshot(second: 91)
        for index in snapshot.alarms.indices {
            snapshot.alarms[index].acknowledgement = AlarmAcknowledgement(
                by: "ann", unixMilliseconds: 0)
        }
        model.receive(snapshot)
        #expect(!model.picture(50, 12).contains("replay storm"))
    }

    @Test func `a ledger that does not balance is told first`() {
        var model = ConsoleModel.sample
        var snapshot = SampleGateway.snapshot(second: 91)
        snapshot.ledger.received += 1
        model.receive(snapshot)
        for size in [(79, 24), (20, 5), (20, 3)] {
            let rows = model.picture(size.0, size.1).split(separator: "\n")
            #expect(rows[1].contains("BALANCE"), "\(rows)")
        }
    }

    @Test func `keys act on its rows, and a filter chooses among its alarms`() {
        var model = ConsoleModel.sample
        _ = model.picture(79, 24)
        model.press(.home, .character("p"))
        #expect(model.picture(79, 24).contains("Pause influx?"))
        model.press(.escape, .character("/"))
        model.type("replay")
        model.press(.enter)
        let picture = model.picture(79, 24)
        #expect(picture.contains("Alarms · 1 match replay"), "\(picture)")
        #expect(picture.contains("replay storm") && !picture.contains("influx fails"))
    }

    @Test func `a sentence takes free rows for its end, which is what to do`() {
        var model = ConsoleModel.sample
        let words = model.picture(79, 24).split { " \n".contains($0) }.joined(separator: " ")
        #expect(words.contains("check the destination"), "\(words)")
        #expect(words.contains("look at the rejections for its source"), "\(words)")
        let low = model.picture(79, 16)
        #expect(low.contains("influx fails") && low.contains("replay storm"), "\(low)")
    }

    @Test func `a screen of one cell is drawn`() {
        var model = ConsoleModel.sample
        #expect(model.picture(1, 1).count <= 1)
    }

    @Test func `a question that is cut says that there is more of it`() {
        var model = ConsoleModel.sample
        model.press(.character("5"), .home, .character("p"))
        let words = "… a larger terminal has the rest"
        #expect(!model.picture(80, 24).contains(words))
        #expect(model.picture(80, 24).contains("devices have to wait"))
        let small = model.picture(40, 9)
        #expect(small.contains(words) && !small.contains("devices have to wait"), "\(small)")
        #expect(small.contains("[Cancel]"))
    }
}
