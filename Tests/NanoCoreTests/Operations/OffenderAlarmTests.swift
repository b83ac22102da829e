import NanoCore
import Testing

/// The alarms for addresses that flood and flap.
@Suite struct OffenderAlarmTests {
    private func row(_ source: String) -> OffenderSnapshot {
        var row = OffenderSnapshot(source: source)
        row.state = .slowed
        row.isFlooding = true
        row.refusedPerMinute = 1_200
        row.refused = 5_000
        row.reasons = [RefusalCount(.macMismatch, 4_000), RefusalCount(.replay, 1_000)]
        row.sinceUnixMilliseconds = 1_790_000_000_000
        return row
    }

    @Test func `one alarm stands for all that flood, with the evidence of the worst`() {
        var watch = AlarmWatch()
        watch.pass { $0.offenders.rows = [row("10.0.0.9"), row("10.0.0.8")] }
        #expect(watch.titles == ["addresses that flood"])
        #expect(
            watch.texts == [
                "10.0.0.9: 1,200 frames refused a minute, mac_mismatch 4,000, replay 1,000 since "
                    + "2026-09-21 14:13:20Z; slowed; and 1 more; o in Rejections lists them"
            ])
    }

    @Test func `it stays while the offence comes and goes, and ends half a minute after`() {
        var watch = AlarmWatch()
        for _ in 0..<5 {
            watch.pass { $0.offenders.rows = [row("10.0.0.9")] }
            watch.pass(seconds: 20) { $0.offenders.rows = [] }
        }
        #expect(watch.changes == ["+addresses that flood"])
        watch.pass(seconds: 12)
        #expect(watch.changes == ["+addresses that flood", "-addresses that flood"])
    }

    @Test func `flapping has an alarm of its own, and what an operator has blocked has none`() {
        var watch = AlarmWatch()
        var flapping = OffenderSnapshot(source: "10.0.0.7")
        (flapping.isFlapping, flapping.connectionsPerMinute) = (true, 300)
        var blocked = row("10.0.0.1")
        blocked.isByOperator = true
        watch.pass { $0.offenders.rows = [flapping, blocked] }
        #expect(watch.titles == ["addresses that flap"])
        #expect(watch.texts[0].hasPrefix("10.0.0.7: 300 connections a minute for nothing"))
    }
}
