import NanoCore
import Testing

/// What a start finds to be lost.
struct StartLossAlarmTests {
    @Test func `what a start has found to be lost is an alarm of each destination`() throws {
        var watch = AlarmWatch()
        watch.board = AlarmBoard()
        watch.pass { snapshot in
            snapshot.routes[0].expiredBy[.damage] = 20_000
            var expired = ExpiredPackets()
            expired[.damage] = 7
            snapshot.journal.unconfigured = [
                UnconfiguredRoute(name: "old", waiting: 0, expiredBy: expired)
            ]
        }
        let alarm = try #require(watch.board.alarms.first { $0.id == "expired/alba" })
        #expect(alarm.severity == .critical && alarm.route == "alba")
        #expect(
            alarm.text == "20,000 packets expired so far for damage on the disk; look at the log, "
                + "and check the disk")
        let other = try #require(watch.board.alarms.first { $0.id == "expired/old" })
        #expect(other.text.hasPrefix("7 packets expired so far for damage on the disk; "))
        watch.pass(seconds: 30)
        #expect(watch.board.alarms.contains { $0.id == "expired/alba" })
        watch.pass()
        #expect(
            !watch.board.alarms.contains { $0.id.hasPrefix("expired/") }, "as long as any other")
        #expect(watch.board.ended.map(\.id).contains("expired/alba"))
    }

    @Test func `a start that has lost nothing is no alarm`() {
        var watch = AlarmWatch()
        watch.board = AlarmBoard()
        watch.pass { $0.routes[0].waiting = 20_000 }
        #expect(watch.board.alarms.isEmpty)
    }
}
