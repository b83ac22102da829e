import NanoCore
import Testing

@testable import NanoServe

/// What follows for one connection.
@Suite struct ConnectionWatchTests {
    private let offenders: Offenders
    private static let second: UInt64 = 1_000_000_000

    init() {
        offenders = Self.offenders(.block)
    }

    private static func offenders(_ action: OffenderRules.Action) -> Offenders {
        var doors = DoorRules()
        doors.offenders.action = action
        (doors.offenders.slowAfter, doors.offenders.blockAfter) = (10, 1_000)
        return Offenders(doors, now: Moment(unixMilliseconds: 0, monotonicNanoseconds: 0))
    }

    private func watch(
        _ offenders: Offenders, _ address: String = "10.0.0.9",
        _ standing: Visitor.Standing = .device
    ) -> ConnectionWatch {
        let visitor = Visitor(
            IPAddress(address), port: 1, standing: standing, hash: SipHash(key: (1, 2)))
        return ConnectionWatch(offenders, of: visitor, now: 0)
    }

    private func counts(genuine: Int = 0, offences: Int) -> ReadCounts {
        var counts = ReadCounts()
        counts.genuine = genuine
        for _ in 0..<offences { counts.offences.add(.macMismatch) }
        return counts
    }

    @Test func `reads are paused for longer and longer, up to five seconds`() {
        var watch = watch(offenders)
        #expect(watch.note(counts(offences: 9), now: 1) == .goOn)
        let pauses = (0..<9).map { _ in watch.note(counts(offences: 1), now: 2) }
        let milliseconds: [UInt64] = [50, 100, 200, 400, 800, 1_600, 3_200, 5_000, 5_000]
        #expect(pauses == milliseconds.map { .pause(nanoseconds: $0 * 1_000_000) })
    }

    @Test func `a connection that lately brought a genuine frame is left alone`() {
        var watch = watch(offenders)
        #expect(watch.note(counts(genuine: 1, offences: 5_000), now: 1) == .goOn)
        #expect(watch.note(counts(offences: 5_000), now: 59 * Self.second) == .goOn)
        #expect(watch.note(counts(offences: 5_000), now: 62 * Self.second) == .close)
    }

    @Test func `beside honest devices the offending connection alone is closed`() {
        var (honest, hostile) = (watch(offenders), watch(offenders))
        #expect(honest.note(counts(genuine: 1, offences: 0), now: 1) == .goOn)
        #expect(hostile.note(counts(offences: 999), now: 2) == .pause(nanoseconds: 50_000_000))
        #expect(hostile.note(counts(offences: 1), now: 3) == .close)
        #expect(!honest.isToBeClosed(now: 4))
        #expect(offenders.snapshot(now: .now).blocked == 0)
        #expect(honest.note(counts(genuine: 1, offences: 0), now: 5) == .goOn)
    }

    @Test func `other connections of a source that is blocked are closed, those on trial are not`()
    {
        var hostile = watch(offenders)
        let other = watch(offenders)
        #expect(hostile.note(counts(offences: 1_000), now: Self.second) == .close)
        #expect(other.isToBeClosed(now: 2 * Self.second))
        let visitor = Visitor(
            IPAddress("10.0.0.9"), port: 2, standing: .device, hash: SipHash(key: (1, 2)))
        var trial = ConnectionWatch(offenders, of: visitor, now: 3 * Self.second)
        #expect(!trial.isToBeClosed(now: 4 * Self.second))
        #expect(trial.note(counts(offences: 1), now: 5 * Self.second) == .close)
    }

    @Test(arguments: [Visitor.Standing.unnamed, .proxy])
    func `a proxy is not charged with those it does not name`(standing: Visitor.Standing) {
        var watch = watch(offenders, "10.0.0.9", standing)
        #expect(watch.note(counts(offences: 5_000), now: 1) == .goOn)
        #expect(offenders.snapshot(now: .now).rows.isEmpty)
    }

    @Test func `who only watches neither pauses nor closes, and tells`() {
        let offenders = Self.offenders(.watch)
        var watch = watch(offenders)
        let now = Moment.now
        #expect(watch.note(counts(offences: 5_000), now: now.monotonicNanoseconds) == .goOn)
        #expect(offenders.snapshot(now: now).rows.map(\.state) == [.watched])
    }

    @Test func `recordings are an offence, retransmissions and faults of devices are none`() {
        let offences = [
            Refusal(.macMismatch), Refusal(.badMagic), Refusal(.timestampAncient),
            Refusal(.replay, .otherAddress), Refusal(.profileViolation, .deviceUnnamed),
        ]
        let faults = [
            Refusal(.replay, .sameConnection), Refusal(.replay, .sameAddress),
            Refusal(.rateLimited, .sourceLimit), Refusal(.replayStale), Refusal(.cborMalformed),
            Refusal(.profileViolation, .missing),
            Refusal(.profileViolation, .deviceUnknown), Refusal(.rateLimited, .deviceLimit),
            Refusal(.profileViolation, .deviceBlocked),
            Refusal(.profileViolation, .otherCertificate),
        ]
        #expect(offences.map(\.isOffence) == [true, true, true, true, true])
        #expect(faults.map(\.isOffence) == Array(repeating: false, count: 10))
        #expect(offences.map(\.provesDevice) == Array(repeating: false, count: 5))
        // What is not remembered can be recorded, and sent again by anybody.
        #expect(
            faults.map(\.provesDevice) == [
                false, false, false, false, true, true, false, true, false, false,
            ])
    }
}
