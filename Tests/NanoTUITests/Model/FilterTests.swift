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

    @Test(arguments: ["colour:red", "reason:nonsense", "model:", "reason:replay,zzz"])
    func `an invalid filter says why and hides nothing`(text: String) {
        let filter = Filter(text)
        #expect(filter.fault != nil)
        #expect(filter.matches(subject))
    }
}
