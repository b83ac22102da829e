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

    @Test func `what was before the first look is not drawn as if nothing had come`() {
        var history = History()
        var snapshot = Snapshot()
        snapshot.gateway.uptimeSeconds = 600
        snapshot.ledger.received = 60_000
        history.note(snapshot)
        #expect(history.curve("received").isEmpty)
    }

    @Test func `there is no rate before two looks are far enough from each other`() {
        var model = ConsoleModel(themeName: "dusk", attachment: .steering)
        for look in 0...12 {
            var snapshot = SampleGateway.snapshot(second: 90)
            let time = 180.75 + Double(look) * 0.25
            snapshot.gateway.uptimeSeconds = time
            snapshot.ledger.received = UInt64((time * 1_000).rounded())
            model.receive(snapshot)
            let rate = model.history.rate("received")
            #expect(look < 8 ? rate.isNaN : abs(rate - 1_000) < 2, "\(look): \(rate)")
            #expect(model.picture(120, 40).contains("–/s") == (look < 8))
        }
    }

    @Test func `a question asked right behind an attach has no made-up rate`() {
        var model = ConsoleModel(themeName: "dusk", attachment: .steering)
        model.receive(SampleGateway.snapshot(second: 90))
        model.press(.character("5"), .character("p"))
        let picture = model.picture(120, 40)
        #expect(picture.contains("how much is not known yet") && !picture.contains("0.0 packets"))
    }

    @Test func `a gateway that was started anew begins anew`() {
        var model = ConsoleModel(themeName: "dusk", attachment: .steering)
        for (uptime, received) in [(500, 50_000), (501, 50_100), (1, 3), (2, 6), (3, 9), (4, 12)] {
            var snapshot = Snapshot()
            snapshot.gateway.uptimeSeconds = Double(uptime)
            snapshot.ledger.received = UInt64(received)
            model.receive(snapshot)
        }
        #expect(model.history.curve("received") == [3, 3, 3])
    }

    @Test(arguments: [(0.12, "12 %"), (0, "0 %"), (1.8, "180 %")])
    func `processor time is told as a share of a core, over some seconds`(
        share: Double, words: String
    ) {
        var history = History()
        var snapshot = Snapshot()
        for look in 0...60 {
            snapshot.gateway.uptimeSeconds = 100 + Double(look) / 4
            // It is used in bursts; what was used before the first look is no part of it.
            snapshot.gateway.cpuSeconds = 50 + share * Double(look / 4)
            history.note(snapshot)
            if look < 8 { #expect(history.processorUse == "–") }
        }
        #expect(history.processorUse == words)
        snapshot.gateway.state = .unreachable
        history.note(snapshot)
        #expect(history.processorUse == "–")
    }

    @Test(arguments: [NanoTUI.Attachment.looking, .lookingInside])
    func `who may only look has no key for what is refused`(attachment: NanoTUI.Attachment) {
        for view in ViewKind.allCases {
            let actions = KeyMap.standard.bindings(in: view, attachment: attachment).map(\.action)
            #expect(!actions.contains { $0.isCommand } && actions.contains(.quit))
        }
    }
}
