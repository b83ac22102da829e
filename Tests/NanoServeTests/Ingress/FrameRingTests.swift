import NanoCore
import Testing

@testable import NanoServe

/// The newest frames of a lane, as they are listed.
@Suite struct FrameRingTests {
    @Test func `a frame keeps both times of its judgement, and the oldest makes room`() {
        var ring = FrameRing(capacity: 2)
        let bytes: [UInt8] = [1, 2, 3]
        for number in 0..<3 as Range<UInt64> {
            // A clock that is set back between them.
            let moment = Moment(
                unixMilliseconds: 1_000 - Int64(number), monotonicNanoseconds: 10 + number)
            ring.append(
                0..<3, of: bytes.span, id: number, receivedAt: moment,
                from: PeerReference(talker: 0, port: 1), refusal: Refusal(.badMagic), model: nil)
        }
        let records = ring.records { _ in "10.0.4.1" }
        #expect(records.map(\.id) == [1, 2])
        #expect(records.map(\.unixMilliseconds) == [999, 998])
        #expect(records.map(\.monotonicNanoseconds) == [11, 12])
    }
}
