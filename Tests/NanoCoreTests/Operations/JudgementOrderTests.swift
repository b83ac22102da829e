import NanoCore
import Testing

/// What came last, whatever became of the clock.
@Suite struct JudgementOrderTests {
    private func record(
        _ id: UInt64, at unixMilliseconds: Int64, _ monotonicNanoseconds: UInt64?
    ) -> PacketRecord {
        PacketRecord(
            id: id, unixMilliseconds: unixMilliseconds, address: "", bytes: [],
            monotonicNanoseconds: monotonicNanoseconds)
    }

    @Test func `records of several lanes stay in their order when the clock is set back`() {
        // Numbers of lanes say nothing of each other; the clock was set back after the second.
        let judged = [
            record(7, at: 1_000, 10), record(2, at: 1_100, 20), record(9, at: 300, 30),
            record(11, at: 300, 30), record(4, at: 400, 40),
        ]
        #expect(judged.reversed().sorted { $0.isJudged(before: $1) }.map(\.id) == [7, 2, 9, 11, 4])
    }

    @Test func `where a gateway tells no better clock the time of day decides`() {
        let judged = [record(7, at: 1_000, nil), record(2, at: 1_100, nil)]
        #expect(judged.reversed().sorted { $0.isJudged(before: $1) } == judged)
    }

    @Test func `the device that was heard last is so when the clock is set back`() {
        var (early, late) = (
            DeviceSnapshot(model: .custom, id: "early"), DeviceSnapshot(model: .custom, id: "late")
        )
        (early.lastSeenUnixMilliseconds, late.lastSeenUnixMilliseconds) = (2_000, 1_000)
        #expect(late.lastHeard < early.lastHeard)
        (early.lastSeenMonotonicNanoseconds, late.lastSeenMonotonicNanoseconds) = (10, 20)
        #expect(early.lastHeard < late.lastHeard)
    }
}
