import NanoCore
import Synchronization

/// Who is slowed and blocked, as all event loops and the gate go by it: the gateway's own findings, and
/// what operators have blocked.
final class Offenders: Sendable {
    let rules: OffenderRules
    private let doors: DoorRules
    private let file: WatchedFile<BlockContent>?
    private let vouched: VouchedFile?
    let state: Mutex<State>
    private let blockCount = Atomic<UInt64>(0)

    private static let toldPerMinute = 10

    /// - Parameters:
    ///   - file: Where blocks outlive the process; nil for nowhere.
    ///   - vouched: Where the sources of genuine frames do.
    init(
        _ doors: DoorRules, file: WatchedFile<BlockContent>? = nil,
        vouched: VouchedFile? = nil, now: Moment
    ) {
        self.vouched = vouched
        rules = doors.offenders
        self.doors = doors
        self.file = file
        state = Mutex(
            State(table: OffenderTable(doors.offenders, now: now.monotonicNanoseconds)))
        state.withLock { state in
            state.savedAt = now.monotonicNanoseconds
            if let honest = vouched?.content { state.table.restore(honest, now: now) }
            for entry in file?.content.standing(at: now) ?? [] where !entry.byOperator {
                guard let network = entry.parsed, rules.action == .block else { continue }
                state.table.restore(
                    network, sinceUnix: entry.sinceUnixMs, untilUnix: entry.untilUnixMs, now: now)
            }
            // The run before this one has told of them.
            _ = state.takeBegun()
        }
        takeManual(now)
    }

    /// Changes with every block, so that an event loop knows when to look for connections to close.
    var changes: UInt64 { blockCount.load(ordering: .relaxed) }

    /// What there is against one more connection; nil for nothing.
    func objection(to address: IPAddress, now: UInt64) -> TurnedAwayReason? {
        state.withLock { state in
            if state.keepsOut(address) { return .blocked }
            return state.table.admits(IPNetwork(sourceOf: address), now: now)
        }
    }

    /// Notes frames that no honest device sends.
    func note(_ offences: ReasonCounts, from address: IPAddress, now: Moment) -> OffenderTable.Stage
    {
        change { table in
            table.note(
                offences, of: IPNetwork(sourceOf: address), mayBlock: mayBlock(address), now: now)
        }
    }

    /// Notes the end of a connection that brought no genuine frame.
    func noteFruitless(_ address: IPAddress, now: Moment) {
        change { table in
            table.noteFruitless(
                IPNetwork(sourceOf: address), mayBlock: mayBlock(address), now: now)
        }
    }

    /// Changes what is known of sources, and lets the event loops know of a block that begins.
    private func change<Result: Sendable>(_ body: (inout OffenderTable) -> Result) -> Result {
        let (result, isNew) = state.withLock { state in
            let before = state.table.blocks
            let result = body(&state.table)
            return (result, state.table.blocks != before)
        }
        if isNew { blockCount.add(1, ordering: .relaxed) }
        return result
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
            if state.keepsOut(address) { return true }
            guard let block = state.table.block(of: IPNetwork(sourceOf: address)) else {
                return false
            }
            return now < block.until && openedAt < block.startedAt
        }
    }

    private func mayBlock(_ address: IPAddress) -> Bool {
        !doors.proxies.contains(address) && doors.allow?.contains(address) != true
    }

    /// Ends what is over, and brings the file up to date; to be called about once a second.
    ///
    /// - Returns: Blocks that have begun since, to be told: ten a minute at most.
    /// - Throws: ``KeystoreError``, once, when they cannot be written down; they hold all the same,
    ///   and are told of by the next look.
    func look(now: Moment) throws(KeystoreError) -> [OffenderSnapshot] {
        try update(now)
        return state.withLock { state in
            defer { state.untold = [] }
            return state.untold
        }
    }

    /// Writes down from where genuine frames came, if there is anything new and it is time to.
    ///
    /// - Parameter isLast: Whether there will be no other time.
    /// - Throws: ``KeystoreError``, once, when that cannot be written down.
    func save(now: Moment, isLast: Bool = false) throws(KeystoreError) {
        guard let vouched else { return }
        let time = now.monotonicNanoseconds
        // Thousands of addresses are written out while nobody waits for it.
        let (honest, changes) = state.withLock { state -> (HonestSources?, UInt64) in
            let changes = state.table.honestChanges
            guard changes != state.savedHonest,
                isLast || time >= state.savedAt && time - state.savedAt >= state.savingNanoseconds
            else { return (nil, changes) }
            state.savedAt = time
            return (HonestSources(state.table, now: time), changes)
        }
        guard let honest else { return }
        let content = VouchedContent(honest, now: now)
        do throws(KeystoreError) {
            try vouched.file.save(content)
            state.withLock { ($0.savedHonest, $0.isForgetting) = (changes, false) }
        } catch {
            let isNew = state.withLock { state in
                defer { state.isForgetting = true }
                return !state.isForgetting
            }
            if isNew { throw error }
        }
    }

    /// Ends what is over, sees what has begun, and brings the file up to date.
    private func update(_ now: Moment) throws(KeystoreError) {
        let blocked = state.withLock { state in
            state.table.look(now: now)
            state.noteBegun(now: now.monotonicNanoseconds, atMost: Self.toldPerMinute)
            return state.table.blocked
        }
        takeManual(now)
        guard let file else { return }
        let own = blocked.map { source, block in
            BlockContent.Entry(
                network: source.description, sinceUnixMs: block.sinceUnix,
                untilUnixMs: block.untilUnix, byOperator: false)
        }
        let isNews = Set(own) != Set(file.content.blocks.filter { !$0.byOperator })
        if isNews, let lifted = try write(own, now: now) { lift(lifted) }
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

    /// Why the file of blocks that lies there cannot be gone by; nil when it can.
    var fault: String? { file?.fault }

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
    func block(
        _ network: String, seconds: Int, now: Moment
    ) throws(KeystoreError) -> SharedChange {
        try change(now) { (content) throws(KeystoreError) in
            try content.block(network, seconds: seconds, now: now)
        }
    }

    /// Lifts the blocks within an address or a network.
    func unblock(_ network: String, now: Moment) throws(KeystoreError) -> SharedChange {
        try change(now) { (content) throws(KeystoreError) in
            try content.unblock(network, now: now)
        }
    }

    /// Takes the last block of an address or a network back.
    func takeBack(_ network: String, now: Moment) throws(KeystoreError) -> SharedChange {
        try change(now) { (content) throws(KeystoreError) in
            try content.takeBack(network, now: now)
        }
    }

    /// What there is to be told.
    func snapshot(now: Moment) -> OffendersSnapshot {
        state.withLock { state in
            let rows = state.table.rows(now: now.monotonicNanoseconds)
            var snapshot = OffendersSnapshot()
            let most = OffendersSnapshot.maximumRows
            snapshot.rows =
                rows.prefix(most) + state.manual.entries.prefix(most).map(\.snapshot)
            let blocked = rows.count { $0.state == .blocked }
            snapshot.offending = rows.count - blocked
            snapshot.blocked = blocked + state.manual.entries.count
            snapshot.blocks = state.table.blocks
            let holds = state.manual.holds
            (snapshot.holds, snapshot.holding) = (Array(holds.prefix(most)), holds.count)
            return snapshot
        }
    }

    private func change(
        _ now: Moment, _ body: (inout BlockContent) throws(KeystoreError) -> String
    ) throws(KeystoreError) -> SharedChange {
        guard let file else { throw KeystoreError("there is no state folder to keep blocks in") }
        // A block that has only just begun is to be found in the file.
        try update(now)
        let before = Self.own(file.content)
        let change = try file.change(body)
        lift(before.subtracting(Self.own(file.content)))
        takeManual(now)
        blockCount.add(1, ordering: .relaxed)
        return change
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
        state.withLock { $0.manual.replace(entries) }
    }

    private static func own(_ content: BlockContent) -> Set<String> {
        Set(content.blocks.filter { !$0.byOperator }.map(\.network))
    }
}
