import NanoCore
import Synchronization

/// What one event loop judges with, and what it remembers of it.
///
/// Its lock is taken once for each read by the event loop, and for microseconds now and then by
/// whoever makes a snapshot; otherwise nobody waits for it.
final class Lane: Sendable {
    private let state: Mutex<LaneState>
    private let journal: Journal
    private let wake: @Sendable (RouteMask) -> Void

    /// - Parameters:
    ///   - index: Place among the lanes, so that all records have numbers of their own.
    ///   - hash: That of the replay guard, so that devices have one identity.
    ///   - wake: Called with the destinations that wait for packets which have come.
    init(
        index: Int, laneCount: Int, intake: Intake, hash: SipHash, rules: RoutingRules,
        journal: Journal,
        wake: @escaping @Sendable (RouteMask) -> Void
    ) {
        state = Mutex(
            LaneState(
                index: index, laneCount: laneCount, intake: intake, hash: hash, rules: rules))
        self.journal = journal
        self.wake = wake
    }

    /// Judges the bytes of a connection and journals what is accepted.
    ///
    /// - Returns: What the reader leaves to do, and whether the reading has to stop for want of room.
    func judge(
        _ bytes: Span<UInt8>, ending: Ending?, with reader: inout ConnectionReader,
        from peer: PeerReference
    ) -> (outcome: ReadOutcome, isFull: Bool) {
        let now = Moment.now
        let (outcome, appended) = state.withLock { state in
            let outcome = reader.read(
                bytes, ending: ending, intake: &state.intake, now: now
            ) { verdict, bytes in
                state.books.note(verdict, bytes, peer, now)
            }
            state.books.noteDuration(since: now)
            let appended = journal.append(state.books.staged, from: bytes)
            state.books.staged.removeAll(keepingCapacity: true)
            return (outcome, appended)
        }
        if !appended.wake.isEmpty { wake(appended.wake) }
        return (outcome, appended.isFull)
    }

    /// Makes an address known, for the connections that come from it.
    func reference(address: String, port: UInt16) -> PeerReference {
        state.withLock {
            PeerReference(talker: $0.books.talkers.place(of: address), port: port)
        }
    }

    func replaceKeys(_ keys: KeyTable) {
        state.withLock { $0.intake.replaceKeys(keys) }
    }

    /// Adds what this lane knows to a snapshot in the making.
    ///
    /// The books are copied under the lock, which costs a few references, and read behind it.
    func add(to sum: inout LaneSum, parts: SnapshotParts, now: Moment) {
        let (counters, books) = state.withLock { ($0.intake.counters, $0.books) }
        sum.counters.append(counters)
        sum.decode.merge(books.decode)
        books.talkers.add(to: &sum.talkers)
        books.devices.add(to: &sum.deviceHashes)
        let address = books.talkers.address(at:)
        if parts.contains(.devices) {
            books.devices.add(to: &sum.devices, now: now, address: address)
        }
        if parts.contains(.packets) { sum.packets += books.packets.records(address: address) }
        if parts.contains(.rejections) {
            sum.rejections += books.rejections.records(address: address)
        }
    }
}

/// What all lanes know together.
struct LaneSum {
    var counters: [IntakeCounters] = []
    var decode = Histogram()
    var talkers: [String: TalkerSnapshot] = [:]
    var deviceHashes: [ModelID: Set<UInt64>] = [:]
    var devices: [UInt64: DeviceSnapshot] = [:]
    var packets: [PacketRecord] = []
    var rejections: [PacketRecord] = []
}
