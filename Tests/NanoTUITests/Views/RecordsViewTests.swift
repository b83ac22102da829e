import NanoCore
import Testing

@testable import NanoTUI

@Suite struct RecordsViewTests {
    @Test func `with a filter it is said which counts are of all`() {
        var model = ConsoleModel.sample
        model.press(.character("4"))
        #expect(!model.picture(80, 24).contains("of all:"))
        model.press(.character("/"))
        model.type("reason:replay")
        model.press(.enter)
        let picture = model.picture(80, 24)
        #expect(
            picture.contains("of all: replay 2,790") && picture.contains("of these: ESP32-017 4"))
    }

    @Test func `a device_id of blanks is seen wherever devices are listed`() {
        var model = ConsoleModel.sample
        var snapshot = SampleGateway.snapshot(second: 91)
        snapshot.devices[0].id = "   "
        for index in snapshot.rejections.indices { snapshot.rejections[index].deviceID = " x" }
        model.receive(snapshot)
        model.press(.character("2"), .home)
        #expect(model.picture(80, 24).contains("\"   \""))
        model.press(.character("4"))
        let picture = model.picture(80, 24)
        #expect(picture.contains("of these: \" x\" 12") && picture.contains("  \" x\"  "))
    }

    @Test func `an empty device_id names nobody`() {
        var model = ConsoleModel.sample
        var snapshot = SampleGateway.snapshot(second: 91)
        for index in snapshot.rejections.indices { snapshot.rejections[index].deviceID = "" }
        model.receive(snapshot)
        model.press(.character("4"))
        #expect(model.picture(80, 24).contains("  –  "))
    }
}
