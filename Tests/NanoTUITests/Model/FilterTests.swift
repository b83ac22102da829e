import NanoCore
import Testing

@testable import NanoTUI

@Suite struct FilterTests {
    let subject = Filter.Subject(
        model: .esp32Pressure, reason: "replay", device: "ESP32-017", address: "10.0.4.17:50112")

    @Test(arguments: [
        "", "replay", "esp32-017", "model:esp32", "model:0x10", "model:10", "reason:replay",
        "reason:mac_mismatch,replay", "reason:rep*", "device:ESP32-0*", "device:esp32-017",
        "device:\"ESP32-017\"", "address:10.0.4.", "model:esp32 reason:replay 10.0",
        "0X10", "\"10.0.4.17:5\"", "device:\"ESP32-0\"*", "device:x,esp32-017",
    ])
    func `what describes a row shows it`(text: String) {
        let filter = Filter(text)
        #expect(filter.fault == nil)
        #expect(filter.matches(subject))
    }

    @Test(arguments: [
        "stm32", "model:stm32", "reason:mac_mismatch", "device:ESP32", "address:10.0.5.",
        "model:esp32 reason:truncated", "device:\"ESP32-0*\"", "device:\"x,ESP32-017\"",
        "ESP32-017x",
    ])
    func `what does not describe a row hides it`(text: String) {
        #expect(!Filter(text).matches(subject))
    }

    @Test(arguments: ["Zähler-9", "a\"b\\", "x,y", "pump 7*", "\u{202E}", "ÄÖ:Ü"])
    func `a quoted name stands for itself alone`(name: String) {
        let filter = Filter("device:\(Filter.quoted(name))")
        #expect(filter.fault == nil)
        #expect(filter.matches(Filter.Subject(device: name)))
        #expect(filter.matches(Filter.Subject(device: name.lowercased())))
        #expect(!filter.matches(Filter.Subject(device: name + "x")))
        #expect(!filter.matches(Filter.Subject(device: String(name.dropLast()))))
    }

    @Test func `words of any language are found in any case`() {
        #expect(Filter("ZÄHLER").matches(Filter.Subject(device: "Stadtwerke-zähler-9")))
        #expect(!Filter("zaehler").matches(Filter.Subject(device: "Stadtwerke-zähler-9")))
    }

    @Test(arguments: [
        "colour:red", "reason:nonsense", "model:", "reason:replay,zzz", "device:\"a", "model:nope",
        "type:nope", "level:nope",
    ])
    func `an invalid filter says why and hides nothing`(text: String) {
        let filter = Filter(text)
        #expect(filter.fault != nil)
        #expect(filter.matches(subject))
    }

    @Test func `type and level are read from the frame, and a log line has a level too`() {
        let record = SampleGateway.snapshot(second: 1).packets[0]
        let subject = Filter.Subject(record)
        #expect(Filter("type:telemetry level:standard").matches(subject))
        #expect(!Filter("level:high").matches(subject) && !Filter("type:event").matches(subject))
        let line = LogLine(id: 1, unixMilliseconds: 0, level: "warning", label: "", message: "")
        #expect(Filter("level:warn*", in: .log).matches(Filter.Subject(line)))
        #expect(!Filter("level:info", in: .log).matches(Filter.Subject(line)))
    }

    @Test func `a key that nothing in a view can meet is a fault there`() {
        let fault = Filter("reason:replay", in: .packets).fault
        #expect(fault?.contains("nothing in this view") == true)
        #expect(Filter("reason:replay", in: .rejections).fault == nil)
        #expect(Filter("level:info", in: .packets).fault != nil)
        #expect(Filter("model:0x10", in: .log).fault != nil)
        #expect(Filter("type:event", in: .devices).fault != nil)
    }

    @Test func `an unknown model is told which there are`() {
        #expect(Filter("model:esp").fault?.contains("esp32, stm32, asic, rpi, custom") == true)
        #expect(Filter("model:0x7f").fault == nil)
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
