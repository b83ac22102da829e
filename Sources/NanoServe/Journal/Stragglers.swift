/// Devices of a destination whose packets wait on the disk alone, in front of where its cursor reads.
///
/// Packets of theirs fail again and again while those of others are taken. There is no end to what may
/// follow of them, so it is left where it is, and a second reader comes for it when the first of
/// them are through. Nothing else has to wait, and it takes memory for each device, not for each packet.
struct Stragglers {
    /// Where the packets of a device are that were left.
    private struct Trail {
        /// The first of them, but for ``again``.
        let first: LogPlace
        /// Where the next one to take is looked for.
        var next: LogPlace
        /// Those before it that were taken before the start, and have to be taken once more.
        var again: [LogPlace] = []
        /// Those before it that are taken and not settled.
        var underWay: [LogPlace] = []

        /// Where the first may be that is to be taken.
        var start: LogPlace { again.first.map { min($0, next) } ?? next }

        /// Takes a packet, if it is to be taken.
        mutating func take(_ place: LogPlace) -> Bool {
            if let index = again.firstIndex(of: place) {
                again.remove(at: index)
            } else if next <= place {
                next = LogPlace(position: place.position, record: place.record + 1)
            } else {
                return false
            }
            underWay.append(place)
            return true
        }

        /// Notes that no packet to be taken lies before a place.
        mutating func pass(to place: LogPlace) {
            again.removeAll { $0 < place }
            next = max(next, place)
        }
    }

    private var trails: [UInt64: Trail] = [:]
    /// Packets that are left, by segment.
    private var counts: [UInt64: UInt64] = [:]
    /// All of them.
    private(set) var count: UInt64 = 0
    /// Devices that had no packets under way when that was looked at last.
    private var ready: Set<UInt64> = []
    /// Where the first packet may be of those that have become so since ``begin()``; of all others nothing
    /// lies in front of the reader.
    private var unread: LogPlace?
    /// Whether there were none before them.
    private var isReadyAnew = false
    private var reader = StragglerReader()
    /// Records that may be read until others have their turn.
    private var budget = 0

    /// Devices that there may be.
    private static let limit = 16_384
    private static let recordsAtOnce = 8_192

    init() {}

    /// Goes on with what was saved.
    ///
    /// - Parameter log: What of it is gone there is not looked for.
    init(_ saved: SavedStragglers, log: SegmentLog) {
        let start = LogPlace(position: log.start)
        for device in saved.devices {
            let next = max(device.next, start)
            trails[device.device] = Trail(
                first: next, next: next, again: device.underWay.filter { $0 >= start }.sorted())
        }
        for left in saved.left {
            let known = log.segment(left.segment)?.summary.counts.max() ?? 0
            counts[left.segment] = known > 0 ? min(left.packets, known) : nil
        }
        count = counts.values.reduce(0, +)
        for device in trails.keys { noteFree(device) }
    }

    var isEmpty: Bool { trails.isEmpty }
    var hasRoom: Bool { trails.count < Self.limit }
    /// Whether there may be some that can be taken.
    var areReady: Bool { !ready.isEmpty }

    /// Whether a packet of a device at some place is one of those that are left.
    func holds(_ device: UInt64, at place: LogPlace) -> Bool {
        trails[device].map { $0.first <= place || $0.again.contains(place) } ?? false
    }

    /// Leaves a packet where it is.
    ///
    /// - Parameter isFree: Whether its device has no packets under way.
    mutating func leave(_ device: UInt64, at place: LogPlace, isFree: Bool) {
        if !holds(device, at: place) {
            trails[device] = Trail(
                first: place, next: place, again: trails[device]?.again ?? [],
                underWay: trails[device]?.underWay ?? [])
        }
        counts[place.position.segment, default: 0] += 1
        count += 1
        if isFree { noteFree(device) }
    }

    /// Notes that a device has no packets under way any more.
    mutating func noteFree(_ device: UInt64) {
        guard let start = trails[device]?.start else { return }
        let wasEmpty = ready.isEmpty
        guard ready.insert(device).inserted else { return }
        if wasEmpty { isReadyAnew = true }
        unread = wasEmpty ? start : min(unread ?? start, start)
    }

    /// Notes that a packet that was taken here is settled.
    mutating func settle(_ device: UInt64, at place: LogPlace) {
        trails[device]?.underWay.removeAll { $0 == place }
    }

    /// Where the disk has to be read for them; nil when it need not be.
    var wanted: LogPosition? { ready.isEmpty ? nil : reader.wanted }

    /// Takes blocks from the disk.
    mutating func supply(_ blocks: [LogBlock], from position: LogPosition, next: LogPosition) {
        reader.supply(blocks, from: position, next: next)
    }

    /// Goes to where the first packet may be that can be taken.
    mutating func begin() {
        budget = Self.recordsAtOnce
        if let unread, isReadyAnew || unread < reader.here { reader.seek(unread) }
        (unread, isReadyAnew) = (nil, false)
    }

    /// Whether nothing but the turn of others has ended the taking.
    var hasMore: Bool { budget == 0 && areReady }

    /// The next packet that can be taken; nil when there is none at hand. When all has been looked
    /// through up to where the cursor reads, the devices that have nothing left are no stragglers any more.
    ///
    /// ``begin()`` comes before it.
    ///
    /// - Parameters:
    ///   - end: Where the cursor reads on.
    ///   - isLast: Whether nothing is left behind that.
    ///   - blocks: What the reader gets blocks from.
    ///   - isFree: Whether a device has no packets under way.
    mutating func take(
        until end: LogPlace, isLast: Bool, from blocks: inout BlockSource, isFree: (UInt64) -> Bool
    ) -> StragglerReader.Found? {
        while !ready.isEmpty, budget > 0 {
            budget -= 1
            switch reader.read(until: end, from: &blocks) {
            case .nothing: return nil
            case .end:
                guard isLast else { return nil }
                for device in ready where isFree(device) {
                    // What was taken has to be settled before that is forgotten.
                    if trails[device]?.underWay.isEmpty == true { trails[device] = nil }
                }
                ready = []
            case .record(let found):
                let device = found.record.device
                guard ready.contains(device) else { continue }
                guard isFree(device) else {
                    ready.remove(device)
                    continue
                }
                guard trails[device]?.take(found.log) == true else { continue }
                forget(1, of: found.log.position.segment)
                return found
            }
        }
        return nil
    }

    /// Notes that packets of a device are under way.
    mutating func noteBusy(_ device: UInt64) {
        if !ready.isEmpty { ready.remove(device) }
    }

    /// Gives up what is left in front of a segment.
    ///
    /// - Parameters:
    ///   - segment: Its number.
    ///   - start: Where its first block is.
    /// - Returns: How many packets that were.
    mutating func expire(before segment: UInt64, start: LogPosition) -> UInt64 {
        let first = LogPlace(position: start)
        trails = trails.mapValues { trail in
            Trail(
                first: max(trail.first, first), next: max(trail.next, first),
                again: trail.again.filter { $0 >= first },
                underWay: trail.underWay.filter { $0 >= first })
        }
        if reader.here < first { reader.seek(first) }
        let gone = counts.filter { $0.key < segment }
        for (old, packets) in gone { forget(packets, of: old) }
        return gone.values.reduce(0, +)
    }

    /// What is taken and not settled.
    var underWay: Set<LogPlace> { Set(trails.values.flatMap(\.underWay)) }

    /// Gives up everything that is left up to a place; what is under way is not touched.
    mutating func skip(to end: LogPosition) {
        trails = trails.filter { !$0.value.underWay.isEmpty }
            .mapValues {
                Trail(first: $0.first, next: LogPlace(position: end), underWay: $0.underWay)
            }
        (counts, count, ready, unread) = ([:], 0, [], nil)
    }

    /// Forgets packets that should have been there and were not, once there are no stragglers any more.
    ///
    /// - Returns: How many those were.
    mutating func takeMissing() -> UInt64 {
        guard trails.isEmpty else { return 0 }
        defer { (counts, count) = ([:], 0) }
        return count
    }

    /// What to go on with after a restart; nil when there are none.
    ///
    /// - Parameter reread: Packets by segment that the cursor will come to again.
    func saved(_ cursor: SavedCursor, reread: [UInt64: UInt64]) -> SavedStragglers? {
        guard !trails.isEmpty else { return nil }
        var left = counts
        for place in underWay {
            left[place.position.segment, default: 0] += 1
        }
        return SavedStragglers(
            position: cursor.position, settled: cursor.settled, done: cursor.done,
            devices: trails.map { device, trail in
                var trail = trail
                if unread == nil, ready.contains(device) { trail.pass(to: reader.here) }
                return SavedStragglers.Device(
                    device: device, next: trail.next,
                    underWay: (trail.again + trail.underWay).sorted())
            }.sorted { $0.device < $1.device },
            left: left.map {
                let again = min($0.value, reread[$0.key, default: 0])
                return SavedStragglers.Left(segment: $0.key, packets: $0.value - again)
            }.sorted { $0.segment < $1.segment })
    }

    private mutating func forget(_ some: UInt64, of segment: UInt64) {
        let known = min(some, counts[segment, default: 0])
        counts[segment] = counts[segment] == known ? nil : counts[segment, default: 0] - known
        count -= known
    }
}
