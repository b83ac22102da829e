import NanoCore
import Testing

@testable import NanoTUI

@Suite struct AlarmKeysTests {
    @Test func `an alarm is taken on and given back with one key, where it stands`() {
        var model = ConsoleModel.sample
        model.press(.character("7"))
        // The worst first, which somebody looks after.
        #expect(model.selectedAlarm?.id == "route/influx")
        #expect(model.press(.character("a")) == [.perform(.reopenAlarm("route/influx"))])
        model.press(.down)
        #expect(model.press(.character("a")) == [.perform(.acknowledgeAlarm("replay/0x30"))])
        model.press(.down)
        #expect(model.press(.character("a")).isEmpty)
        #expect(model.notice?.text == "flood is over; there is nothing to look after")
        model.press(.down)
        #expect(model.selectedAlarm == nil && model.press(.character("a")).isEmpty)
    }

    @Test func `the cursor stays with an alarm that ends, and with an entry when others come`()
        throws
    {
        var model = ConsoleModel.sample
        model.press(.character("7"), .end)
        let entry = try #require(model.list(.alarms).selected)
        #expect(entry == .number(41))
        var other = SampleGateway.snapshot(second: 91)
        other.audit.append(
            AuditSnapshot(
                number: 46, time: "2026-01-01T00:00:00.000Z", user: "ann", way: "cli",
                action: "stop", target: "gateway", result: "done", sentence: ""))
        model.receive(other)
        let index = try #require(model.cursor)
        #expect(model.rowIDs[index] == entry)
        #expect(model.audit.first?.number == 46)
    }

    @Test func `a console that may only look takes nothing on`() {
        var model = ConsoleModel(themeName: "dusk", attachment: .looking)
        model.receive(SampleGateway.snapshot(second: 90))
        #expect(model.press(.character("7"), .down, .character("a")).isEmpty)
    }
}
