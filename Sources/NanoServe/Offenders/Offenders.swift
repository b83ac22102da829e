import NanoCore
import Synchronization

/// Who is slowed and blocked, as all event loops and the gate go by it: the gateway's own findings, and
/// what operators have blocked.
final class Offenders: Sendable {
    private struct State {
        var table: OffenderTable
        /// What operators have blocked.
        var manual = NetworkList()
        var manualRows: [OffenderSnapshot] = []
        /// Blocks that were told of within a minute.
        var told = MinuteCount()
        /// Blocks that have begun and wait to be told of.
        var untold: [OffenderSnapshot] = []
        /// Whether they cannot be written down, which was told of.
        var isFailing = false
    }

    let rules: OffenderRules
    private let doors: DoorRules
    private let file: WatchedFile<BlockContent>?
    private let state: Mutex<State>
    private let blockCount = Atomic<UInt64>(0)

    private static let toldPerMinute = 10

    /// - Parameter file: Where blocks outlive the process; nil for nowhere.
    init(_ doors: DoorRules, file: WatchedFile<BlockContent>? = nil, now: Moment) {
        rules = doors.offenders
        self.doors = doors
        self.file = file
        state = Mutex(
            State(table: OffenderTable(doors.offenders, now: now.monotonicNanoseconds)))
        state.withLock { state in
            for entry in file?.content.standing(at: now) ?? [] where !entry.byOperator {
                guard let network = entry.parsed, rules.action == .block else { continue }
                state.table.restore(
                    network, sinceUnix: entry.sinceUnixMs, untilUnix: entry.untilUnixMs, now: now)
            }
        }
        takeManual(now)
    }

    /// Changes with every block, so that an event loop knows when to look for connections to close.
    var changes: UInt64 { blockCount.load(ordering: .relaxed) }

    /// What there is against one more connection; nil for nothing.
    func objection(to address: IPAddress, now: UInt64) -> TurnedAwayReason? {
        state.withLock { state in
            if state.manual.contains(address) { return .blocked }
            return state.table.admits(IPNetwork(sourceOf: address), now: now)
        }
    }

    /// Notes frames that no honest device sends.
    func note(_ offences: ReasonCounts, from address: IPAddress, now: Moment) -> OffenderTable.Stage
    {
        let (stage, isNew) = state.withLock { state in
            let before = state.table.blocks
            let stage = state.table.note(
                offences, of: IPNetwork(sourceOf: address), mayBlock: mayBlock(address), now: now)
            return (stage, state.table.blocks != before)
        }
        if isNew { blockCount.add(1, ordering: .relaxed) }
        return stage
    }

    /// Notes the end of a connection that brought no genuine frame.
    func noteFruitless(_ address: IPAddress, now: Moment) {
        state.withLock { state in
            state.table.noteFruitless(
                IPNetwork(sourceOf: address), mayBlock: mayBlock(address), now: now)
        }
    }

    /// Notes a genuine frame.
    func vouch(for address: IPAddress, now: UInt64) {
        state.withLock { $0.table.vouch(for: IPNetwork(sourceOf: address), now: now) }
    }

    /// Whether a connection has to be closed that was there before its source was blocked.
    ///
    /// - Parameter openedAt: Monotonic nanoseconds.
    func closes(_ address: IPAddress, openedAt: UInt64, now: UInt64) -> Bool {
        state.withLock { state in
            if state.manual.contains(address) { return true }
            guard let block = state.table.block(of: IPNetwork(sourceOf: address)) else {
                return false
            }
            return now < block.until && openedAt < block.startedAt
        }
    }

    func isBlockedByOperator(_ address: IPAddress) -> Bool {
        state.withLock { $0.manual.contains(address) }
    }

    private func mayBlock(_ address: IPAddress) -> Bool {
        !doors.proxies.contains(address) && doors.allow?.contains(address) != true
    }

    /// Ends what is over, and brings the file up to date; to be called about once a second.
    ///
    /// - Returns: Blocks that have begun since, to be told: ten a minute at most.
    /// - Throws: ``KeystoreError``, once, when they cannot be written down; they hold all the same.
    func look(now: Moment) throws(KeystoreError) -> [OffenderSnapshot] {
        let time = now.monotonicNanoseconds
        let blocked = state.withLock { state in
            state.table.look(now: time)
            return state.table.blocked
        }
        takeManual(now)
        guard let file else { return [] }
        let filed = Self.own(file.content)
        let own = blocked.map { source, block in
            BlockContent.Entry(
                network: source.description, sinceUnixMs: block.sinceUnix,
                untilUnixMs: block.untilUnix, byOperator: false)
        }
        let begun = own.filter { !filed.contains($0.network) }
        let isNews = Set(own) != Set(file.content.blocks.filter { !$0.byOperator })
        if isNews, let lifted = try write(own, now: now) { lift(lifted) }
        return tell(begun, now: time)
    }

    /// What is told of blocks that have begun: those that waited, and of the others ten a minute.
    private func tell(_ begun: [BlockContent.Entry], now: UInt64) -> [OffenderSnapshot] {
        state.withLock { state in
            let room = max(0, Self.toldPerMinute - state.told.value(now: now))
            state.told.add(UInt64(begun.count), now: now)
            let rows = begun.isEmpty ? [] : state.table.rows(now: now)
            defer { state.untold = [] }
            return state.untold
                + begun.prefix(room).compactMap { entry in
                    rows.first { $0.source == entry.network }
                }
        }
    }

    /// Writes down what the gateway blocks of itself.
    ///
    /// - Returns: What a command line has lifted since, which is not to come back; nil when nothing
    ///   could be written, and that was told before.
    private func write(
        _ own: [BlockContent.Entry], now: Moment
    ) throws(KeystoreError) -> Set<String>? {
        guard let file else { return nil }
        let filed = Self.own(file.content)
        var lifted: Set<String> = []
        do throws(KeystoreError) {
            _ = try file.change { (content) throws(KeystoreError) in
                lifted = filed.subtracting(Self.own(content))
                content.take(own.filter { !lifted.contains($0.network) }, now: now)
                return ""
            }
            state.withLock { $0.isFailing = false }
            return lifted
        } catch {
            let isNew = state.withLock { state in
                defer { state.isFailing = true }
                return !state.isFailing
            }
            guard isNew else { return nil }
            throw error
        }
    }

    /// Takes over what a command line has changed.
    ///
    /// - Returns: Whether there was anything.
    func refresh(now: Moment) throws(KeystoreError) -> Bool {
        guard let file else { return false }
        let before = Self.own(file.content)
        guard try file.refresh() else { return false }
        lift(before.subtracting(Self.own(file.content)))
        takeManual(now)
        blockCount.add(1, ordering: .relaxed)
        return true
    }

    /// Blocks an address or a network, as an operator asks.
    ///
    /// - Returns: What was done, in a sentence.
    func block(_ network: String, seconds: Int, now: Moment) throws(KeystoreError) -> String {
        try change(now) { (content) throws(KeystoreError) in
            try content.block(network, seconds: seconds, now: now)
        }
    }

    /// Lifts the blocks within an address or a network.
    func unblock(_ network: String, now: Moment) throws(KeystoreError) -> String {
        try change(now) { (content) throws(KeystoreError) in
            try content.unblock(network, now: now)
        }
    }

    /// What there is to be told.
    func snapshot(now: Moment) -> OffendersSnapshot {
        state.withLock { state in
            let rows = state.table.rows(now: now.monotonicNanoseconds)
            var snapshot = OffendersSnapshot()
            snapshot.rows =
                Array(rows.prefix(OffendersSnapshot.maximumRows)) + state.manualRows
            let blocked = rows.count { $0.state == .blocked }
            snapshot.offending = rows.count - blocked
            snapshot.blocked = blocked + state.manualRows.count
            snapshot.blocks = state.table.blocks
            return snapshot
        }
    }

    private func change(
        _ now: Moment, _ body: (inout BlockContent) throws(KeystoreError) -> String
    ) throws(KeystoreError) -> String {
        guard let file else { throw KeystoreError("there is no state folder to keep blocks in") }
        // A block that has only just begun is to be found in the file.
        let rows = try look(now: now)
        state.withLock { $0.untold = rows }
        let before = Self.own(file.content)
        let sentence = try file.change(body)
        lift(before.subtracting(Self.own(file.content)))
        takeManual(now)
        blockCount.add(1, ordering: .relaxed)
        return sentence
    }

    private func lift(_ networks: Set<String>) {
        guard !networks.isEmpty else { return }
        state.withLock { state in
            for network in networks.compactMap({ try? IPNetwork($0) }) {
                state.table.lift(network)
            }
        }
    }

    private func takeManual(_ now: Moment) {
        let entries = (file?.content.standing(at: now) ?? []).filter(\.byOperator)
        state.withLock { state in
            guard state.manualRows.map(\.source) != entries.map(\.network) else { return }
            state.manual = NetworkList(entries.compactMap(\.parsed))
            state.manualRows = entries.map(\.snapshot)
        }
    }

    private static func own(_ content: BlockContent) -> Set<String> {
        Set(content.blocks.filter { !$0.byOperator }.map(\.network))
    }
}
