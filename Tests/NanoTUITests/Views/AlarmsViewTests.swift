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
}
