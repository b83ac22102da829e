import NanoCore

/// The replay guard's promise in its plainest form: it keeps everything for ever.
///
/// For each frame it says which answers are right. Where the guard may already have given a second
/// up, or may still know it exactly, both are; never is `fresh` right for a frame known before.
struct ReplayOracle {
    struct Frame {
        /// Below 256.
        let device: UInt64
        let timestamp: UInt32
        /// Below 65,536.
        let tag: UInt64

        /// All of it in one number, which is quickly hashed.
        fileprivate var number: UInt64 { device << 48 | tag << 32 | UInt64(timestamp) }
    }

    private struct Ring {
        let number: Int
        var newest: UInt32
        let floor: Int64
        var heard: Int
    }

    /// Since when the guard knows a second without a gap of 300 s, counted in gaps.
    private struct Second {
        var insertedAt: Int64
        var gaps = 0
    }

    let deviceCapacity: Int
    /// Whether memory may have been short, so that any second may have been given up.
    let isShortOfMemory: Bool
    private var accepted: Set<UInt64> = []
    /// By ring and timestamp in one number.
    private var firstGap: [UInt64: Int] = [:]
    private var rings: [UInt64: Ring] = [:]
    private var seconds: [UInt32: Second] = [:]
    private var forgotten: Int64 = -1
    private var order = 0

    init(deviceCapacity: Int, isShortOfMemory: Bool) {
        self.deviceCapacity = deviceCapacity
        self.isShortOfMemory = isShortOfMemory
    }

    /// What is wrong with an answer; nil when it is right.
    func fault(_ answer: ReplayGuard.Check, to frame: Frame, at now: UInt64) -> String? {
        let known = accepted.contains(frame.number)
        if known, answer == .fresh { return "accepted twice" }
        guard let ring = rings[frame.device] else {
            return answer == (Int64(frame.timestamp) <= forgotten ? forgottenAnswer : .fresh)
                ? nil : "wrong for a device without a ring"
        }
        if case .replay = answer { return known ? nil : "called a replay, but is new" }
        if let first = firstGap[deviceSecond(frame, ring)], let second = seconds[frame.timestamp] {
            let mayBeGivenUp = isShortOfMemory || gaps(second, at: now) > first
            if mayBeGivenUp, answer == .stale(.secondEvicted) { return nil }
            if known, !mayBeGivenUp { return "not recognised, though its second is exact" }
        }
        return answer == exactAnswer(frame, ring) ? nil : "should be \(exactAnswer(frame, ring))"
    }

    /// Notes a frame that the guard has accepted.
    mutating func accept(_ frame: Frame, at now: UInt64) {
        order += 1
        accepted.insert(frame.number)
        if rings[frame.device] == nil { addRing(for: frame) }
        rings[frame.device]?.heard = order
        if let ring = rings[frame.device] {
            rings[frame.device]?.newest = max(ring.newest, frame.timestamp)
            noteSecond(frame, ring, at: now)
        }
    }

    /// The guard starts without a memory, refusing what is not newer than this.
    mutating func restartUnclean(forgetting timestamp: UInt32) {
        rings = [:]
        seconds = [:]
        forgotten = Int64(timestamp)
    }

    /// The monotonic clock starts anew, with everything as old as it was.
    mutating func rebase(from before: UInt64, to after: UInt64) {
        for timestamp in seconds.keys {
            seconds[timestamp]?.insertedAt += Int64(after) - Int64(before)
        }
    }

    private var forgottenAnswer: ReplayGuard.Check { .stale(.beforeForgotten) }

    private func exactAnswer(_ frame: Frame, _ ring: Ring) -> ReplayGuard.Check {
        if Int64(frame.timestamp) <= ring.floor { return .stale(.beforeForgotten) }
        if frame.timestamp < ring.newest, ring.newest - frame.timestamp > 4_096 {
            return .stale(.behindNewest)
        }
        return .fresh
    }

    private mutating func addRing(for frame: Frame) {
        if rings.count == deviceCapacity,
            let oldest = rings.min(by: { $0.value.heard < $1.value.heard })
        {
            forgotten = max(forgotten, Int64(oldest.value.newest))
            rings[oldest.key] = nil
        }
        rings[frame.device] = Ring(
            number: order, newest: frame.timestamp, floor: forgotten, heard: order)
    }

    private mutating func noteSecond(_ frame: Frame, _ ring: Ring, at now: UInt64) {
        var second = seconds[frame.timestamp] ?? Second(insertedAt: Int64(now))
        second.gaps = gaps(second, at: now)
        second.insertedAt = Int64(now)
        seconds[frame.timestamp] = second
        let key = deviceSecond(frame, ring)
        firstGap[key] = min(firstGap[key] ?? .max, second.gaps)
    }

    /// A second of a device, since the device has its present ring.
    private func deviceSecond(_ frame: Frame, _ ring: Ring) -> UInt64 {
        UInt64(ring.number) << 32 | UInt64(frame.timestamp)
    }

    private func gaps(_ second: Second, at now: UInt64) -> Int {
        second.gaps + (Int64(now) - second.insertedAt >= 300_000_000_000 ? 1 : 0)
    }
}
