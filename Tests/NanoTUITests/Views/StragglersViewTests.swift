import NanoCore
import Testing

@testable import NanoTUI

@Suite struct StragglersViewTests {
    /// The secrets of the sample, with so many devices on the former generation and the rest on the
    /// current one; the first was heard last.
    private func model(stragglers: Int) -> ConsoleModel {
        var model = ConsoleModel.sample
        model.press(.character("6"), .home)
        var snapshot = SampleGateway.snapshot(second: 91)
        for index in snapshot.devices.indices {
            snapshot.devices[index].generation = index < stragglers ? 3 : 4
            snapshot.devices[index].lastSeenUnixMilliseconds =
                snapshot.gateway.unixMilliseconds - Int64(index + 1) * 1_000
        }
        model.receive(snapshot)
        return model
    }

    @Test func `below the secrets stand the devices that are behind, heard last first`() {
        var model = model(stragglers: 3)
        let names = "ESP32-001 00:01   ESP32-002 00:02   ESP32-003 00:03"
        var picture = model.picture(80, 24)
        #expect(
            picture.contains("0x10 ESP32: not yet on generation 4 · 3") && picture.contains(names))
        model.press(.down)
        picture = model.picture(80, 24)
        #expect(picture.contains("0x10 ESP32: on generation 3 · 3") && picture.contains(names))
        model.press(.down)
        #expect(!model.picture(80, 24).contains("on generation"))
    }

    @Test func `of many as many are named as there is room for`() {
        var model = model(stragglers: 40)
        #expect(model.picture(80, 12).contains("more"))
        #expect(model.picture(200, 50).contains("ESP32-040"))
    }

    @Test func `nobody is behind where all have followed`() {
        var model = model(stragglers: 0)
        #expect(!model.picture(80, 24).contains("not yet on"))
    }

    @Test func `Enter on a generation lists its devices, and Esc leads back`() {
        var model = model(stragglers: 3)
        model.press(.down, .enter)
        #expect(model.view == .devices && model.devices.count == 3)
        #expect(model.filter(.devices).source == "generation:3 model:0x10")
        model.press(.escape)
        #expect(model.view == .secrets && model.cursor == 1)
        #expect(model.filter(.devices).source.isEmpty)
    }
}
