import NanoCore
import Testing

@testable import NanoTUI

@Suite struct DeviceDetailTests {
    private static func opened() -> ConsoleModel {
        var model = ConsoleModel.sampleWithDevice
        _ = model.openSampleDevice()
        return model
    }

    private func step(_ effects: [Effect]) -> RegistryStep? {
        guard case .perform(.register(let step))? = effects.first, effects.count == 1 else {
            return nil
        }
        return step
    }

    @Test func `Enter opens the device, whose packets are kept, and Esc leads back to it`()
        throws
    {
        var model = ConsoleModel.sample
        model.press(.character("2"), .down, .down, .down)
        let row = try #require(model.list(.devices).selected)
        let effects = model.press(.enter)
        #expect(model.view == .device && model.device == DeviceName(.esp32Pressure, "ESP32-003"))
        #expect(effects == [.perform(.follow(.esp32Pressure, device: "ESP32-003"))])
        // The answer is no reason to press Esc twice.
        model.finish(.follow(.esp32Pressure, device: "ESP32-003"), .done("following"))
        model.press(.escape)
        #expect(model.view == .devices && model.list(.devices).selected == row)
        #expect(model.device == nil)
    }

    @Test(arguments: [60, 80, 120])
    func `where values have all the room only keys that work there are told of`(width: Int) {
        func line(_ model: ConsoleModel) -> Substring {
            var model = model
            return model.picture(width, 24).split(separator: "\n").last ?? ""
        }
        var model = Self.opened()
        #expect(line(model).contains("Enter open"))
        model.press(.character("v"))
        let keys = line(model)
        #expect(keys.contains("Esc back") && keys.contains("v list"), "\(keys)")
        for word in ["open", "filter", "dump", "copy", "mark"] {
            #expect(!keys.contains(word), "\(keys)")
        }
        // A packet that is not shown is not opened, marked or copied either.
        for key in [.enter, .character("/"), .character("d"), .character("y"), .character("M")]
            as [Key]
        {
            #expect(model.press(key).isEmpty)
            guard case .none = model.overlay else {
                Issue.record("\(key)")
                return
            }
        }
        #expect(model.opened == nil && model.marks.count(in: .device) == 0)
        #expect(model.notice?.text == "the packets are not shown; v lists them")
        model.press(.escape, .character("v"))
        model.dismissNotice()
        #expect(line(model).contains("Enter open"))
    }

    @Test func `a curve's head says how much of its past there is, not how wide it is`() {
        var model = ConsoleModel.sampleWithDevice
        _ = model.openSampleDevice()
        #expect(model.picture(140, 50).contains("curve of the last 89 s"))
        #expect(model.picture(80, 24).contains("curve of the last 41 s"))
        model.press(.character("v"))
        #expect(model.picture(200, 50).contains("all 40"))
        #expect(model.picture(80, 24).contains("last 16 of 40"))
    }

    @Test func `who only looks changes nothing of what the gateway keeps`() {
        var model = ConsoleModel(themeName: "dusk", attachment: .looking)
        model.receive(SampleDevice.snapshot(second: 5))
        model.press(.character("2"))
        #expect(model.press(.enter).isEmpty && model.view == .device)
    }

    @Test func `a command opens any device, and says so where there is none`() {
        var model = Self.opened()
        #expect(model.view == .device && model.device == SampleDevice.name)
        model.press(.character(":"))
        model.type("device 0x30 ASIC-999")
        model.press(.enter)
        #expect(model.notice?.text == "0x30 ASIC-999 has not been seen since the start")
    }

    @Test func `a command opens a device from a view that has none of them yet`() {
        var model = ConsoleModel(themeName: "dusk")
        let whole = SampleDevice.snapshot(second: 5)
        var snapshot = whole
        snapshot.devices = []
        model.receive(snapshot)
        model.press(.character(":"))
        model.type("device \(SampleDevice.name.words)")
        model.press(.enter)
        #expect(model.view == .device && model.device == SampleDevice.name)
        #expect(model.isWaitingForRows && model.devices.isEmpty)
        model.receive(whole)
        #expect(model.devices.map(DeviceName.init) == [SampleDevice.name])
    }

    @Test func `a packet of it opens as ever, and Esc leads back to its row`() throws {
        var model = Self.opened()
        model.press(.up, .up)
        let row = try #require(model.list(.device).selected)
        model.press(.enter)
        #expect(model.opened?.deviceID == SampleDevice.name.id)
        #expect(model.picture(100, 30).contains("✓ magic"))
        model.press(.escape)
        #expect(model.opened == nil && model.view == .device)
        #expect(model.list(.device).selected == row)
    }

    @Test func `both verdicts are listed in their order, and a filter chooses among them`() {
        var model = Self.opened()
        #expect(model.records.count == 44)
        #expect(
            model.records.map(\.unixMilliseconds) == model.records.map(\.unixMilliseconds).sorted())
        #expect(model.records.allSatisfy { $0.deviceID == SampleDevice.name.id })
        model.press(.character("/"))
        model.type("verdict:refused")
        model.press(.enter)
        #expect(model.records.count == 4 && model.records.allSatisfy { $0.refusal != nil })
        // What it measures is no matter of the filter.
        #expect(model.deviceValues.packets == 40)
    }

    @Test func `its packets are found among those of all, and Esc leads back to it`() {
        var model = Self.opened()
        model.press(.character("f"))
        #expect(model.view == .packets && model.filter(.packets).isValid)
        #expect(model.filter(.packets).source == "model:0x30 device:ASIC-007")
        #expect(model.records.count == 40)
        model.press(.escape)
        #expect(model.view == .device && model.device == SampleDevice.name)
    }

    @Test func `a device without an id is known by its address`() {
        var model = ConsoleModel(themeName: "dusk")
        var snapshot = SampleDevice.snapshot(second: 50)
        var device = DeviceSnapshot(model: .asicMulti, id: "10.0.7.7")
        device.isNamed = false
        snapshot.devices = [device]
        for index in snapshot.packets.indices where index % 2 == 0 {
            snapshot.packets[index].deviceID = nil
        }
        model.receive(snapshot)
        model.press(.character("2"), .enter)
        #expect(model.records.count == 20)
        model.press(.character("f"))
        #expect(model.filter(.packets).source == "model:0x30 address:10.0.7.7")
    }

    @Test func `blocking asks what it asks in the list, and the same key unblocks`() {
        var model = Self.opened()
        model.press(.character("b"))
        let picture = model.picture(80, 24)
        #expect(picture.contains("Block 0x30 ASIC-007?"))
        #expect(picture.contains("It sends 1.5 packets a second"))
        #expect(step(model.press(.character("y"))) == .block(SampleDevice.name))
        var blocked = SampleDevice.snapshot(second: 91)
        blocked.devices[blocked.devices.count - 1].standing = .blocked
        model.receive(blocked)
        #expect(model.hints.contains { $0 == ("b", "unblock") })
        #expect(model.picture(80, 24).contains("⊘ blocked"))
        model.press(.character("b"))
        #expect(step(model.press(.character("y"))) == .unblock(SampleDevice.name))
    }

    @Test func `what was decided about it is forgotten, and it is approved again`() {
        var model = Self.opened()
        #expect(!model.hints.contains { $0.words == "approve" })
        model.press(.character("D"))
        let picture = model.picture(120, 40)
        #expect(picture.contains("Forget that 0x30 ASIC-007 is known?"))
        #expect(picture.contains("Its frames are refused from then on"))
        #expect(step(model.press(.character("y"))) == .remove(SampleDevice.name))
        var unknown = SampleDevice.snapshot(second: 91)
        unknown.devices[unknown.devices.count - 1].standing = nil
        model.receive(unknown)
        #expect(model.hints.contains { $0 == ("a", "approve") })
        model.press(.character("a"))
        #expect(step(model.press(.character("y"))) == .approve(SampleDevice.name))
    }

    @Test func `curves move as packets arrive, and the cursor stays with its packet`() throws {
        var model = Self.opened()
        model.press(.up)
        let row = try #require(model.list(.device).selected)
        let before = try #require(model.deviceValues.series.first).points
        let rates = model.deviceCurve.accepted
        for second in 91...95 {
            model.receive(SampleDevice.snapshot(second: second, parts: model.parts))
        }
        #expect(model.deviceValues.series.first?.points != before)
        #expect(model.deviceCurve.accepted.count == rates.count + 5)
        let index = try #require(model.cursor)
        #expect(model.rowIDs[index] == row)
    }

    @Test func `its rate is remembered from before it was opened`() {
        let model = Self.opened()
        // Rows are kept every ten seconds.
        #expect(model.deviceCurve.accepted.count >= 80)
        #expect(model.deviceCurve.accepted.allSatisfy { abs($0 - 1.5) < 0.6 })
    }

    @Test func `frozen it stands still, values and curve too`() {
        var model = Self.opened()
        model.press(.character(" "))
        let body = { (model: ConsoleModel) in
            var model = model
            return model.picture(120, 40).split(separator: "\n").dropFirst().dropLast()
        }
        let before = body(model)
        for second in 91...99 {
            model.receive(SampleDevice.snapshot(second: second, parts: model.parts))
        }
        #expect(body(model) == before)
        model.press(.character(" "))
        #expect(body(model) != before)
        #expect(model.deviceCurve.accepted.count >= 98)
    }

    @Test func `of a moment of the last hour it shows what was then`() throws {
        var model = Self.opened()
        model.press(.character("("))
        #expect(model.shown.gateway.uptimeSeconds == 30)
        let device = try #require(model.devices.first)
        #expect(device.accepted <= 45)
        #expect(
            model.records.allSatisfy {
                $0.unixMilliseconds <= SampleGateway.unixMilliseconds + 30_000
            })
        #expect(model.deviceCurve.accepted.count <= 30)
        // What is seen of the past cannot be acted on.
        #expect(model.press(.character("b")).isEmpty)
        #expect(model.notice?.kind == .fault)
    }

    @Test func `a device that is gone says so, and its keys do nothing`() {
        var model = Self.opened()
        model.receive(SampleGateway.snapshot(second: 91))
        #expect(model.picture(80, 24).contains("It has not been heard since the start"))
        for key in "badDvf" { #expect(model.press(.character(key)).isEmpty) }
    }

    @Test(arguments: [(60, 16), (80, 24), (120, 40), (200, 50)])
    func `what has no room is counted, and nothing hostile is drawn`(width: Int, height: Int) {
        var model = Self.opened()
        let picture = model.picture(width, height)
        #expect(!picture.contains("\u{1B}") && !picture.contains("\u{202E}"))
        #expect(picture.contains("21.25") || picture.contains("temperature"))
        #expect((height < 20) == picture.contains(/\+\d+ more/))
    }
}
