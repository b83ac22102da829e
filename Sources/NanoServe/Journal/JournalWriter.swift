import Dispatch
import Foundation
import Logging
import NIOPosix
import NanoCore
import Synchronization

/// The journal at work: a thread that commits groups, and threads that read the disk for
/// destinations that are behind.
final class JournalWriter: Sendable {
    private let journal: Journal
    private let logger: Logger
    private let pace: GatherPace
    private let signal = WakeSignal()
    private let ended = DispatchSemaphore(value: 0)
    private let isStopping = Atomic(false)
    /// Whether it has been said that the cursors cannot be saved.
    private let hasFailedToSave = Atomic(false)
    /// Reads for destinations, and the saving of cursors.
    private let pool = NIOThreadPool(numberOfThreads: 2)

    /// Seconds between two tries to write what could not be written.
    private static let retrySeconds = 1.0
    /// Reads that may fail before what the disk does not read is given up.
    private static let readPatience = 10

    /// - Parameter gatherMilliseconds: How long a group that is not full waits for more.
    init(_ journal: Journal, gatherMilliseconds: Double, logger: Logger) {
        self.journal = journal
        self.logger = logger
        pace = GatherPace(milliseconds: gatherMilliseconds)
    }

    /// Begins to commit and to read.
    func start() {
        pool.start()
        journal.onGroup { [signal] in signal.set() }
        journal.onLoad { [weak self] route, position in self?.load(route, position) }
        let thread = Thread {
            ThreadName.set("journal")
            self.work()
            self.ended.signal()
        }
        thread.start()
    }

    private func work() {
        while !isStopping.load(ordering: .acquiring) {
            signal.wait()
            gather()
            commit()
        }
    }

    /// Waits for more packets, unless there are enough.
    private func gather() {
        let start = Moment.monotonicNow
        gather(untilMonotonicNanoseconds: start + UInt64(pace.nanoseconds))
        if pace.waitsOn(groupBytes: journal.groupBytes) {
            gather(untilMonotonicNanoseconds: start + UInt64(pace.busyNanoseconds))
        }
    }

    private func gather(untilMonotonicNanoseconds end: UInt64) {
        while !journal.isGroupFull, !isStopping.load(ordering: .acquiring) {
            guard signal.wait(untilMonotonicNanoseconds: end) else { return }
        }
    }

    /// Commits what there is, trying until it works or the gateway stops.
    private func commit() {
        var failures = 0
        while true {
            do {
                try journal.commit(now: .now)
                if failures > 0 { try journal.commitAll(now: .now) }
                if failures > 0 { logger.notice("the journal can be written again") }
                return
            } catch {
                failures += 1
                if failures == 1 {
                    logger.error(
                        "the journal cannot be written, devices have to wait",
                        metadata: ["error": "\(error)"])
                }
            }
            guard !isStopping.load(ordering: .acquiring) else { return }
            Thread.sleep(forTimeInterval: Self.retrySeconds)
        }
    }

    /// Has what somebody else could not commit tried again, until it works.
    func retry() {
        signal.set()
    }

    private func load(_ route: Int, _ position: LogPosition, failures: Int = 0) {
        pool.submit { [weak self] state in
            guard case .active = state else { return }
            self?.loadNow(route, position, failures)
        }
    }

    private func loadNow(_ route: Int, _ position: LogPosition, _ failures: Int) {
        let name = journal.configuration.routes[route]
        do {
            let (damaged, lost) = try journal.load(
                route: route, from: position, isTolerant: failures >= Self.readPatience)
            guard damaged > 0 || lost > 0 else { return }
            logger.error(
                "the journal is damaged",
                metadata: [
                    "route": "\(name)", "bytes": "\(damaged)", "packets_lost": "\(lost)",
                ])
        } catch {
            if failures == 0 {
                logger.warning(
                    "the journal cannot be read, trying again",
                    metadata: ["route": "\(name)", "error": "\(error)"])
            }
            DispatchQueue.global().asyncAfter(deadline: .now() + Self.retrySeconds) { [weak self] in
                self?.load(route, position, failures: failures + 1)
            }
        }
    }

    /// Saves cursors and removes what nobody needs, on a thread that may block.
    func keepHouse() async {
        defer { tellGivenUp() }
        do {
            try await pool.runIfActive { [journal] in
                journal.lookUpOldest()
                try journal.keepHouse(now: .now)
            }
            hasFailedToSave.store(false, ordering: .relaxed)
        } catch is CancellationError {
            // The gateway stops, and saves them once more when it has.
        } catch {
            guard !hasFailedToSave.exchange(true, ordering: .relaxed) else { return }
            logger.warning("the journal's cursors cannot be saved", metadata: ["error": "\(error)"])
        }
    }

    private func tellGivenUp() {
        let givenUp = journal.parked.withLock { $0.takeGivenUp() }
        for (name, expired) in givenUp.sorted(by: { $0.key < $1.key }) {
            for cause in ExpiryCause.allCases where expired[cause] > 0 {
                logger.error(
                    "packets of a destination that is not configured are given up",
                    metadata: [
                        "route": "\(SafeText.escaped(name))", "packets": "\(expired[cause])",
                        "cause": "\(cause.name)",
                    ])
            }
        }
    }

    /// Commits what is left, saves the cursors, and ends the threads.
    ///
    /// - Throws: ``StorageFault`` when accepted packets could not be written.
    func stop() async throws {
        isStopping.store(true, ordering: .releasing)
        signal.set()
        // Also when the task that stops the gateway has been cancelled.
        try await Task.detached { [pool, journal, ended] in
            try await pool.runIfActive {
                ended.wait()
                try journal.close(now: .now)
            }
        }.value
        try? await pool.shutdownGracefully()
    }
}
