import NanoCore
import Testing

@testable import NanoTUI

/// Filters as the console uses them; what they mean is tested in NanoCore.
@Suite struct FilterTests {
    @Test func `type, level and clock are read from the frame`() {
        let record = SampleGateway.snapshot(second: 1).packets[0]
        func matches(_ text: String) -> Bool {
            ViewKind.packets.filter(text).matches(FilterSubject(record), now: 0)
        }
        #expect(matches("type:telemetry level:standard clock:-1"))
        #expect(!matches("level:high") && !matches("type:event") && !matches("clock:>0"))
    }

    @Test(arguments: [
        ("1", "replay", 1, 2), ("2", "state:live address:10.0.4.7", 1, 41),
        ("3", "size:>1000", 0, 30), ("4", "reason:replay", 4, 12), ("5", "state:paused", 1, 3),
        ("6", "model:stm32", 1, 3), ("7", "level:warning from:route.*", 1, 2),
    ])
    func `every view with rows can be filtered`(key: String, text: String, few: Int, all: Int) {
        var model = ConsoleModel.sample
        func rows() -> Int { model.view == .overview ? model.alarms.count : model.rowIDs.count }
        model.press(.character(Character(key)))
        #expect(rows() == all)
        model.press(.character("/"))
        model.type(text)
        model.press(.enter)
        #expect(rows() == few)
        #expect(model.picture(120, 40).contains(few == 0 ? "Nothing matches" : "\(few) match"))
        model.press(.escape)
        #expect(rows() == all)
    }

    @Test func `times are counted back from what is shown, frozen or not`() {
        var model = ConsoleModel.sample
        model.press(.character("3"), .character("/"))
        model.type("since:5s")
        model.press(.enter, .character(" "))
        #expect(model.records.count == 30)
        let packets = model.shown.packets
        for second in 91...99 {
            var snapshot = SampleGateway.snapshot(second: second)
            snapshot.packets = packets
            model.receive(snapshot)
        }
        #expect(model.records.count == 30)
        model.press(.character(" "))
        #expect(model.records.isEmpty)
    }

    @Test func `a secret that is listed alone is the one that keys are about`() {
        var model = ConsoleModel.sample
        model.press(.character("6"), .character("/"))
        model.type("model:stm32")
        model.press(.enter, .home, .character("R"))
        #expect(model.picture(80, 24).contains("Rotate the current secret of 0x20"))
    }

    @Test func `the list follows what is typed while it is valid, and Esc brings it back`() {
        var model = ConsoleModel.sample
        model.press(.character("2"), .character("/"))
        model.type("esp32-001")
        #expect(model.devices.count == 1)
        model.type(" model:x")
        #expect(model.devices.count == 1)
        #expect(model.picture(80, 24).contains("no model is called x"))
        #expect(model.picture(60, 16).contains("no model is called x"))
        model.press(.enter)
        #expect(model.picture(80, 24).contains(" /esp32-001 model:x"))
        model.press(.escape)
        #expect(model.devices.count == 41)
        #expect(!model.picture(80, 24).contains("no model is called"))
    }
}
