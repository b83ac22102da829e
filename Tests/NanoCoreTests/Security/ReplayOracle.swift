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
        let model: ModelID
        var newest: UInt32
        var start: UInt32
        /// Whether it may be refused what is lost.
        var heedsLostTimes: Bool
        var heard: Int
        var heardAt: Int64
    }

    /// Since when the guard knows a second without a gap of 300 s, counted in gaps.
    private struct Second {
        var insertedAt: Int64
        var gaps = 0
    }

    let deviceCapacity: Int
    /// Whether memory may have been short, so that any second may have been given up.
    let isShortOfMemory: Bool
    /// Each frame with the gaps of its second when it was accepted; nil when a restart lost it.
    private var accepted: [UInt64: Int?] = [:]
    /// By ring and timestamp in one number.
    private var firstGap: [UInt64: Int] = [:]
    private var rings: [UInt64: Ring] = [:]
    private var seconds: [UInt32: Second] = [:]
    /// No second above this one may be lost: to a restart, with a device whose time jumped, or given up
    /// when its device had been dropped.
    private var lostUpTo: Int64 = -1
    private var mayHaveLost = false
    private var order = 0

    init(deviceCapacity: Int, isShortOfMemory: Bool) {
        self.deviceCapacity = deviceCapacity
        self.isShortOfMemory = isShortOfMemory
    }

    /// What is wrong with an answer; nil when it is right.
    mutating func fault(
        _ answer: ReplayGuard.Check, to frame: Frame, at now: UInt64
    ) -> String? {
        let known = accepted[frame.number]
        let second = seconds[frame.timestamp]
        let ring = rings[frame.device]
        if let gapsThen = known, let gapsThen, !isShortOfMemory, let second,
            gaps(second, at: now) == gapsThen
        {
            if case .replay = answer { return nil }
            return "not recognised, though its second is exact"
        }
        switch answer {
        case .fresh: return known == nil ? nil : "accepted twice"
        case .replay: return known == nil ? "called a replay, but is new" : nil
        case .stale(.behindNewest):
            guard let ring else { return "behind nothing" }
            let isBehind = frame.timestamp < ring.newest && ring.newest - frame.timestamp > 4_096
            return isBehind && frame.timestamp >= ring.start ? nil : "not behind its newest"
        case .stale(.secondEvicted):
            guard let ring, let first = firstGap[deviceSecond(frame, ring)], let second else {
                return "nothing of the second was accepted"
            }
            let mayBeGivenUp = isShortOfMemory || gaps(second, at: now) > first
            return mayBeGivenUp ? nil : "its second is exact"
        default:
            guard ring?.heedsLostTimes ?? true else { return "refused for what others lost" }
            return mayBeLost(frame.timestamp, at: now) ? nil : "nothing so new can be lost"
        }
    }

    /// Notes a frame that the guard has accepted.
    mutating func accept(_ frame: Frame, of model: ModelID, at now: UInt64) {
        order += 1
        if rings[frame.device] == nil { addRing(for: frame, of: model, at: now) }
        guard var ring = rings[frame.device] else { return }
        ring.heard = order
        ring.heardAt = Int64(now)
        move(&ring, to: frame.timestamp)
        rings[frame.device] = ring
        accepted[frame.number] = noteSecond(frame, ring, at: now)
    }

    /// The guard starts without a memory, refusing what is not newer than this.
    mutating func restartUnclean(forgetting timestamp: UInt32) {
        rings = [:]
        seconds = [:]
        accepted = accepted.mapValues { _ in nil }
        lostUpTo = max(lostUpTo, Int64(timestamp))
        mayHaveLost = true
    }

    /// The monotonic clock starts anew, with everything as old as it was.
    mutating func rebase(from before: UInt64, to after: UInt64) {
        let step = Int64(after) - Int64(before)
        for timestamp in seconds.keys { seconds[timestamp]?.insertedAt += step }
        for device in rings.keys { rings[device]?.heardAt += step }
    }

    private mutating func mayBeLost(_ timestamp: UInt32, at now: UInt64) -> Bool {
        if Int64(timestamp) <= lostUpTo { return true }
        for (candidate, second) in seconds where Int64(candidate) > lostUpTo {
            if isShortOfMemory || gaps(second, at: now) > 0 { lostUpTo = Int64(candidate) }
        }
        return Int64(timestamp) <= lostUpTo
    }

    private mutating func addRing(for frame: Frame, of model: ModelID, at now: UInt64) {
        if rings.count == deviceCapacity {
            rings[deviceToDrop(at: now)] = nil
            mayHaveLost = true
        }
        rings[frame.device] = Ring(
            number: order, model: model, newest: frame.timestamp, start: frame.timestamp,
            heedsLostTimes: mayHaveLost, heard: order, heardAt: Int64(now))
    }

    /// The one silent for longest, beyond the window; else that of the model with most devices.
    private func deviceToDrop(at now: UInt64) -> UInt64 {
        let oldest = rings.min { $0.value.heard < $1.value.heard }
        guard let oldest else { preconditionFailure("a full table is not empty") }
        if Int64(now) - oldest.value.heardAt >= 3_720_000_000_000 { return oldest.key }
        let models = Dictionary(grouping: rings) { $0.value.model }
        let heads = models.values.compactMap { rings in
            rings.min { $0.value.heard < $1.value.heard }.map { (rings.count, $0) }
        }
        let largest = heads.max { ($0.0, $1.1.value.heard) < ($1.0, $0.1.value.heard) }
        return largest?.1.key ?? oldest.key
    }

    private mutating func move(_ ring: inout Ring, to timestamp: UInt32) {
        let distance = abs(Int64(timestamp) - Int64(ring.newest))
        if timestamp > ring.newest, distance <= 4_096 {
            ring.newest = timestamp
        } else if timestamp <= ring.newest, timestamp >= ring.start || distance <= 4_096 {
            ring.start = min(ring.start, timestamp)
        } else {
            // The seconds that the ring had left behind, whatever was in them.
            let behind = Int64(ring.newest) - 4_097
            if Int64(ring.start) <= behind { lostUpTo = max(lostUpTo, behind) }
            mayHaveLost = true
            ring.newest = timestamp
            ring.start = timestamp
            ring.heedsLostTimes = true
        }
    }

    /// - Returns: The gaps that the second has had.
    private mutating func noteSecond(_ frame: Frame, _ ring: Ring, at now: UInt64) -> Int {
        var second = seconds[frame.timestamp] ?? Second(insertedAt: Int64(now))
        second.gaps = gaps(second, at: now)
        second.insertedAt = Int64(now)
        seconds[frame.timestamp] = second
        let key = deviceSecond(frame, ring)
        firstGap[key] = min(firstGap[key] ?? .max, second.gaps)
        return second.gaps
    }

    /// A second of a device, since the device has its present ring.
    private func deviceSecond(_ frame: Frame, _ ring: Ring) -> UInt64 {
        UInt64(ring.number) << 32 | UInt64(frame.timestamp)
    }

    private func gaps(_ second: Second, at now: UInt64) -> Int {
        second.gaps + (Int64(now) - second.insertedAt >= 300_000_000_000 ? 1 : 0)
    }
}
