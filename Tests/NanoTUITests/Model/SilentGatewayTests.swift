import NanoCore
import Testing

@testable import NanoTUI

/// A gateway in another process that does not answer.
@Suite struct SilentGatewayTests {
    private func silent(_ seconds: Double) -> Snapshot {
        var snapshot = SampleGateway.snapshot(second: 90)
        snapshot.gateway.state = .unreachable
        snapshot.gateway.silentSeconds = seconds
        return snapshot
    }

    private func model() -> ConsoleModel {
        var model = ConsoleModel(themeName: "dusk", attachment: .steering)
        for second in 1...90 { model.receive(SampleGateway.snapshot(second: second)) }
        return model
    }

    @Test func `what it said last is marked as old, and no rate or state is shown as if live`() {
        var model = model()
        let before = model.picture(120, 40)
        #expect(before.contains("✓ balances") && before.contains("10,030/s"))
        #expect(before.contains("flowing") && before.contains("1,024 conns"))
        model.finish(.resumeRoute("alba"), .done("alba flows again"))
        model.receive(silent(12))
        let picture = model.picture(120, 40)
        #expect(picture.contains("✗ unreachable · as of 12 s ago"))
        for old in ["balances", "10,030/s", "flowing", "conns", "✓ alba flows again"] {
            #expect(!picture.contains(old), "\(old)")
        }
        #expect(picture.contains("902,700"), "totals are what they were")
        model.receive(SampleGateway.snapshot(second: 120))
        #expect(model.picture(120, 40).contains("10,030/s"))
    }

    @Test(arguments: [(60, 20), (79, 24), (40, 14)])
    func `a small screen says so too`(width: Int, height: Int) {
        var model = model()
        #expect(model.picture(width, height).contains("balances"))
        model.receive(silent(12))
        let picture = model.picture(width, height)
        #expect(picture.contains("◌ as of 12 s ago"))
        #expect(!picture.contains("balances") && !picture.contains("flowing"))
    }

    @Test func `nothing is asked or done, and why is said`() {
        var model = model()
        model.press(.character("5"), .character("p"))
        model.receive(silent(3))
        #expect(model.press(.character("y")).isEmpty, "the question was asked before")
        #expect(model.notice?.text == "not done: the gateway has not answered for 3 s")
        model.press(.escape)
        #expect(model.press(.character("p")).isEmpty)
        #expect(model.notice?.text == "not done: the gateway has not answered for 3 s")
        model.type(":pause alba")
        #expect(model.press(.enter) == [.remember("pause alba")])
        guard case .none = model.overlay else {
            Issue.record("asked")
            return
        }
        #expect(model.press(.character("q")) == [.quit])
    }

    @Test func `what is said while it is silent goes away after some seconds too`() {
        var model = model()
        model.receive(silent(12))
        #expect(model.press(.character("5"), .character("p")).isEmpty)
        model.say("a pane is hidden")
        model.receive(silent(18))
        #expect(model.picture(120, 40).contains("a pane is hidden"))
        model.receive(silent(20))
        #expect(!model.picture(120, 40).contains("a pane is hidden"))
        // What was said while it was silent stands as long once it is back.
        model.say("a pane is shown")
        model.receive(SampleGateway.snapshot(second: 111))
        #expect(model.picture(120, 40).contains("a pane is shown"))
        model.receive(SampleGateway.snapshot(second: 118))
        #expect(!model.picture(120, 40).contains("a pane is shown"))
    }
}
