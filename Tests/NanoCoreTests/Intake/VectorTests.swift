import Foundation
import NanoCore
import Testing

/// The independent conformance data, where this checkout lies beside it.
@Suite(.enabled(if: FrameVectors.areHere)) struct VectorTests {
    let vectors: FrameVectors

    init() throws {
        vectors = try FrameVectors()
    }

    @Test func `every valid frame is accepted`() {
        for entry in vectors.valid {
            var judge = Judge(
                secrets: vectors.secrets.merging(entry.ownSecret) { $1 }, minimumLevel: .none,
                unixSeconds: vectors.now)
            #expect(judge.judge(entry.bytes) == [.accepted(offset: 0)], "\(entry.name)")
        }
    }

    @Test func `every invalid frame is refused for its reason`() {
        for entry in vectors.invalid {
            var judge = Judge(
                secrets: vectors.secrets, minimumLevel: .none, unixSeconds: vectors.now)
            for frame in entry.before {
                #expect(judge.judge(frame) == [.accepted(offset: 0)], "\(entry.name)")
            }
            let rulings = judge.judge(entry.bytes)
            #expect(rulings.count == 1, "\(entry.name): \(rulings)")
            let reason = rulings.first?.reason?.name ?? "accepted"
            #expect(entry.reasons.contains(reason), "\(entry.name): \(reason)")
        }
    }

    @Test func `every stream gives its frames however it is cut`() {
        for entry in vectors.streams {
            var whole: [Ruling]?
            for pieces in [entry.chunks, [.max], [1], [2, 3], [15]] {
                var judge = Judge(
                    secrets: vectors.secrets, minimumLevel: .none, unixSeconds: vectors.now)
                let rulings = judge.judge(entry.bytes, pieces: pieces)
                #expect(rulings.count { $0.reason == nil } == entry.accepted, "\(entry.name)")
                #expect(rulings == whole ?? rulings, "\(entry.name) in \(pieces)")
                whole = rulings
            }
        }
    }
}
