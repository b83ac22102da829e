import Logging
import NIOPosix
import NanoCore
import Synchronization

/// Copies the audit trail to one PostgreSQL, entry by entry in the file's order, over a connection of its
/// own that is there only while there is something to copy.
///
/// The file stays the truth: nothing waits for the copy. How far that is, the database is asked each
/// time, so that a restart, an outage and a new database are all the same.
final class AuditMirror: Sendable {
    private struct State {
        var snapshot: AuditCopySnapshot
        /// Whether a pass is under way, or waits for the thread.
        var isBusy = false
        /// Whether the gateway stops, which ends a pass that takes too long.
        var isStopped = false
        var failures = 0
        /// The earliest next pass, in monotonic nanoseconds.
        var nextAt: UInt64 = 0
    }

    private let folder: String
    private let work: Mutex<AuditMirrorWork>
    private let connection: PostgresConnection
    private let state: Mutex<State>
    private let pool = NIOThreadPool(numberOfThreads: 1)
    private let retry = RetryPolicy(baseMilliseconds: 1_000, capMilliseconds: 60_000)
    private let logger: Logger

    /// - Parameter gateway: The gateway's name.
    init(
        of gateway: String, stateFolder: String, to route: String, at address: PostgresAddress,
        timeoutMilliseconds: Int, logger: Logger
    ) {
        folder = stateFolder
        connection = PostgresConnection(
            to: address, for: .audit, timeoutMilliseconds: timeoutMilliseconds)
        work = Mutex(
            AuditMirrorWork(gateway: gateway, stateFolder: stateFolder, connection: connection))
        state = Mutex(State(snapshot: AuditCopySnapshot(route: route, newest: 0)))
        self.logger = logger
        pool.start()
    }

    var snapshot: AuditCopySnapshot { state.withLock(\.snapshot) }

    /// Has what is new copied, unless that is under way, or it is too early for another attempt.
    func look(now: Moment) {
        let newest = AuditLog(stateFolder: folder).head?.number
        let isDue = state.withLock { state in
            if let newest { state.snapshot.newest = newest }
            guard !state.isBusy, now.monotonicNanoseconds >= state.nextAt else { return false }
            state.isBusy = true
            return true
        }
        guard isDue else { return }
        pool.submit { pool in
            if pool == .active { self.pass() }
        }
    }

    /// Copies what came last, if nothing has been in the way, for as long as a stop can wait. The next start
    /// copies what is left.
    func finish(within limit: Duration) async {
        if state.withLock({ $0.failures == 0 }) {
            let (end, ended) = AsyncStream.makeStream(of: Void.self)
            pool.submit { pool in
                if pool == .active { self.pass() }
                ended.finish()
            }
            let patience = Task {
                try await Task.sleep(for: limit)
                ended.finish()
            }
            for await _ in end {}
            patience.cancel()
        }
        state.withLock { $0.isStopped = true }
        connection.stop()
        pool.shutdownGracefully { _ in }
    }

    private func pass() {
        let outcome = work.withLock { $0.copyAll(note) }
        tell(of: outcome)
        let now = Moment.now
        state.withLock { state in
            state.isBusy = false
            switch outcome {
            case .none: break
            case .done: (state.failures, state.snapshot.fault) = (0, "")
            case .failed(let fault):
                state.failures += 1
                state.snapshot.fault = fault
                var chance = SystemRandomNumberGenerator()
                let wait = retry.delayMilliseconds(failures: state.failures, using: &chance)
                state.nextAt = now.monotonicNanoseconds + UInt64(wait) * 1_000_000
            }
        }
    }

    private func note(_ step: AuditMirrorWork.Step) {
        let route = state.withLock { state in
            if case .reached(let number) = step {
                state.snapshot.copied = number
                state.snapshot.newest = max(state.snapshot.newest, number)
            }
            return state.snapshot.route
        }
        if case .leftOut(let number, let fault) = step {
            logger.warning(
                "an entry of the audit trail is left out of the copy, since the database refuses it",
                metadata: ["route": "\(route)", "entry": "\(number)", "error": "\(fault)"])
        }
    }

    /// Tells the log of the first of some failures, and of their end; of none that a stop has caused.
    private func tell(of outcome: AuditMirrorWork.Outcome) {
        let (failures, isStopped, route) = state.withLock {
            ($0.failures, $0.isStopped, $0.snapshot.route)
        }
        if case .failed(let fault) = outcome, failures == 0, !isStopped {
            logger.warning(
                "the audit trail cannot be copied, trying it now and then",
                metadata: ["route": "\(route)", "error": "\(fault)"])
        } else if case .done = outcome, failures > 0 {
            logger.notice("the audit trail is copied again", metadata: ["route": "\(route)"])
        }
    }
}
