import NanoCore
import Testing

struct UnconfiguredAlarmTests {
    @Test func `packets of a destination that is not configured are an alarm until none waits`()
        throws
    {
        var watch = AlarmWatch()
        watch.pass(seconds: 3_600) {
            $0.journal.unconfigured = [
                UnconfiguredRoute(name: "extra", waiting: 20_000, expiredBy: ExpiredPackets())
            ]
        }
        let alarm = try #require(watch.board.alarms.first)
        #expect(watch.titles == ["extra is not configured"] && alarm.severity == .warning)
        #expect(
            alarm.text == "20,000 packets wait for it; configure extra again, or give them up: "
                + "nanogridata ctl skip extra")
        watch.pass { $0.journal.unconfigured[0].waiting = 0 }
        #expect(watch.board.alarms.isEmpty)
        #expect(watch.changes == ["+extra is not configured", "-extra is not configured"])
    }
}
