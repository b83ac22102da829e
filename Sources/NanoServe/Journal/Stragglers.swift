/// Devices of a destination whose packets wait on the disk alone, in front of where its cursor reads.
///
/// Packets of theirs fail again and again while those of others are taken. There is no end to what may
/// follow of them, so it is left where it is, and a second reader comes for it when the first of
/// them are through. Nothing else has to wait, and it takes memory for each device, not for each packet.
///
/// On its way the reader takes along what it finds of devices that have packets under way, as far as there
/// is room. It goes back for what it has gone by, but not so often that it would read the same again and
/// again for the sake of devices of which some are slower than others.
struct Stragglers {
    var trails: [UInt64: StragglerTrail] = [:]
    /// Packets that are left, by segment.
    var counts: [UInt64: UInt64] = [:]
    /// All of them.
    var count: UInt64 = 0
    /// Devices that had no packets under way when that was looked at last.
    private var ready: Set<UInt64> = []
    /// Those of them of which packets lie in front of the reader; it has none to take of them until it
    /// has gone back.
    private var behind: Set<UInt64> = []
    /// Whether there were none ready before.
    private var isReadyAnew = false
    var reader = StragglerReader()
    private var pass = StragglerPass()
    /// What the reader has taken along.
    var ahead: DeferredPackets
    /// Records that may be read until others have their turn.
    private var budget = 0

    /// Devices that there may be.
    private static let limit = 16_384
    private static let recordsAtOnce = 8_192

    /// - Parameter packetsAhead: Packets that may be taken along.
    init(packetsAhead: Int = 0) {
        ahead = DeferredPackets(limit: packetsAhead)
    }

    /// Packets that may be taken along.
    var packetsAhead: Int {
        get { ahead.limit }
        set { ahead = DeferredPackets(limit: newValue) }
    }
    var isEmpty: Bool { trails.isEmpty }
    var hasRoom: Bool { trails.count < Self.limit }
    /// Where the first of their packets may be; nil when there are none.
    var start: LogPosition? { trails.values.map(\.start).min()?.position }
    /// Whether there may be some that can be taken.
    var areReady: Bool { !ready.isEmpty || ahead.hasFree }

    /// Whether a packet of a device at some place is one of those that are left.
    func holds(_ device: UInt64, at place: LogPlace) -> Bool {
        trails[device].map { $0.first <= place || $0.again.contains(place) } ?? false
    }

    /// Leaves a packet where it is.
    ///
    /// - Parameter isFree: Whether its device has no packets under way.
    mutating func leave(_ device: UInt64, at place: LogPlace, isFree: Bool) {
        if !holds(device, at: place) {
            trails[device] = StragglerTrail(
                first: place, next: place, again: trails[device]?.again ?? [],
                underWay: trails[device]?.underWay ?? [])
        }
        counts[place.position.segment, default: 0] += 1
        count += 1
        if isFree, !ahead.holds(device) { noteFree(device) }
    }

    /// Notes that a device has no packets under way any more.
    mutating func noteFree(_ device: UInt64) {
        if !ahead.noteFree(device) { noteReady(device) }
    }

    private mutating func noteReady(_ device: UInt64) {
        guard let trail = trails[device] else { return }
        if ready.isEmpty { isReadyAnew = true }
        ready.insert(device)
        if !isSeen(trail) { behind.insert(device) }
    }

    /// Whether nothing of a device lies between what was taken of it and the reader.
    func isSeen(_ trail: StragglerTrail) -> Bool {
        !trail.isBehind && trail.start >= pass.start
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
        if !ready.isEmpty, behind.count == ready.count || pass.mayGoBack {
            goBack()
        }
        if isReadyAnew || reader.here < pass.mark { goOn() }
        isReadyAnew = false
    }

    /// Goes back to the first packet that the reader has gone by and can be taken.
    ///
    /// - Returns: Whether there is one.
    @discardableResult
    private mutating func goBack() -> Bool {
        guard let first = behind.compactMap({ trails[$0]?.start }).min() else { return false }
        go(to: first)
        return true
    }

    /// Goes by what holds nothing that can be taken.
    private mutating func goOn() {
        var first: LogPlace?
        for device in ready where !behind.contains(device) {
            guard let start = trails[device]?.start else { continue }
            guard start > reader.here else { return }
            first = min(first ?? start, start)
        }
        if let first { go(to: first) }
    }

    private mutating func go(to place: LogPlace) {
        let here = reader.here
        let seen = trails.filter { isSeen($0.value) && $0.value.start < here }.keys
        let again = trails.filter { $0.value.isBehind && $0.value.start >= place }.keys
        for device in seen { trails[device]?.pass(to: here) }
        for device in again { trails[device]?.isBehind = false }
        pass.go(from: here, to: place)
        reader.seek(place)
        behind = ready.filter { trails[$0].map { !isSeen($0) } ?? false }
    }

    /// Takes packets that the reader has taken along, of devices that have none under way, at most so many.
    mutating func takeAhead(_ limit: Int) -> [StragglerReader.Found] {
        ahead.takeFree(limit).map { packet in
            let device = packet.record.device
            trails[device]?.underWay.append(packet.log)
            forget(1, of: packet.log.position.segment)
            // More may follow in the same batch.
            if !ahead.holds(device) { noteReady(device) }
            return StragglerReader.Found(
                record: packet.record, block: packet.block, offset: 0, log: packet.log)
        }
    }

    /// Whether nothing but the turn of others has ended the taking.
    var hasMore: Bool { budget == 0 && !ready.isEmpty }

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
                if goBack() { continue }
                guard isLast else { return nil }
                for device in ready where isFree(device) {
                    // What was taken has to be settled before that is forgotten.
                    if trails[device]?.underWay.isEmpty == true { trails[device] = nil }
                }
                ready = []
            case .record(let found):
                pass.note(found.log)
                if take(found, isFree: isFree) { return found }
            }
        }
        return nil
    }

    /// Takes a packet if it can be taken, or takes it along.
    private mutating func take(_ found: StragglerReader.Found, isFree: (UInt64) -> Bool) -> Bool {
        let device = found.record.device
        guard let trail = trails[device], trail.wants(found.log) else { return false }
        if ready.contains(device), !behind.contains(device) {
            if isFree(device) {
                forget(1, of: found.log.position.segment)
                return trails[device]?.take(found.log) ?? false
            }
            ready.remove(device)
        }
        let share = max(1, packetsAhead / trails.count)
        if isSeen(trail), trail.again.isEmpty, ahead.hasRoom, ahead.count(of: device) < share {
            ahead.append(
                DeferredPackets.Packet(
                    found.record, at: found.offset, place: found.log.record, of: found.block))
            trails[device]?.pass(found.log)
        } else {
            trails[device]?.isBehind = true
        }
        return false
    }

    /// Notes that packets of a device are under way.
    mutating func noteBusy(_ device: UInt64) {
        guard !ready.isEmpty else { return }
        ready.remove(device)
        behind.remove(device)
    }

    /// Gives up what is left in front of a segment.
    ///
    /// - Parameters:
    ///   - segment: Its number.
    ///   - start: Where its first block is.
    ///   - isFree: Whether a device has no packets under way.
    /// - Returns: How many packets that were.
    mutating func expire(
        before segment: UInt64, start: LogPosition, isFree: (UInt64) -> Bool
    ) -> UInt64 {
        let first = LogPlace(position: start)
        trails = trails.mapValues { trail in
            StragglerTrail(
                first: max(trail.first, first), next: max(trail.next, first),
                again: trail.again.filter { $0 >= first },
                underWay: trail.underWay.filter { $0 >= first }, isBehind: trail.isBehind)
        }
        if reader.here < first { go(to: first) }
        for device in Set(ahead.removeAll(before: segment).map(\.record.device))
        where !ahead.holds(device) && isFree(device) { noteFree(device) }
        let gone = counts.filter { $0.key < segment }
        for (old, packets) in gone { forget(packets, of: old) }
        return gone.values.reduce(0, +)
    }

    /// What is taken and not settled.
    var underWay: Set<LogPlace> { Set(trails.values.flatMap(\.underWay)) }

    /// Gives up everything that is left, what is under way included.
    mutating func skip() {
        (trails, counts, count, ready, behind) = ([:], [:], 0, [], [])
        ahead = DeferredPackets(limit: packetsAhead)
    }

    /// Forgets packets that should have been there and were not, once there are no stragglers any more.
    ///
    /// - Returns: How many those were.
    mutating func takeMissing() -> UInt64 {
        guard trails.isEmpty else { return 0 }
        defer { (counts, count) = ([:], 0) }
        return count
    }

    private mutating func forget(_ some: UInt64, of segment: UInt64) {
        let known = min(some, counts[segment, default: 0])
        counts[segment] = counts[segment] == known ? nil : counts[segment, default: 0] - known
        count -= known
    }
}
