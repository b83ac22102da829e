import NanoCore
import Testing

@testable import NanoTUI

@Suite struct FilterTests {
    let subject = Filter.Subject(
        model: .esp32Pressure, reason: "replay", device: "ESP32-017", address: "10.0.4.17:50112",
        text: "ESP32-017 replay 10.0.4.17:50112 0x10")

    @Test(arguments: [
        "", "replay", "esp32-017", "model:esp32", "model:0x10", "model:10", "reason:replay",
        "reason:mac_mismatch,replay", "reason:rep*", "device:ESP32-0*", "device:esp32-017",
        "device:\"ESP32-017\"", "address:10.0.4.", "model:esp32 reason:replay 10.0",
    ])
    func `what describes a row shows it`(text: String) {
        let filter = Filter(text)
        #expect(filter.fault == nil)
        #expect(filter.matches(subject))
    }

    @Test(arguments: [
        "stm32", "model:stm32", "reason:mac_mismatch", "device:ESP32", "address:10.0.5.",
        "model:esp32 reason:truncated",
    ])
    func `what does not describe a row hides it`(text: String) {
        #expect(!Filter(text).matches(subject))
    }

    @Test(arguments: ["colour:red", "reason:nonsense", "model:", "reason:replay,zzz"])
    func `an invalid filter says why and hides nothing`(text: String) {
        let filter = Filter(text)
        #expect(filter.fault != nil)
        #expect(filter.matches(subject))
    }
}
