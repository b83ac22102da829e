import NanoCore
import Testing

@testable import NanoTUI

@Suite struct OverviewKeysTests {
    @Test func `the cursor starts on the worst alarm, and Esc leads back to it`() {
        var model = ConsoleModel.sample
        #expect(model.selectedAlarm?.id == "route/influx")
        model.press(.enter)
        #expect(model.view == .routes && model.cursor == 2)
        model.press(.escape)
        #expect(model.view == .overview)
        model.press(.down, .enter, .enter, .escape, .escape)
        #expect(model.view == .overview && model.selectedAlarm?.id == "replay/0x30")
        #expect(model.filter(.rejections).isEmpty)
    }

    @Test func `from a device's packets Esc leads back to the device`() {
        var model = ConsoleModel.sample
        model.press(.character("2"), .down, .down, .down)
        let cursor = model.cursor
        model.press(.character("f"))
        #expect(model.view == .packets && !model.filter(.packets).isEmpty)
        model.press(.enter, .escape, .escape)
        #expect(model.view == .devices && model.cursor == cursor)
        #expect(model.filter(.packets).isEmpty)
    }

    @Test func `p and Enter act on the overview's own routes`() {
        var model = ConsoleModel.sample
        model.press(.home, .character("p"))
        #expect(model.view == .overview && model.picture(80, 24).contains("Pause influx?"))
        model.press(.escape, .down)
        #expect(model.press(.character("p")) == [.perform(.resumeRoute("cycle"))])
        model.press(.enter)
        #expect(model.view == .overview && model.picture(80, 24).contains("cycle · paused"))
    }

    @Test func `on an alarm p is about its route, and says so where it has none`() {
        var model = ConsoleModel.sample
        model.press(.character("p"))
        #expect(model.picture(80, 24).contains("Pause influx?"))
        model.press(.escape, .end, .character("p"))
        #expect(model.picture(80, 24).contains("move the cursor to a route"))
    }

    @Test(arguments: [(80, 24), (60, 16), (120, 40), (200, 50)])
    func `how much an alarm is about is not cut, and what it asks for where there is room`(
        size: (Int, Int)
    ) {
        var model = ConsoleModel.sample
        let picture = model.picture(size.0, size.1)
        let joined = picture.split { " \n─".contains($0) }.joined(separator: " ")
        #expect(joined.contains("timeout after 2,000 ms; 8,211"), "\(picture)")
        #expect(joined.contains("check the destination"), "\(picture)")
        #expect(picture.contains("▶"))
    }

    @Test func `an alarm without a route or a reason is read`() {
        var model = ConsoleModel.sample
        var snapshot = SampleGateway.snapshot(second: 91)
        snapshot.alarms = [
            AlarmSnapshot(
                id: "blocked", severity: .critical, unixMilliseconds: 0, title: "reading stopped",
                text: "the journal is full; free its disk")
        ]
        model.receive(snapshot)
        model.press(.enter)
        #expect(model.picture(80, 24).contains("┌ Alarm "))
        model.press(.escape)
        #expect(model.view == .overview)
    }

    @Test func `an alarm of a single device leads to it`() throws {
        var model = ConsoleModel.sample
        var snapshot = SampleGateway.snapshot(second: 91)
        let device = try #require(snapshot.devices.first)
        var alarm = AlarmSnapshot(
            id: "devices/silence", severity: .warning, unixMilliseconds: 0, title: "devices silent",
            text: "silent for 5 min; check power and network")
        alarm.model = device.model
        alarm.device = device.id
        snapshot.alarms = [alarm]
        model.receive(snapshot)
        let effects = model.press(.enter)
        #expect(effects == [.perform(.follow(device.model, device: device.id))])
        #expect(model.view == .device && model.devices.map(\.id) == [device.id])
        model.press(.escape)
        #expect(model.view == .overview)
    }

    @Test func `the worst alarms are first, and of these the newest`() {
        var model = ConsoleModel.sample
        var snapshot = SampleGateway.snapshot(second: 91)
        let worth: [(String, AlarmSnapshot.Severity, Int64)] = [
            ("a", .notice, 9), ("b", .warning, 1), ("c", .critical, 1), ("d", .critical, 2),
        ]
        snapshot.alarms = worth.map {
            AlarmSnapshot(id: $0.0, severity: $0.1, unixMilliseconds: $0.2, title: "", text: "")
        }
        model.receive(snapshot)
        #expect(model.alarms.map(\.id) == ["d", "c", "b", "a"])
    }

    @Test func `what a list has no room for is counted`() {
        var model = ConsoleModel.sample
        var snapshot = SampleGateway.snapshot(second: 91)
        snapshot.models += (0..<9).map { ModelSnapshot(id: ModelID(rawValue: 0x50 + $0)) }
        model.receive(snapshot)
        let picture = model.picture(80, 23)
        #expect(picture.contains("· +5 more ─"), "\(picture)")
    }

    @Test(arguments: [60, 80, 120, 200], [0, 7, 1_234_567])
    func `dead letters are in the row of their route`(width: Int, dead: UInt64) {
        var model = ConsoleModel.sample
        var snapshot = SampleGateway.snapshot(second: 91)
        snapshot.routes[2].deadLetters = dead
        model.receive(snapshot)
        let words = model.picture(width, 24).split { " \n".contains($0) }
        #expect(words.contains("\(Numbers.grouped(dead))") || dead == 0)
    }
}
