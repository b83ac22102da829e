import NanoCore
import Testing

@testable import NanoTUI

@Suite struct OffenderQuestionTests {
    @Test
    func `the address under the cursor is blocked for an hour, and honest devices are told of`() {
        var model = ConsoleModel.sample
        model.press(.character("4"), .character("b"))
        #expect(model.picture(80, 24).contains("Block 10.0.4.17 for an hour?"))
        #expect(
            model.press(.character("y")) == [.perform(.blockAddress("10.0.4.17", seconds: 3_600))])
        model.press(.character("o"), .down, .character("b"))
        #expect(model.picture(120, 40).contains("Honest devices are behind it"))
        #expect(model.press(.character("n")).isEmpty)
    }

    @Test func `only what is blocked can be unblocked`() {
        var model = ConsoleModel.sample
        model.press(.character("4"), .character("o"), .character("u"))
        #expect(model.picture(80, 24).contains("Unblock 10.0.4.66?"))
        #expect(model.press(.character("y")) == [.perform(.unblockAddress("10.0.4.66"))])
        model.press(.down, .character("u"))
        #expect(model.picture(80, 24).contains("10.0.4.17 is not blocked"))
    }

    @Test func `the alarm leads to the offenders`() {
        var model = ConsoleModel.sample
        var snapshot = SampleGateway.snapshot(second: 91)
        snapshot.alarms = [
            AlarmSnapshot(
                id: AlarmSnapshot.offendersPrefix + "flood", severity: .critical,
                unixMilliseconds: 0, title: "addresses that flood", text: "10.0.4.66")
        ]
        model.receive(snapshot)
        model.press(.character("1"), .end, .enter)
        #expect(model.picture(80, 24).contains("Offenders · 2"))
    }
}
