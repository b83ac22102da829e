import NanoCore
import Testing

/// Who looks after an alarm, and for how long.
@Suite struct AcknowledgementTests {
    private let ann = AlarmAcknowledgement(by: "ann", unixMilliseconds: 7)

    @Test func `it holds while the alarm stands, and ends with it`() throws {
        var watch = AlarmWatch()
        watch.pass { $0.refuse(5, .replay) }
        let alarm = try #require(watch.board.alarms.first)
        #expect(alarm.acknowledgement == nil)
        #expect(watch.board.acknowledge(alarm.id, ann)?.acknowledgement == ann)
        for _ in 0..<3 {
            watch.pass(seconds: 19)
            watch.pass { $0.refuse(500, .replay) }
            #expect(watch.board.alarms.first?.acknowledgement == ann)
        }
        watch.pass(seconds: 60)
        #expect(watch.board.alarms.isEmpty)
        #expect(watch.board.ended.first?.acknowledgement == ann)
        watch.pass { $0.refuse(5, .replay) }
        #expect(watch.board.alarms.first?.acknowledgement == nil)
    }

    @Test func `it is taken back, and there is none of what does not stand`() throws {
        var watch = AlarmWatch()
        watch.pass { $0.refuse(5, .replay) }
        let id = try #require(watch.board.alarms.first?.id)
        _ = watch.board.acknowledge(id, ann)
        #expect(watch.board.acknowledge(id, nil)?.acknowledgement == nil)
        #expect(watch.board.acknowledge("nothing", ann) == nil)
    }

    @Test func `one that becomes worse calls for somebody again`() throws {
        var board = AlarmBoard()
        var snapshot = Snapshot()
        snapshot.gateway.state = .running
        var time: UInt64 = 0
        func look(_ days: Double) {
            time += 1_000_000_000
            let certificate = CertificateSnapshot(
                key: "tls.certificate", validUntilUnixMilliseconds: Int64(days * 86_400_000))
            snapshot.certificates = [certificate]
            board.look(
                at: snapshot, now: Moment(unixMilliseconds: 0, monotonicNanoseconds: time))
        }
        look(20)
        let first = try #require(board.alarms.first)
        #expect(board.acknowledge(first.id, ann) != nil)
        look(19)
        #expect(board.alarms.first?.acknowledgement == ann)
        look(1)
        let worse = try #require(board.alarms.first)
        #expect(worse.severity > first.severity && worse.acknowledgement == nil)
    }
}
