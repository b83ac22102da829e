import NanoCore
import Testing

@testable import NanoTUI

@Suite struct PacketViewTests {
    @Test func `an open rejection shows what is found out about it later`() {
        var model = ConsoleModel.sample
        var snapshot = SampleGateway.snapshot(second: 91)
        for index in snapshot.rejections.indices { snapshot.rejections[index].diagnosis = nil }
        model.receive(snapshot)
        model.press(.character("4"), .enter)
        #expect(!model.picture(80, 24).contains("retired secret"))
        snapshot.rejections[11].diagnosis = "valid under a retired secret (generation 3)"
        model.receive(snapshot)
        #expect(model.picture(80, 24).contains("retired secret"))
    }

    @Test(arguments: [(60, 16), (80, 24), (60, 5)])
    func `the line that failed is in view`(size: (Int, Int)) {
        var model = ConsoleModel.sample
        model.press(.character("4"), .enter)
        let picture = model.picture(size.0, size.1)
        #expect(picture.contains("✗") || size.1 < 16, "\(picture)")
    }

    @Test func `at 80 columns a packet shows its value`() {
        var model = ConsoleModel.sample
        model.press(.character("3"))
        let picture = model.picture(80, 24)
        #expect(picture.contains("pressure_pa: 101325"), "\(picture)")
        #expect(!picture.contains("device_id"))
    }

    @Test func `of readings inside a payload the value is shown, not the time`() {
        var writer = CBORWriter()
        writer.map(2)
        writer.text("device_id")
        writer.text("ASIC-1")
        writer.text("sensors")
        writer.array(1)
        writer.map(2)
        writer.text("type")
        writer.text("temperature")
        writer.text("entries")
        writer.array(1)
        writer.map(2)
        writer.text("ts")
        writer.unsigned(1_767_225_600)
        writer.text("value")
        writer.unsigned(57)
        let bytes = FrameBuilder(
            model: .asicMulti, type: .telemetry, level: .standard, timestamp: 1_767_225_600
        ).build(payload: writer.bytes, key: HMACKey(secret: (0..<32).map { UInt8($0) }))
        let record = PacketRecord(id: 1, unixMilliseconds: 0, address: "", bytes: bytes)
        #expect(Reading.words(of: record) == "sensors: temperature 57")
    }
}
