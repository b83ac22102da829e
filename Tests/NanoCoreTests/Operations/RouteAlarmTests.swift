import NanoCore
import Testing

/// Alarms for destinations that do not get what they should.
@Suite struct RouteAlarmTests {
    @Test func `a route that fails for five seconds is an alarm, a stumble is not`() throws {
        var watch = AlarmWatch()
        for _ in 0..<4 {
            watch.pass(seconds: 5) { $0.routes[0].state = .retrying }
            #expect(watch.board.alarms.isEmpty)
            watch.pass { $0.routes[0].state = .flowing }
        }
        watch.pass(seconds: 6) {
            $0.routes[0].state = .retrying
            $0.routes[0].lastError = "503 Busy"
            $0.routes[0].waiting = 6_017
            $0.routes[0].inFlight = 1
        }
        let alarm = try #require(watch.board.alarms.first)
        #expect(watch.titles == ["alba fails"])
        #expect(alarm.severity == .critical && alarm.route == "alba" && alarm.model == nil)
        #expect(alarm.text == "503 Busy; 6,018 packets wait; check the destination")
    }

    @Test func `while nothing is sent, the alarm tells until when`() throws {
        var watch = AlarmWatch()
        watch.pass(seconds: 6) {
            $0.routes[0].state = .retrying
            $0.routes[0].lastError = "429 Too Many Requests"
            $0.routes[0].waiting = 17
            $0.routes[0].oldestSeconds = 6
            $0.routes[0].probeInSeconds = 24.6
        }
        func text() throws -> String { try #require(watch.board.alarms.first).text }
        #expect(
            try text() == "429 Too Many Requests; 17 packets wait, the oldest 6 s, next attempt in "
                + "25 s; check the destination")
        watch.pass { $0.routes[0].probeInSeconds = 0.9 }
        #expect(try text().hasSuffix("the oldest 6 s; check the destination"))
        watch.pass { $0.routes[0].probeInSeconds = nil }
        #expect(try text().hasSuffix("the oldest 6 s; check the destination"))
    }

    @Test func `a route that fails for letters alone names them`() throws {
        var watch = AlarmWatch()
        watch.pass(seconds: 6) {
            $0.routes[0].state = .retrying
            $0.routes[0].deadLetters = 3
        }
        let alarm = try #require(watch.board.alarms.first)
        #expect(
            alarm.text == "no answer; dead letters wait to be sent once more; check the destination"
        )
    }

    @Test func `packets that expire are an alarm of their own, which counts them`() throws {
        var watch = AlarmWatch()
        watch.pass(seconds: 3) { $0.routes[0].waiting = 500 }
        #expect(watch.board.alarms.isEmpty)
        watch.pass { snapshot in
            snapshot.routes[0].waiting -= 120
            snapshot.routes[0].expiredBy[.room] += 120
        }
        let alarm = try #require(watch.board.alarms.first { $0.id == "expired/alba" })
        #expect(alarm.severity == .critical && alarm.title == "packets for alba are lost")
        #expect(alarm.route == "alba")
        #expect(
            alarm.text == "120 packets expired so far for lack of room; mend alba, or give the "
                + "journal more room (journal.max_bytes)")
    }

    @Test(arguments: [
        (ExpiryCause.age, "for their age; resume alba, or raise journal.max_age_h"),
        (.damage, "for damage on the disk; look at the log, and check the disk"),
        (
            .deadLetterLimit,
            "in favour of newer dead letters; look at its answers, then redrive or drop its dead "
                + "letters, or raise dead_letters.max_count"
        ),
    ])
    func `the alarm of packets that expire has the remedy for what makes them do so`(
        cause: ExpiryCause, words: String
    ) throws {
        var watch = AlarmWatch()
        watch.snapshot.journal.usedBytes = watch.snapshot.journal.budgetBytes * 9 / 10
        watch.pass { snapshot in
            snapshot.routes[0].state = .paused
            snapshot.routes[0].expiredBy[cause] += 7
        }
        let alarm = try #require(watch.board.alarms.first { $0.id == "expired/alba" })
        #expect(alarm.text == "7 packets expired so far \(words)")
        #expect(!watch.titles.contains("journal full"))
        watch.pass { $0.routes[0].expiredBy[.room] += 2 }
        let both = try #require(watch.board.alarms.first { $0.id == "expired/alba" })
        #expect(both.text.hasPrefix("9 packets expired so far: "))
        #expect(both.text.contains("2 for lack of room"))
        #expect(both.text.hasSuffix("give the journal more room (journal.max_bytes)"))
        #expect(watch.titles.contains("journal full"))
    }

    @Test func `what expires for a destination that is not configured is an alarm too`() throws {
        var watch = AlarmWatch()
        watch.snapshot.journal.unconfigured = [
            UnconfiguredRoute(name: "old\u{1B}", waiting: 40, expiredBy: ExpiredPackets())
        ]
        watch.pass()
        #expect(watch.titles == [#"old\u{1B} is not configured"#])
        watch.pass {
            $0.journal.unconfigured[0].expiredBy[.age] += 30
            $0.journal.unconfigured[0].waiting -= 30
        }
        let alarm = try #require(watch.board.alarms.first)
        #expect(alarm.title == #"packets for old\u{1B} are lost"# && alarm.route == nil)
        #expect(
            alarm.text == "30 packets expired so far for their age; configure "
                + #"old\u{1B} again, or raise journal.max_age_h"#)
    }

    @Test
    func `a route that has recovered is not late, and an alarm's time is that of what it says`()
        throws
    {
        var watch = AlarmWatch()
        watch.pass(seconds: 40) {
            $0.routes[0].state = .retrying
            $0.routes[0].waiting += 500
            $0.routes[0].accepted += 500
        }
        let began = try #require(watch.board.alarms.first).unixMilliseconds
        watch.pass(seconds: 4) {
            $0.routes[0].state = .flowing
            $0.routes[0].waiting -= 4_000
            $0.routes[0].delivered += 4_000
        }
        let second = try #require(watch.board.alarms.first)
        #expect(second.title == "alba catches up" && second.unixMilliseconds > began)
        watch.pass(seconds: 4) {
            $0.routes[0].waiting = 0
            $0.routes[0].delivered = $0.routes[0].accepted
        }
        #expect(watch.board.alarms.isEmpty, "\(watch.titles)")
    }

    @Test func `a destination that works again is catching up, and then no alarm at all`() throws {
        var watch = AlarmWatch()
        watch.pass(seconds: 20) {
            $0.routes[0].state = .retrying
            $0.routes[0].lastError = "no connection"
            $0.routes[0].waiting += 500
            $0.routes[0].accepted += 500
        }
        watch.pass(seconds: 12) {
            $0.routes[0].state = .flowing
            $0.routes[0].waiting -= 171
            $0.routes[0].delivered += 171
        }
        #expect(watch.titles == ["alba catches up"])
        #expect(watch.board.alarms[0].severity == .notice)
        #expect(
            watch.texts[0] == "7,948 packets wait, empty in 46 s at this rate; let it work")
        watch.pass {
            $0.routes[0].waiting = 0
            $0.routes[0].delivered += 2_000
        }
        #expect(watch.board.alarms.isEmpty, "nothing says any more that packets wait")
        #expect(watch.changes == ["+alba fails", "-alba catches up"], "one alarm for one story")
    }

    @Test func `a paused route is an alarm while packets wait for it`() {
        var watch = AlarmWatch()
        watch.pass(seconds: 10) { $0.routes[0].state = .paused }
        #expect(watch.board.alarms.isEmpty, "nobody misses anything")
        watch.pass(seconds: 6) {
            $0.routes[0].waiting = 12_031
            $0.routes[0].oldestSeconds = 252
        }
        #expect(watch.titles == ["alba is paused"])
        #expect(watch.texts[0] == "12,031 packets wait, the oldest 4 min; resume alba")
        watch.pass(seconds: 11) {
            $0.routes[0].state = .flowing
            $0.routes[0].waiting = 0
            $0.routes[0].oldestSeconds = nil
        }
        #expect(watch.board.alarms.isEmpty)
    }

    @Test func `a pause in time to be forgotten tells when the journal is full`() {
        var watch = AlarmWatch()
        watch.snapshot.journal.usedBytes = 1 << 20
        watch.pass(seconds: 60) {
            $0.routes[0].state = .paused
            $0.routes[0].waiting += 1_000
            $0.journal.usedBytes += 128 << 10
        }
        #expect(watch.texts[0].contains(", at this rate the journal is full in 6 min; resume alba"))
    }

    @Test func `a backlog that grows for a minute is an alarm, one that comes and goes is not`() {
        var watch = AlarmWatch()
        for second in 0..<120 {
            watch.pass { $0.routes[0].waiting = second % 2 == 0 ? 5_000 : 0 }
        }
        #expect(watch.board.alarms.isEmpty)
        watch.pass(seconds: 70) {
            $0.routes[0].waiting += 120
            $0.routes[0].accepted += 1_120
            $0.routes[0].delivered += 1_000
        }
        #expect(watch.titles == ["alba falls behind"])
        #expect(watch.texts[0].contains(", 120/s more come than leave; make the destination"))
    }

    @Test func `a packet that has been on its way for half a minute is an alarm`() {
        var watch = AlarmWatch()
        watch.pass(seconds: 30) { $0.routes[0].oldestSeconds = 30 }
        #expect(watch.board.alarms.isEmpty)
        watch.pass(seconds: 6) {
            $0.routes[0].oldestSeconds = 42
            $0.routes[0].inFlight = 1
            $0.routes[0].lastError = "timeout after 2000 ms"
        }
        #expect(watch.titles == ["alba is late"])
        #expect(
            watch.texts[0]
                == "1 packet on the way, the oldest 42 s (timeout after 2000 ms); "
                + "look at the destination's answers")
    }

    @Test func `a destination that refuses everything for good is an alarm until it takes some`() {
        var watch = AlarmWatch()
        watch.pass(seconds: 2) {
            $0.routes[0].state = .refusing
            $0.routes[0].deadLetters += 1_741
            $0.routes[0].condemned += 1_741
            $0.routes[0].lastError = "422 Unprocessable Content"
        }
        #expect(watch.titles == ["alba refuses packets for good"])
        #expect(watch.board.alarms[0].severity == .warning, "others may yet be delivered")
        #expect(
            watch.texts[0]
                == "3,482 dead letters, 422 Unprocessable Content; look at its answers, "
                + "then redrive or drop the letters")
        watch.pass(seconds: 60)
        #expect(watch.board.alarms.map(\.severity) == [.critical], "nothing says that it is mended")
        watch.pass(seconds: 31) {
            $0.routes[0].state = .flowing
            $0.routes[0].deadLetters = 0
        }
        #expect(watch.board.alarms.isEmpty)
    }

    @Test func `dead letters that nobody settles stay a quiet alarm, one for each route`() throws {
        var watch = AlarmWatch()
        for _ in 0..<3 {
            watch.pass {
                $0.routes[0].deadLetters += 1
                $0.routes[0].condemned += 1
            }
            watch.pass(seconds: 40)
            #expect(watch.titles == ["alba refuses packets for good"], "it says the same meanwhile")
        }
        watch.pass(seconds: 60)
        let alarm = try #require(watch.board.alarms.first)
        #expect(watch.titles == ["alba has dead letters"] && alarm.severity == .notice)
        #expect(alarm.route == "alba" && alarm.text.hasPrefix("3 dead letters stand; look at them"))
        watch.pass(seconds: 3_600)
        #expect(watch.titles == ["alba has dead letters"])
        watch.pass {
            $0.routes[0].deadLetters += 1
            $0.routes[0].condemned += 1
        }
        watch.pass(seconds: 3_600)
        watch.pass(seconds: 11) { $0.routes[0].deadLetters = 0 }
        #expect(watch.board.alarms.isEmpty)
        #expect(
            watch.changes == [
                "+alba refuses packets for good", "+alba refuses packets for good",
                "-alba has dead letters",
            ], "what comes on top of those that stand is told")
    }

    @Test func `an alarm that goes back and forth between severities is told each once`() {
        var watch = AlarmWatch()
        watch.pass(seconds: 2) {
            $0.routes[0].state = .refusing
            $0.routes[0].deadLetters += 10
            $0.routes[0].condemned += 10
        }
        for _ in 0..<5 {
            watch.pass(seconds: 20) { $0.routes[0].state = .refusing }
            #expect(watch.board.alarms.map(\.severity) == [.critical])
            watch.pass(seconds: 5) {
                $0.routes[0].state = .flowing
                $0.routes[0].delivered += 1
                $0.routes[0].condemned += 1
                $0.routes[0].deadLetters += 1
            }
            #expect(watch.board.alarms.map(\.severity) == [.warning])
        }
        let title = "+alba refuses packets for good"
        #expect(watch.changes == [title, title])
    }

    @Test func `dead letters from before the start are told too`() {
        var watch = AlarmWatch()
        watch.pass(seconds: 15) { $0.routes[0].deadLetters = 1 }
        #expect(watch.titles == ["alba has dead letters"])
        #expect(watch.texts[0].hasPrefix("1 dead letter stands; "))
    }

    @Test func `now and then a dead letter is an alarm of lesser weight`() {
        var watch = AlarmWatch()
        watch.pass {
            $0.routes[0].deadLetters += 1
            $0.routes[0].condemned += 1
        }
        #expect(watch.board.alarms.map(\.severity) == [.warning])
        #expect(watch.texts[0].hasPrefix("1 dead letter; "))
    }

    @Test func `a destination that refuses one device of many keeps its weight`() {
        var watch = AlarmWatch()
        for second in 0..<120 {
            watch.pass {
                let isRefusing = second % 5 < 3
                $0.routes[0].state = isRefusing ? .refusing : .flowing
                $0.routes[0].deadLetters += isRefusing ? 1 : 0
                $0.routes[0].condemned += isRefusing ? 1 : 0
            }
            #expect(watch.board.alarms.map(\.severity) == [.warning])
        }
    }

    @Test func `letters that stand for a moment, go out again or are dropped are no alarm`() {
        var watch = AlarmWatch()
        watch.pass { $0.routes[0].deadLetters = 90 }
        watch.pass {
            $0.routes[0].deadLetters = 40
            $0.routes[0].inFlight = 50
        }
        watch.pass { $0.routes[0].deadLetters = 0 }
        #expect(watch.board.alarms.isEmpty)
    }

    @Test func `a route that is paused while it fails begins its five seconds anew`() {
        var watch = AlarmWatch()
        watch.pass(seconds: 6) { $0.routes[0].state = .retrying }
        #expect(watch.titles == ["alba fails"])
        watch.pass(seconds: 31) { $0.routes[0].state = .paused }
        #expect(watch.board.alarms.isEmpty)
        watch.pass(seconds: 5) { $0.routes[0].state = .retrying }
        #expect(watch.board.alarms.isEmpty)
    }
}
