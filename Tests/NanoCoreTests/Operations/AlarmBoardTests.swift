import NanoCore
import Testing

/// When alarms begin, how long they stand, and what is left of them.
@Suite struct AlarmBoardTests {
    @Test func `a quiet gateway has no alarms`() {
        var watch = AlarmWatch()
        watch.pass(seconds: 100) {
            $0.ledger.accepted += 1_000
            $0.routes[0].delivered += 1_000
        }
        #expect(watch.board.alarms.isEmpty && watch.changes.isEmpty)
    }

    @Test func `what was refused before the first look is no alarm`() {
        var board = AlarmBoard()
        var snapshot = Snapshot()
        snapshot.models = [ModelSnapshot(id: .custom)]
        snapshot.refuse(1_000_000, .replay)
        board.look(at: snapshot, now: Moment(unixMilliseconds: 0, monotonicNanoseconds: 0))
        #expect(board.alarms.isEmpty)
    }

    @Test func `a rate is judged by the time that passed between two looks`() {
        var watch = AlarmWatch()
        watch.skip(seconds: 9)
        watch.pass { $0.refuse(49, .replay) }
        #expect(watch.board.alarms.isEmpty)
        watch.skip(seconds: 9)
        watch.pass { $0.refuse(50, .replay) }
        #expect(watch.titles == ["replay storm"])
    }

    @Test func `an alarm lasts as long as it stood, though the clock was set back`() throws {
        var board = AlarmBoard()
        var snapshot = Snapshot()
        snapshot.gateway.state = .running
        func look(_ unixMilliseconds: Int64, _ seconds: UInt64) {
            board.look(
                at: snapshot,
                now: Moment(
                    unixMilliseconds: unixMilliseconds,
                    monotonicNanoseconds: seconds * 1_000_000_000))
        }
        snapshot.anomalies = [
            AnomalySnapshot(
                kind: .silence, devices: 1,
                examples: [.init(model: .custom, device: "D-1", evidence: "silent")])
        ]
        look(1_790_000_000_000, 10)
        #expect(board.alarms.first?.lastedSeconds == nil && board.alarms.count == 1)
        snapshot.anomalies = []
        look(1_789_000_000_000, 70)
        let over = try #require(board.ended.first)
        #expect(over.endedUnixMilliseconds == 1_789_000_000_000 && over.lastedSeconds == 60)
    }

    @Test func `two looks at the same moment judge nothing`() {
        var watch = AlarmWatch()
        watch.snapshot.refuse(1_000, .replay)
        watch.look()
        #expect(watch.board.alarms.isEmpty)
    }

    @Test func `an alarm stays while its cause comes back, with its first time and newest words`()
        throws
    {
        var watch = AlarmWatch()
        watch.pass { $0.refuse(5, .replay) }
        let first = try #require(watch.board.alarms.first)
        #expect(first.unixMilliseconds == 1_790_000_001_000)
        for _ in 0..<3 {
            watch.pass(seconds: 19)
            #expect(watch.board.alarms.count == 1)
            watch.pass { $0.refuse(6_018, .replay) }
        }
        let last = try #require(watch.board.alarms.first)
        #expect(watch.board.alarms.count == 1 && watch.changes == ["+replay storm"])
        #expect(last.id == first.id && last.unixMilliseconds == first.unixMilliseconds)
        #expect(last.text.contains("602 frames/s"))
    }

    @Test func `an alarm falls when its cause has been away for a while, and can come again`()
        throws
    {
        var watch = AlarmWatch()
        watch.pass { $0.refuse(5, .replay) }
        let first = try #require(watch.board.alarms.first)
        watch.pass(seconds: 21)
        #expect(watch.board.alarms.count == 1 && watch.board.ended.isEmpty)
        watch.pass()
        #expect(watch.board.alarms.isEmpty)
        let ended = try #require(watch.board.ended.first)
        #expect(ended.id == first.id && ended.unixMilliseconds == first.unixMilliseconds)
        #expect(ended.endedUnixMilliseconds == 1_790_000_023_000)
        watch.pass { $0.refuse(50, .replay) }
        let second = try #require(watch.board.alarms.first)
        #expect(second.id == first.id && second.unixMilliseconds > first.unixMilliseconds)
        #expect(second.endedUnixMilliseconds == nil)
        #expect(watch.changes == ["+replay storm", "-replay storm", "+replay storm"])
    }

    @Test func `the newest alarm stands first, and so does the last to end`() {
        var watch = AlarmWatch()
        watch.pass { $0.refuse(9, .replay) }
        watch.pass { $0.refuse(10, .macMismatch, model: 1) }
        #expect(watch.titles == ["MAC failures", "replay storm"])
        watch.pass(seconds: 40)
        #expect(watch.board.ended.map(\.title) == ["MAC failures", "replay storm"])
    }

    @Test func `the history is short`() {
        var watch = AlarmWatch()
        for _ in 0..<AlarmBoard.historyCount + 5 {
            watch.pass { $0.refuse(90, .replay) }
            watch.pass(seconds: 45)
        }
        #expect(watch.board.ended.count == AlarmBoard.historyCount)
        #expect(watch.board.alarms.isEmpty)
    }

    @Test func `reading that stopped is an alarm at once, with its reason`() throws {
        var watch = AlarmWatch()
        watch.pass {
            $0.gateway.state = .blocked
            $0.gateway.stateReason = "the journal is full"
        }
        let alarm = try #require(watch.board.alarms.first)
        #expect(alarm.severity == .critical && alarm.text == "the journal is full")
        watch.pass(seconds: 31) { $0.gateway.state = .running }
        #expect(watch.board.alarms.isEmpty)
    }

    @Test func `a damaged audit trail is an alarm that stands`() {
        var watch = AlarmWatch()
        watch.pass(seconds: 120) { $0.gateway.auditDamage = "entry 5 is missing\u{1B}" }
        #expect(watch.titles == ["audit trail damaged"])
        #expect(watch.texts[0].hasPrefix("entry 5 is missing\\u{1B}; a new chain covers "))
    }

    @Test func `a registry, or blocks, that cannot be read are alarms until they can`() {
        var watch = AlarmWatch()
        watch.pass { $0.gateway.registryFault = "/s/registry.json: not JSON\u{1B}" }
        watch.pass { $0.gateway.blocksFault = "/s/blocks.json: version is 9" }
        #expect(watch.titles == ["blocks not readable", "registry not readable"])
        #expect(watch.board.alarms.allSatisfy { $0.severity == .critical })
        #expect(watch.texts[1].hasPrefix("/s/registry.json: not JSON\\u{1B}; what it said before"))
        watch.pass { ($0.gateway.registryFault, $0.gateway.blocksFault) = (nil, nil) }
        watch.pass()
        #expect(watch.titles.isEmpty)
    }

    @Test func `an audit trail that is not copied is an alarm after a minute, until it is`() {
        var watch = AlarmWatch()
        let copy = AuditCopySnapshot(
            route: "history", newest: 1_007, copied: 5, fault: "no\u{1B} connection")
        watch.pass(seconds: 50) { $0.gateway.auditCopies = [copy] }
        #expect(watch.titles.isEmpty)
        watch.pass(seconds: 20) { $0.gateway.auditCopies = [copy] }
        #expect(watch.titles == ["audit trail not copied"])
        #expect(
            watch.texts[0].hasPrefix(
                "1,002 entries of it wait for history: no\\u{1B} connection; the file has all"))
        watch.pass { $0.gateway.auditCopies?[0].copied = 1_006 }
        #expect(watch.texts[0].hasPrefix("1 entry of it waits for history: "))
        watch.pass(seconds: 2) { $0.gateway.auditCopies?[0].fault = "" }
        #expect(watch.titles.isEmpty)
    }

    @Test func `a keystore that cannot be read is an alarm until it can`() {
        var watch = AlarmWatch()
        watch.pass { $0.gateway.keystoreFault = "keystore.sealed: sealed with key 00" }
        #expect(watch.board.alarms.map(\.severity) == [.critical])
        #expect(watch.texts[0].hasSuffix("; keystore.sealed: sealed with key 00"))
        watch.pass { $0.gateway.keystoreFault = nil }
        watch.pass()
        #expect(watch.changes == ["+keystore not readable", "-keystore not readable"])
    }

    @Test func `a lost replay memory is one alarm that counts down and ends by itself`() throws {
        var watch = AlarmWatch()
        let forgotten: UInt32 = 1_790_000_003
        func lose(_ snapshot: inout Snapshot) {
            // What a gateway says of itself a second after the last look.
            let now = snapshot.gateway.unixMilliseconds / 1_000 + 1
            let loss = ReplayLoss(forgotten: forgotten, unixSeconds: now)
            snapshot.gateway.replayLoss = loss
            snapshot.gateway.state = loss == nil ? .running : .blocked
            snapshot.gateway.stateReason = loss?.sentence ?? ""
            snapshot.refuse(1_000, .replayStale)
        }
        watch.pass(lose)
        #expect(watch.titles == ["replay memory lost"])
        #expect(watch.texts[0].contains("are refused, 3 s left; "))
        watch.pass(seconds: 2, lose)
        #expect(watch.texts[0].contains("are refused, 1 s left; "))
        watch.pass(lose)
        #expect(watch.board.alarms.isEmpty, "those of the last second are part of it")
        watch.pass(seconds: 12, lose)
        #expect(watch.titles == ["stale frames"], "what is refused from now on has other causes")
    }

    @Test func `a journal that is nearly full says how long it lasts and what would help`() throws {
        var watch = AlarmWatch()
        watch.pass(seconds: 40) {
            $0.journal.usedBytes += 1 << 20
            $0.routes[0].waiting += 10_000
            $0.routes[0].accepted += 10_000
            $0.routes[0].state = .paused
        }
        #expect(watch.titles == ["alba is paused"])
        watch.pass(seconds: 12) {
            $0.journal.usedBytes += 1 << 20
            $0.routes[0].waiting += 10_000
        }
        #expect(watch.titles == ["journal nearly full", "alba is paused"])
        #expect(
            watch.texts[0]
                == "54.5 MB of 67.1 MB are in use, most of it for alba, full in 8 s at this rate, "
                + "and then devices have to wait; resume alba")
        watch.pass(seconds: 30) { $0.journal.usedBytes = 46 << 20 }
        #expect(watch.titles.contains("journal nearly full"), "a little room is not enough")
        watch.pass(seconds: 12) { $0.journal.usedBytes = 44 << 20 }
        #expect(!watch.titles.contains("journal nearly full"))
    }
}
