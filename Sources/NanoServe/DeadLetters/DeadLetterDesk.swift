import NanoCore

/// What operators see of the dead letters, and do with them, while a gateway runs.
extension DeadLetterOffice {
    /// The newest letters of each destination that are at hand, and while somebody looks at them.
    private static let listed = 20
    private static let listedWatched = 200
    /// From one reading of the newest to the next, in nanoseconds.
    private static let loadInterval: UInt64 = 1_000_000_000
    private static let watchNanoseconds: UInt64 = 3_000_000_000
    /// Characters of a payload that lists have.
    private static let payloadCharacters = 2_048
    private static let reasonCharacters = 256

    /// Why letters cannot be stored; nil when they can.
    var fault: String? { state.withLock(\.fault) }

    /// The highest number that a letter of a destination has been given; 0 when there was none.
    func highest(place: Int) -> Int64 { state.withLock { $0.highest[place] } }

    // MARK: - Lists

    /// The newest letters of a destination, newest last. Returns at once.
    ///
    /// - Parameter isWatched: Whether somebody wants to see more of them than the very newest.
    func newest(place: Int, isWatched: Bool, now: Moment) -> [DeadLetterSnapshot] {
        let (letters, isDue) = state.withLock { state in
            guard isWatched else { return (state.newest[place].suffix(Self.listed), false) }
            let isDue = state.watchedUntil < now.monotonicNanoseconds && !state.isStopping
            state.watchedUntil = now.monotonicNanoseconds + Self.watchNanoseconds
            if isDue { state.isStale = true }
            return (state.newest[place][...], isDue)
        }
        if isDue { queue.async { self.reload() } }
        return Array(letters)
    }

    /// Reads the newest letters, unless they have not changed, or that was done a moment ago.
    func reloadIfDue() {
        let now = Moment.monotonicNow
        let isDue = state.withLock {
            $0.isStale && now &- $0.loadedAt >= Self.loadInterval && !$0.isStopping
        }
        if isDue { reload() }
    }

    /// Adds letters to the newest, without asking the store.
    func list(_ letters: [DeadLetter], place: Int) {
        let now = Moment.monotonicNow
        let count = state.withLock { $0.watchedUntil >= now } ? Self.listedWatched : Self.listed
        let new = letters.suffix(count).map(Self.snapshot)
        let numbers = Set(new.map(\.number))
        state.withLock { state in
            let others = state.newest[place].filter { !numbers.contains($0.number) }
            state.newest[place] = (others + new).suffix(count)
        }
    }

    /// Takes letters that are gone out of the newest.
    func unlist(_ numbers: Set<Int64>, place: Int) {
        state.withLock { state in
            state.newest[place].removeAll { numbers.contains($0.number) }
            state.isStale = true
        }
    }

    func reload() {
        let now = Moment.monotonicNow
        let (standing, isWatched) = state.withLock { state in
            state.isStale = false
            state.loadedAt = now
            return (state.standing, state.watchedUntil >= now)
        }
        let count = isWatched ? Self.listedWatched : Self.listed
        let lists = try? store.read { [routes] table in
            try routes.indices.map { place in
                guard standing[place] > 0 else { return [DeadLetter]() }
                let all = DeadLetterSelection(route: routes[place])
                return try table.letters(all, newest: count)
            }
        }
        // What cannot be read now is read the next time.
        guard let lists else { return state.withLock { $0.isStale = true } }
        let shown = lists.map { $0.map(Self.snapshot) }
        state.withLock { $0.newest = shown }
    }

    private static func snapshot(_ letter: DeadLetter) -> DeadLetterSnapshot {
        var snapshot = DeadLetterSnapshot(
            id: letter.identity, model: letter.model,
            unixMilliseconds: letter.condemnedUnixMilliseconds, error: letter.error,
            reason: SafeText.shortened(letter.excerpt, to: reasonCharacters))
        snapshot.number = letter.number
        snapshot.device = letter.device
        snapshot.receivedUnixMilliseconds = letter.receivedUnixMilliseconds
        snapshot.attempts = letter.attempts
        snapshot.isToBeRedriven = letter.state == .redrive
        snapshot.payload = letter.payload(atMost: payloadCharacters)
        return snapshot
    }

    // MARK: - What others have marked

    /// Has what the command line has marked noticed; to be called some times a second. Returns at
    /// once: somebody else's change may keep the file busy.
    func look() {
        let begins = state.withLock { state in
            defer { state.isLooking = true }
            return !state.isLooking
        }
        guard begins else { return }
        queue.async {
            self.lookNow()
            self.state.withLock { $0.isLooking = false }
        }
    }

    private func lookNow() {
        guard !state.withLock(\.isStopping) else { return }
        // While the file cannot be read there is nothing to be done; whoever writes says so.
        guard let version = try? store.othersVersion() else { return }
        let (hasChanged, hasLateDrops) = state.withLock { state in
            defer { state.othersVersion = version }
            return (state.othersVersion != version, state.hasLateDrops)
        }
        do {
            if hasChanged || hasLateDrops { _ = try carryOutDrops() }
            if hasChanged { try noticeMarks() }
            state.withLock { $0.hasFailedToLook = false }
        } catch {
            let isFirst = state.withLock { state in
                defer { state.hasFailedToLook = true }
                state.othersVersion = nil
                return !state.hasFailedToLook
            }
            if isFirst {
                logger.warning(
                    "what is asked for dead letters cannot be done yet",
                    metadata: ["error": "\(error)"])
            }
        }
        reloadIfDue()
    }

    /// Wakes destinations whose letters are to be sent once more.
    private func noticeMarks() throws {
        let marked = try store.read { try $0.markedRoutes() }
        state.withLock { $0.isStale = true }
        for (place, name) in routes.enumerated() where marked.contains(name) {
            state.withLock { $0.hasMarked[place] = true }
            wakeRoute(place)
        }
    }

    /// Removes letters that are to be dropped, but for those that are under way.
    ///
    /// - Returns: Their numbers.
    private func carryOutDrops() throws -> Set<Int64> {
        let (dropped, late) = try store.write { table in
            let all = try table.toBeDropped()
            let underWay = state.withLock { state in
                // From now on nobody can claim them, also should this have to be repeated.
                for place in routes.indices {
                    state.atHand[place].subtract(all.map(\.number))
                }
                return Set(state.underWay.joined())
            }
            let free = all.filter { !underWay.contains($0.number) }
            try table.remove(free.map(\.number))
            return (free, all.count - free.count)
        }
        let counts = Dictionary(grouping: dropped) { $0.route }.mapValues { UInt64($0.count) }
        state.withLock { state in
            state.hasLateDrops = late > 0
            state.isStale = state.isStale || !dropped.isEmpty
            for (place, name) in routes.enumerated() {
                state.standing[place] -= min(state.standing[place], counts[name] ?? 0)
            }
        }
        for (name, count) in counts.sorted(by: { $0.key < $1.key }) {
            account(for: count, of: name)
        }
        return Set(dropped.map(\.number))
    }

    private func account(for dropped: UInt64, of name: String) {
        let route = SafeText.escaped(name)
        logger.notice(
            "dead letters dropped", metadata: ["route": "\(route)", "packets": "\(dropped)"])
        guard let place = routes.firstIndex(of: name) else { return }
        let unknown = journal.drop(deadLetters: dropped, route: place)
        guard unknown > 0 else { return }
        logger.error(
            "more dead letters were dropped than were counted; has somebody written to the file?",
            metadata: ["route": "\(route)", "packets": "\(unknown)"])
    }

    // MARK: - Commands

    /// Has the next look find what is marked, should it not be carried out now: of changes of its
    /// own the store does not tell.
    private func lookAgain() {
        state.withLock { $0.othersVersion = nil }
    }

    /// The letters of a destination that a filter matches. It blocks.
    ///
    /// - Throws: ``DeadLetterStore/Fault``.
    func numbers(of route: String, _ filter: Filter, _ query: LetterQuery) throws -> [Int64] {
        var selection = DeadLetterSelection(route: route, highest: query.upTo)
        selection.condemnedBy = query.asOf
        return try store.read { [selection] table in
            try table.ids(selection, matching: filter, now: query.asOf).map(\.number)
        }
    }

    /// Has letters sent once more. It blocks.
    ///
    /// - Returns: How many are to be sent that were not before.
    /// - Throws: ``DeadLetterStore/Fault``.
    func redrive(_ selection: DeadLetterSelection) throws -> Int {
        try queue.sync {
            let count = try store.write { try $0.mark(selection, as: .redrive) }
            lookAgain()
            if count > 0 { try noticeMarks() }
            reload()
            return count
        }
    }

    /// Drops letters; those that are under way when they come back undelivered. It blocks.
    ///
    /// - Returns: How many were dropped, and how many are under way.
    /// - Throws: ``DeadLetterStore/Fault``.
    func drop(_ selection: DeadLetterSelection) throws -> (dropped: Int, underWay: Int) {
        try queue.sync {
            let meant = try store.write { table in
                let meant = try table.ids(selection).map(\.number)
                _ = try table.mark(selection, as: .drop)
                return meant
            }
            lookAgain()
            let dropped = try carryOutDrops().intersection(meant)
            reload()
            return (dropped.count, meant.count - dropped.count)
        }
    }
}
