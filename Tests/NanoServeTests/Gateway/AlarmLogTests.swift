import NanoCore
import Testing

@testable import NanoServe

@Suite struct AlarmLogTests {
    @Test(arguments: [
        (AlarmSnapshot.Severity.notice, "notice"), (.warning, "warning"), (.critical, "critical"),
    ])
    func `an alarm is logged at the level of its severity`(
        severity: AlarmSnapshot.Severity, level: String
    ) {
        let log = LogRecorder()
        var alarm = AlarmSnapshot(
            id: "clock/off", severity: severity, unixMilliseconds: 1, title: "wrong",
            text: "mend it")
        AlarmBoard.Change.began(alarm).write(to: log.logger)
        // The clock was set back meanwhile.
        alarm.endedUnixMilliseconds = -172_794_000
        alarm.lastedSeconds = 2.9
        AlarmBoard.Change.ended(alarm).write(to: log.logger)
        #expect(
            log.lines == [
                "\(level) alarm: wrong: mend it alarm=clock/off",
                "info alarm ended: wrong alarm=clock/off seconds=2",
            ])
    }
}
