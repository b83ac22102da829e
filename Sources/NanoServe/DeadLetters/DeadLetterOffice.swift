import Dispatch
import Logging
import NanoCore
import Synchronization

/// The dead letters of a running gateway: stores what destinations condemn, on a queue that may
/// block, and hands out what is to be sent once more.
///
/// Of each destination the letters that it has at hand and under way are known here; nobody else
/// gets them, and those under way are not removed. What leaves the store, and what is condemned, is noted in the accounts of
/// the journal by the same queue, so that neither is ever ahead of the other.
final class DeadLetterOffice: DeadLetterKeeper {
    /// A change that has to happen, whatever it takes.
    fileprivate enum Work: Sendable {
        case bury([DeadLetter], place: Int, done: @Sendable (DeadLetterBurial?) -> Void)
        case remove([Int64], place: Int)

        var isRemoval: Bool {
            if case .remove = self { true } else { false }
        }
    }

    /// What a piece of work has led to.
    private struct Result {
        var burial = DeadLetterBurial()
        var stored: [DeadLetter] = []
    }

    struct State {
        fileprivate var work: [Work] = []
        /// Letters that a destination has fetched and not claimed yet, by its place.
        var atHand: [Set<Int64>]
        /// Letters that a destination has in flight.
        var underWay: [Set<Int64>]
        /// Whether a destination has letters to be sent once more.
        var hasMarked: [Bool]
        /// Letters in the store.
        var standing: [UInt64]
        /// The highest number that a letter has been given, as far as is known.
        var highest: [Int64]
        var newest: [[DeadLetterSnapshot]]
        /// Whether the newest are not up to date, and when they were, in monotonic nanoseconds.
        var isStale = true
        var loadedAt: UInt64 = 0
        /// Until when somebody looks at the lists, in monotonic nanoseconds.
        var watchedUntil: UInt64 = 0
        /// Whether letters that are under way have to be dropped when they come back.
        var hasLateDrops = false
        /// That of ``DeadLetterStore/othersVersion()`` at the last look; nil for one to be made anew.
        var othersVersion: Int?
        /// Whether a look has been asked for and is not over.
        var isLooking = false
        var hasFailedToLook = false
        var hasFailedToFetch = false
        /// Why something could not be written at the last try; nil while nothing has failed.
        var fault: String?
        /// Whether another try is to come.
        var isTryDue = false
        fileprivate(set) var isStopping = false

        /// Letters that a destination may send, or sends.
        func held(_ place: Int) -> Set<Int64> { atHand[place].union(underWay[place]) }
    }

    let store: DeadLetterStore
    let journal: Journal
    let routes: [String]
    let logger: Logger
    let state: Mutex<State>
    let queue = DispatchQueue(label: "dead-letters")
    private let limit: UInt64
    /// Bytes of the disk that letters leave, so that they can be dropped, and acts be written down.
    private let spareBytes: Int
    private let expiries: ExpiryLog
    private let wake = Mutex<@Sendable (Int) -> Void>({ _ in })

    /// From a change that failed to the next try, in seconds.
    private static let retrySeconds = 1.0

    /// Counts what is there, and notes it in the journal's accounts.
    ///
    /// - Parameter limit: Letters that there may be of each destination.
    /// - Throws: ``DeadLetterStore/Fault``.
    init(_ store: DeadLetterStore, journal: Journal, limit: Int, logger: Logger) throws {
        self.store = store
        self.journal = journal
        self.logger = logger
        self.limit = UInt64(limit)
        spareBytes = journal.configuration.spareBytes / 2
        routes = journal.configuration.routes
        expiries = ExpiryLog(logger: logger, limit: limit)
        if let notice = store.notice { logger.error("\(notice)") }
        let counts = try store.write { table in
            try table.remove(table.toBeDropped().map(\.number))
            return try table.counts()
        }
        let known = routes.map { counts[$0] ?? DeadLetterTable.Count() }
        state = Mutex(
            State(
                atHand: routes.map { _ in [] }, underWay: routes.map { _ in [] },
                hasMarked: known.map { $0.marked > 0 }, standing: known.map(\.standing),
                highest: known.map(\.highest), newest: routes.map { _ in [] }))
        for (place, count) in known.enumerated() where count.standing > 0 {
            journal.admit(deadLetters: count.standing, route: place)
        }
        for (name, count) in counts where !routes.contains(name) {
            logger.notice(
                "dead letters of a destination that is not configured",
                metadata: [
                    "route": "\(SafeText.escaped(name))", "packets": "\(count.standing)",
                ])
        }
        reload()
        store.reserve()
        try store.shortenPatience()
    }

    /// Sets what is called, on any thread, with the place of a destination that has letters to send.
    func onWake(_ action: @escaping @Sendable (Int) -> Void) {
        wake.withLock { $0 = action }
    }

    func wakeRoute(_ place: Int) {
        wake.withLock(\.self)(place)
    }

    // MARK: - What event loops ask for

    func bury(
        _ letters: [DeadLetter], place: Int, done: @escaping @Sendable (DeadLetterBurial?) -> Void
    ) {
        add(.bury(letters, place: place, done: done))
    }

    func remove(_ numbers: [Int64], place: Int) {
        add(.remove(numbers, place: place))
    }

    // MARK: - Changes that have to happen

    private func add(_ work: Work) {
        state.withLock { $0.work.append(work) }
        queue.async { if self.state.withLock(\.fault) == nil { self.flush() } }
    }

    /// Carries out all that has been asked for, in one transaction. Where the disk has no room for that, one by
    /// one, since there may be room for some of it.
    func flush() {
        let (work, hasFailed) = state.withLock { state in
            defer { state.work = [] }
            return (state.work, state.fault != nil)
        }
        guard !work.isEmpty else {
            // What there was no room for has gone back to its destination meanwhile.
            if hasFailed { keep([], faultOfTrial()) }
            return
        }
        guard hasFailed || attempt(work) != nil else { return }
        // What makes room first.
        let (removals, burials) = (work.filter(\.isRemoval), work.filter { !$0.isRemoval })
        var left = removals + burials
        var fault: (any Error)?
        var kept: [Work] = []
        while !left.isEmpty {
            let next = left.removeFirst()
            guard let error = attempt([next]) else { continue }
            fault = error
            kept.append(next)
            // What else is wrong is so with all of it.
            guard (error as? DeadLetterStore.Fault)?.isOutOfRoom == true else { break }
        }
        keep(kept + left, fault)
    }

    /// - Returns: Why nothing of it could be done; nil when all of it is.
    private func attempt(_ work: [Work]) -> (any Error)? {
        do {
            let (standing, held) = state.withLock { state in
                (state.standing, routes.indices.map(state.held))
            }
            var counts = standing
            if work.contains(where: { !$0.isRemoval }) { try store.leave(spareBytes) }
            let results = try store.write { table in
                try work.map { try carryOut($0, table, &counts, held) }
            }
            state.withLock { $0.standing = counts }
            for (work, result) in zip(work, results) { finish(work, result) }
            reloadIfDue()
            return nil
        } catch {
            return error
        }
    }

    /// - Parameters:
    ///   - standing: Letters in the store, by place.
    ///   - held: Letters that destinations may send, or send.
    private func carryOut(
        _ work: Work, _ table: DeadLetterTable, _ standing: inout [UInt64], _ held: [Set<Int64>]
    ) throws -> Result {
        var result = Result()
        switch work {
        case .remove(let numbers, let place):
            standing[place] -= min(standing[place], UInt64(try table.remove(numbers)))
        case .bury(let letters, let place, _):
            for letter in letters {
                // One that has no number comes from the journal, and may be a copy of one that is
                // under way.
                let spared = letter.number == 0 ? held[place] : []
                let (stored, isNew) = try table.put(letter, sparing: spared)
                result.stored.append(stored)
                if !isNew { result.burial.known += 1 }
            }
            standing[place] += UInt64(letters.count) - result.burial.known
            guard standing[place] > limit else { break }
            let excess = Int(standing[place] - limit)
            result.burial.expired = UInt64(
                try table.removeOldest(excess, of: routes[place], but: held[place]))
            standing[place] -= min(standing[place], result.burial.expired)
        }
        return result
    }

    private func finish(_ work: Work, _ result: Result) {
        switch work {
        case .remove(let numbers, let place):
            state.withLock { $0.underWay[place].subtract(numbers) }
            unlist(Set(numbers), place: place)
        case .bury(let letters, let place, let done):
            // Copies from the journal have no number, and end nothing.
            state.withLock { $0.underWay[place].subtract(letters.map(\.number)) }
            list(result.stored, place: place)
            if result.burial.expired > 0 { state.withLock { $0.isStale = true } }
            done(result.burial)
            let highest = result.stored.map(\.number).max() ?? 0
            state.withLock { $0.highest[place] = max($0.highest[place], highest) }
            expiries.note(
                result.burial.expired, route: routes[place], now: Moment.monotonicNow)
        }
    }

    /// Why letters still could not be stored; nil when they probably can.
    private func faultOfTrial() -> (any Error)? {
        do {
            try store.leave(spareBytes)
            try store.tryWriting()
            return nil
        } catch {
            return error
        }
    }

    /// Keeps what could not be done for the next try, and says so when that is news. Packets for which there
    /// is no room go back, so that those behind them have their turn, and rest.
    private func keep(_ work: [Work], _ error: (any Error)?) {
        let isOutOfRoom = (error as? DeadLetterStore.Fault)?.isOutOfRoom == true
        let (hadFailed, isStopping) = state.withLock { state in
            defer { state.fault = error.map { "\($0)" } }
            let kept = isOutOfRoom ? work.filter(\.isRemoval) : work
            if !state.isStopping { state.work = kept + state.work }
            return (state.fault != nil, state.isStopping)
        }
        if let error, !hadFailed {
            logger.error(
                "dead letters cannot be written; the packets wait until they can be",
                metadata: ["error": "\(error)"])
        } else if error == nil, hadFailed {
            logger.notice("dead letters can be written again")
        }
        if isStopping || isOutOfRoom {
            for case .bury(_, _, let done) in work { done(nil) }
        }
        if error != nil, !isStopping { tryAgainLater() }
    }

    /// One try at a time is to come.
    private func tryAgainLater() {
        let isSet = state.withLock { state in
            defer { state.isTryDue = true }
            return state.isTryDue
        }
        guard !isSet else { return }
        queue.asyncAfter(deadline: .now() + Self.retrySeconds) {
            let isStopping = self.state.withLock { state in
                state.isTryDue = false
                return state.isStopping
            }
            if !isStopping { self.flush() }
        }
    }

    /// Tries once more to write what is left, and ends. No destination may be at work any more.
    func stop() async {
        await withCheckedContinuation { continuation in
            queue.async {
                self.state.withLock { $0.isStopping = true }
                self.flush()
                self.store.close()
                continuation.resume()
            }
        }
    }
}
