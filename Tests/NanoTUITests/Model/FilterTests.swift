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
        ("6", "model:stm32", 1, 3), ("8", "level:warning from:route.*", 1, 2),
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

    @Test func `what is typed behind a filter that stands is a term of its own`() {
        var model = ConsoleModel.sample
        model.press(.character("2"), .character("/"))
        model.type("model:esp32")
        model.press(.enter, .character("/"))
        model.type("device:*1")
        model.press(.enter)
        #expect(model.filter(.devices).source == "model:esp32 device:*1")
        #expect(model.devices.count == 4)
    }

    @Test(arguments: [[Key.enter], [.escape], [.character("x"), .backspace, .enter]])
    func `a filter that nothing is typed behind stays as it was`(keys: [Key]) {
        var model = ConsoleModel.sample
        model.press(.character("2"), .character("/"))
        model.type("model:esp32")
        model.press(.enter, .character("/"))
        for key in keys { model.press(key) }
        #expect(model.filter(.devices).source == "model:esp32")
        model.press(.character("/"), .up)
        #expect(model.picture(120, 40).contains("model:esp32 "))
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

    @Test func `Tab completes keys, names, and what the gateway knows`() {
        var model = ConsoleModel.sample
        func line() -> String { model.typedLine?.line.text ?? "" }
        model.press(.character("4"), .character("/"))
        model.type("re")
        model.press(.tab)
        #expect(line() == "reason:")
        model.type("ma")
        model.press(.tab)
        #expect(line() == "reason:mac_mismatch ")
        #expect(model.records.count == 8)
        model.type("dev")
        model.press(.tab)
        model.type("e")
        model.press(.tab)
        #expect(line() == "reason:mac_mismatch device:ESP32-017 ")
        model.press(.control("u"))
        model.type("-type:con")
        model.press(.tab)
        #expect(line() == "-type:config ")
        model.press(.enter)
        #expect(model.filter(.rejections).source == "-type:config")
    }

    @Test func `several candidates are shown, and Tab goes round among them`() {
        var model = ConsoleModel.sample
        model.press(.character("2"), .character("/"))
        #expect(model.picture(120, 24).contains(" model:  device:  address:  state:"))
        model.type("device:ESP32-00")
        #expect(model.picture(80, 24).contains(" ESP32-001  ESP32-002  ESP32-003"))
        model.press(.tab, .tab)
        #expect(model.typedLine?.line.text == "device:ESP32-002")
        #expect(model.devices.map(\.id) == ["ESP32-002"])
        model.press(.backTab)
        #expect(model.devices.map(\.id) == ["ESP32-001"])
        model.type(" size")
        #expect(model.picture(80, 24).contains("rate:") == false)
        model.type(":")
        model.press(.control("u"))
        model.type("rate:")
        #expect(model.picture(80, 24).contains("packets a second: >10"))
    }

    @Test func `what is wrong is pointed at, whatever the colours`() throws {
        var model = ConsoleModel.sample
        model.press(.character("4"), .character("/"))
        model.type("model:esp32 reason:mac,replay x")
        let lines = model.picture(100, 24).split(separator: "\n", omittingEmptySubsequences: false)
        #expect(lines[23].hasPrefix(" /model:esp32 reason:mac,replay x"))
        #expect(lines[22] == "                     ▼──")
        let sentence = "no reason is called mac (did you mean mac_mismatch?); docs/protocol.md"
        #expect(lines[21].contains("\(sentence) lists them"))
        model.press(.control("u"))
        model.type("model:esp32")
        #expect(!model.picture(100, 24).contains("▼──"))
    }

    @Test func `pieces are drawn by what they are`() {
        let filter = ViewKind.packets.filter("-mödel:1 type:event x y:")
        #expect(
            LineSpan.spans(of: filter) == [
                LineSpan(0..<1, .name), LineSpan(1..<6, .invalid), LineSpan(6..<7, .name),
                LineSpan(7..<8, .valid), LineSpan(8..<9, .plain), LineSpan(9..<13, .name),
                LineSpan(13..<14, .name), LineSpan(14..<19, .valid), LineSpan(19..<20, .plain),
                LineSpan(20..<21, .valid), LineSpan(21..<22, .plain), LineSpan(22..<23, .invalid),
                LineSpan(23..<24, .name),
            ])
    }

    @Test func `filters that were kept come back, in every view`() {
        var model = ConsoleModel.sample
        for (view, text) in [("3", "model:esp32"), ("8", "level:info")] {
            model.press(.character(Character(view)), .character("/"))
            model.type(text)
            model.press(.enter)
        }
        model.press(.character("2"), .character("/"), .up)
        #expect(model.typedLine?.line.text == "level:info")
        #expect(model.typedLine?.fault?.contains("level: can match nothing here") == true)
        #expect(model.devices.count == 41)
        model.press(.up)
        #expect(model.typedLine?.line.text == "model:esp32")
        model.press(.down, .down)
        #expect(model.typedLine?.line.text == "")
        model.press(.escape)
        #expect(model.filter(.devices).isEmpty && model.view == .devices)
    }

    @Test func `a filter is changed where the cursor is`() {
        var model = ConsoleModel.sample
        model.press(.character("2"), .character("/"))
        model.type("device:ESP32-00*")
        #expect(model.devices.count == 9)
        model.press(.left, .backspace)
        #expect(model.devices.count == 40)
        model.press(.home)
        model.type("-")
        #expect(model.devices.count == 1)
        model.press(.enter)
        #expect(model.filter(.devices).source == "-device:ESP32-0*")
    }
}
