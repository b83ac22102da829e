import NanoCore
import Testing

@testable import NanoTUI

/// When a model counts as refusing, and for how long.
@Suite struct RefusalHoldTests {
    private let second: UInt64 = 1_000_000_000

    @Test func `it begins with one refusal a second, or with any where nothing is accepted`() {
        for (refused, accepted, begins) in [
            (0.99, 5.0, false), (1, 5, true), (0.1, 0, true), (0, 0, false),
        ] {
            var hold = RefusalHold()
            hold.note(refused: refused, accepted: accepted, now: 0)
            #expect(hold.isRefusing == begins, "\(refused) refused, \(accepted) accepted")
        }
    }

    @Test func `it ends when hardly anything has been refused for ten seconds, not before`() {
        var hold = RefusalHold()
        hold.note(refused: 1, accepted: 5, now: 7 * second)
        hold.note(refused: 0.24, accepted: 5, now: 17 * second - 1)
        #expect(hold.isRefusing)
        hold.note(refused: 0.25, accepted: 5, now: 17 * second)
        #expect(hold.isRefusing, "a quarter of one is enough to stay")
        hold.note(refused: 0, accepted: 5, now: 27 * second - 1)
        #expect(hold.isRefusing)
        hold.note(refused: 0, accepted: 5, now: 27 * second)
        #expect(!hold.isRefusing)
        // It takes more to begin than to stay.
        hold.note(refused: 0.9, accepted: 5, now: 28 * second)
        #expect(!hold.isRefusing)
    }

    @Test func `a clock that steps back ends nothing`() {
        var hold = RefusalHold()
        hold.note(refused: 1, accepted: 5, now: 100 * second)
        hold.note(refused: 0, accepted: 5, now: 3 * second)
        #expect(hold.isRefusing)
    }

    /// The words of a model's state, second by second, without repetitions.
    private func words(accepted: UInt64, refused: (Int) -> UInt64, seconds: Int) -> [String] {
        var entry = ModelSnapshot(id: .stm32Gas)
        var history = History()
        var words: [String] = []
        for second in 1...seconds {
            var snapshot = SampleGateway.snapshot(second: second)
            entry.accepted = accepted * UInt64(second)
            entry.refusedByReason[Int(RefusalReason.replay.rawValue)] = refused(second)
            snapshot.models = [entry]
            history.note(snapshot)
            let word = ModelState(of: entry, history).word
            if word != words.last { words.append(word) }
        }
        return words
    }

    @Test(arguments: [1, 2, 3, 7, 9])
    func `a model of which about one frame a second is refused keeps one word`(burst: Int) {
        // A few at once, with pauses: a little more than one a second, then a little less.
        let seen = words(
            accepted: 5,
            refused: { second in
                let due = second < 300 ? second * 21 / 20 : 15 + second * 19 / 20
                return UInt64(max(0, due / burst * burst))
            }, seconds: 600)
        #expect(seen.filter { $0 == "refusing" }.count == 1, "\(seen)")
        #expect(seen.last == "refusing")
    }

    @Test func `behind the last refusal it is fine again`() {
        let seen = words(accepted: 5, refused: { UInt64(3 * min($0, 30)) }, seconds: 60)
        #expect(seen == ["–", "refusing", "fine"])
    }
}
