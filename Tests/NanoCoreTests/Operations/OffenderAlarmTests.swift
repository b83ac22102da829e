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

    private func flapping(_ source: String) -> OffenderSnapshot {
        var row = OffenderSnapshot(source: source)
        (row.isFlapping, row.connectionsPerMinute) = (true, 300)
        return row
    }

    @Test func `a source that flaps and then floods has one alarm, which tells of both`() {
        var watch = AlarmWatch()
        watch.pass { $0.offenders.rows = [flapping("10.0.0.9")] }
        var both = row("10.0.0.9")
        (both.isFlapping, both.connectionsPerMinute) = (true, 300)
        watch.pass { $0.offenders.rows = [both] }
        #expect(
            watch.changes
                == ["+addresses that flap", "+addresses that flood", "-addresses that flap"])
        #expect(watch.titles == ["addresses that flood"])
        #expect(
            watch.texts[0].hasPrefix(
                "10.0.0.9: 1,200 frames refused a minute, mac_mismatch 4,000, replay 1,000, "
                    + "300 connections a minute for nothing since "))
    }

    @Test func `a source that has flooded and goes on to flap stays with the floods`() {
        var watch = AlarmWatch()
        watch.pass { $0.offenders.rows = [row("10.0.0.9")] }
        watch.pass(seconds: 25) { $0.offenders.rows = [] }
        watch.pass(seconds: 60) { $0.offenders.rows = [flapping("10.0.0.9")] }
        #expect(watch.changes == ["+addresses that flood"])
        #expect(watch.texts[0].hasPrefix("10.0.0.9: 300 connections a minute for nothing since "))
        watch.pass(seconds: 31) { $0.offenders.rows = [] }
        watch.pass { $0.offenders.rows = [flapping("10.0.0.9")] }
        #expect(watch.titles == ["addresses that flap"])
    }

    @Test func `others that flap have their alarm beside that for floods`() {
        var watch = AlarmWatch()
        watch.pass { $0.offenders.rows = [flapping("10.0.0.9"), flapping("10.0.0.7")] }
        watch.pass(seconds: 20) { $0.offenders.rows = [row("10.0.0.9"), flapping("10.0.0.7")] }
        #expect(watch.titles == ["addresses that flood", "addresses that flap"])
        #expect(watch.texts[0].hasPrefix("10.0.0.9: ") && !watch.texts[0].contains("more"))
        #expect(watch.texts[1].hasPrefix("10.0.0.7: ") && !watch.texts[1].contains("more"))
        // The one that flaps alone has not been over for long enough.
        watch.pass { $0.offenders.rows = [row("10.0.0.9")] }
        #expect(watch.titles == ["addresses that flood", "addresses that flap"])
    }

    private func hold(_ source: String, devices: Int, addresses: Int = 1) -> BlockHold {
        BlockHold(
            source: source, devices: devices, addresses: addresses,
            sinceUnixMilliseconds: 1_790_000_000_000, untilUnixMilliseconds: 1_790_003_600_000)
    }

    @Test func `a block that keeps devices out stands as a warning until it is lifted`() {
        var watch = AlarmWatch()
        watch.pass(seconds: 900) { $0.offenders.holds = [hold("0.0.0.0/0", devices: 40)] }
        #expect(watch.board.alarms.map(\.severity) == [.warning])
        #expect(
            watch.texts == [
                "40 devices kept out by an operator's block of 0.0.0.0/0 since 2026-09-21 "
                    + "14:13:20Z, until 2026-09-21 15:13:20Z; devices unblock 0.0.0.0/0 takes it back"
            ])
        watch.pass { $0.offenders.holds = [] }
        #expect(watch.changes == ["+devices blocked", "-devices blocked"])
    }

    @Test
    func `of several blocks the one with most devices is named, and behind a start addresses`() {
        var watch = AlarmWatch()
        watch.pass {
            $0.offenders.holds = [
                hold("10.0.0.0/8", devices: 0, addresses: 3), hold("192.0.2.1", devices: 0),
            ]
        }
        #expect(
            watch.texts[0].hasPrefix(
                "the devices of 3 addresses (how many is not known yet) kept out by an operator's block of "
                    + "10.0.0.0/8 since "))
        #expect(
            watch.texts[0].contains(", and 1 block more; devices unblock 10.0.0.0/8 takes it back"))
        watch.pass { $0.offenders.holding = 250 }
        #expect(watch.texts[0].contains(", and 249 blocks more; "), "no more than some are listed")
        watch.pass {
            $0.offenders.holds = [hold("192.0.2.1", devices: 0)]
            $0.offenders.holding = 1
        }
        #expect(
            watch.texts[0].hasPrefix(
                "the devices of 1 address (how many is not known yet) kept out by an operator's block of "
                    + "192.0.2.1 "))
        // One of them has been heard since: that does not count the others.
        watch.pass { $0.offenders.holds = [hold("10.0.0.0/8", devices: 1, addresses: 3)] }
        #expect(watch.texts[0].hasPrefix("the devices of 3 addresses (how many"))
    }
}
