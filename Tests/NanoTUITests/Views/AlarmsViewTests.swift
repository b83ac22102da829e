import NanoCore
import Testing

@testable import NanoTUI

@Suite struct AlarmsViewTests {
    @Test(arguments: [60, 72, 80])
    func `an alarm keeps what it is called where a row is short`(width: Int) {
        var model = ConsoleModel.sample
        for alarm in model.live.alarms {
            #expect(model.picture(width, 16).contains(alarm.title), "\(alarm.title)")
        }
    }

    @Test func `before there is a port nobody is told to connect to it`() {
        var model = ConsoleModel(themeName: "dusk")
        var snapshot = Snapshot()
        snapshot.gateway.state = .running
        model.receive(snapshot)
        let picture = model.picture(80, 24)
        #expect(picture.contains("No packet yet.") && !picture.contains("TCP"))
        snapshot.gateway.devicePort = 5_678
        model.receive(snapshot)
        #expect(model.picture(80, 24).contains("No packet yet: devices connect to TCP 5678;"))
    }
}
