import NanoCore
import Testing

@testable import NanoTUI

@Suite struct HistoryTests {
    @Test func `a curve goes back for minutes, a value a second`() {
        var history = History()
        var snapshot = Snapshot()
        for second in 1...600 {
            snapshot.gateway.uptimeSeconds = Double(second)
            snapshot.ledger.received += UInt64(second)
            history.note(snapshot)
        }
        let curve = history.curve("received")
        #expect(curve.count == History.seconds)
        // The second under way is not whole, and each is told at its end.
        #expect(curve.last == 600 && curve.first == Double(601 - History.seconds))
    }

    @Test func `looks that come rarely leave no gap`() {
        var history = History()
        var snapshot = Snapshot()
        for second in stride(from: 0, through: 50, by: 5) {
            snapshot.gateway.uptimeSeconds = Double(second)
            snapshot.ledger.received = UInt64(second) * 10
            history.note(snapshot)
        }
        #expect(history.curve("received") == Array(repeating: 10, count: 50))
    }
}
