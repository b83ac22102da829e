import NanoCore
import Synchronization

/// What one event loop judges with, and what it remembers of it.
///
/// Its lock is taken once for each read by the event loop, and for microseconds now and then by
/// whoever makes a snapshot; otherwise nobody waits for it.
final class Lane: Sendable {
    private let state: Mutex<LaneState>
    private let journal: Journal

    /// - Parameters:
    ///   - index: Place among the lanes, so that all records have numbers of their own.
    ///   - hash: That of the replay guard, so that devices have one identity.
    init(
        index: Int, laneCount: Int, intake: Intake, hash: SipHash, rules: RoutingRules,
        journal: Journal
    ) {
        state = Mutex(
            LaneState(
                index: index, laneCount: laneCount, intake: intake, hash: hash, rules: rules))
        self.journal = journal
    }

    /// Judges the bytes of a connection and journals what is accepted.
    ///
    /// - Returns: What the reader leaves to do, what was found, whether the reading has to stop for
    ///   want of room, and the monotonic time of the end, in nanoseconds.
    func judge(
        _ bytes: Span<UInt8>, ending: Ending?, with reader: inout ConnectionReader,
        from peer: PeerReference
    ) -> (outcome: ReadOutcome, counts: ReadCounts, isFull: Bool, endedAt: UInt64) {
        let now = Moment.now
        return state.withLock { state in
            state.books.beginRead()
            let outcome = reader.read(
                bytes, ending: ending, intake: &state.intake, now: now
            ) { verdict, bytes in
                state.books.note(verdict, bytes, peer, now)
            }
            let opened = state.stageAccepted(bytes, peer, now)
            let endedAt = state.books.noteDuration(since: now)
            let isFull = journal.append(state.books.staged, from: bytes, opened: opened)
            return (outcome, state.books.counts, isFull, endedAt)
        }
    }

    /// Comes back when the read that is being judged at the call, if any, is in the journal.
    func finishRead() {
        state.withLock { _ in }
    }

    /// Frames refused so far.
    var refused: UInt64 { state.withLock { $0.books.rejections.written } }

    /// Makes an address known, for the connections that come from it.
    func reference(address: String, port: UInt16) -> PeerReference {
        state.withLock {
            PeerReference(talker: $0.books.talkers.place(of: address), port: port)
        }
    }

    /// Begins to keep the frames of a device in a ring of their own, in place of another's.
    func follow(device: UInt64) {
        state.withLock { $0.books.follow(device) }
    }

    /// Puts what is judged from now on into a capture's queue; nil ends that.
    func capture(into queue: CaptureQueue?) {
        state.withLock { $0.books.capture = queue }
    }

    func replaceKeys(_ keys: KeyTable) {
        state.withLock { $0.intake.replaceKeys(keys) }
    }

    func replaceRoll(_ roll: DeviceRoll) {
        state.withLock { state in
            state.intake.replaceRoll(roll)
            state.books.strangers.keep(where: { $0 == .deviceUnknown }, by: roll)
            state.books.turnedAway.keep(
                where: { $0 != nil && $0 != .deviceUnknown }, by: roll)
        }
    }

    /// Adds what this lane knows to a snapshot in the making.
    ///
    /// What is asked for is copied under the lock, which costs a few references, and read behind
    /// it. What is not asked for is not even referred to: the event loop's next write to it would
    /// have to copy it.
    func add(to sum: inout LaneSum, parts: SnapshotParts, now: Moment) {
        let pages = state.withLock { LanePages($0, parts) }
        sum.counters.append(pages.counters)
        sum.decode.merge(pages.decode)
        pages.talkers.add(to: &sum.talkers)
        sum.names.append(pages.names)
        let address = pages.talkers.address(at:)
        sum.strangers.add(pages.strangers, address: address)
        sum.turnedAway.add(pages.turnedAway, address: address)
        pages.devices?.add(to: &sum.devices, now: now, address: address)
        if let packets = pages.packets { sum.packets += packets.records(address: address) }
        if let followed = pages.followed { sum.packets += followed.records(address: address) }
        if let rejections = pages.rejections {
            sum.rejections += rejections.records(address: address)
        }
    }

    /// Adds the devices that were not known, and nothing else.
    func add(to strangers: inout StrangerSum) {
        let (table, talkers) = state.withLock { ($0.books.strangers, $0.books.talkers) }
        strangers.add(table, address: talkers.address(at:))
    }
}

/// What is copied of a lane for one snapshot.
private struct LanePages {
    let counters: IntakeCounters
    let decode: Histogram
    let talkers: TalkerTable
    let names: DeviceTable.Listing
    let strangers: StrangerTable
    let turnedAway: StrangerTable
    let devices: DeviceTable?
    let packets: FrameRing?
    let followed: FrameRing?
    let rejections: FrameRing?

    init(_ state: LaneState, _ parts: SnapshotParts) {
        counters = state.intake.counters
        decode = state.books.decode
        talkers = state.books.talkers
        names = state.books.devices.listing
        strangers = state.books.strangers
        turnedAway = state.books.turnedAway
        devices = parts.contains(.devices) ? state.books.devices : nil
        packets = parts.contains(.packets) ? state.books.packets : nil
        followed = parts.contains(.packets) ? state.books.followed?.frames : nil
        rejections = parts.contains(.rejections) ? state.books.rejections : nil
    }
}

/// What all lanes know together.
struct LaneSum {
    var counters: [IntakeCounters] = []
    var decode = Histogram()
    var talkers: [String: TalkerSnapshot] = [:]
    /// What each lane lists.
    var names: [DeviceTable.Listing] = []
    var devices = DeviceSum()
    var strangers = StrangerSum()
    var turnedAway = StrangerSum()
    var packets: [PacketRecord] = []
    var rejections: [PacketRecord] = []
}
