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
        connection.stop()
        pool.shutdownGracefully { _ in }
    }

    private func pass() {
        let outcome = work.withLock { work in
            work.copyAll { head in
                state.withLock { state in
                    state.snapshot.copied = head.number
                    state.snapshot.newest = max(state.snapshot.newest, head.number)
                }
            }
        }
        let now = Moment.now
        let (failures, route) = state.withLock { state in
            let failures = state.failures
            state.isBusy = false
            switch outcome {
            case .none: break
            case .done: (state.failures, state.snapshot.fault) = (0, "")
            case .failed(let fault):
                (state.failures, state.snapshot.fault) = (failures + 1, fault)
                var chance = SystemRandomNumberGenerator()
                let wait = retry.delayMilliseconds(failures: failures + 1, using: &chance)
                state.nextAt = now.monotonicNanoseconds + UInt64(wait) * 1_000_000
            }
            return (failures, state.snapshot.route)
        }
        if case .failed(let fault) = outcome, failures == 0 {
            logger.warning(
                "the audit trail cannot be copied, trying it now and then",
                metadata: ["route": "\(route)", "error": "\(fault)"])
        } else if case .done = outcome, failures > 0 {
            logger.notice("the audit trail is copied again", metadata: ["route": "\(route)"])
        }
    }
}

/// What the thread of an ``AuditMirror`` does.
private struct AuditMirrorWork {
    /// What has become of an attempt.
    enum Outcome {
        /// There was nothing to do, as far as could be seen.
        case none
        case done
        case failed(String)
    }

    /// Rows of one statement, at most, and bytes of their lines, unless a single one has more.
    private static let rowCount = 200
    private static let rowBytes = 1_048_576

    private let gateway: String
    private let connection: PostgresConnection
    private var follower: AuditFollower
    /// Lines that have been read and are to be copied.
    private var left: ArraySlice<AuditFollower.Line> = []
    /// What the database says is its newest entry of this trail, when all that was read was there; nil
    /// where nobody knows.
    private var answer: String?

    init(gateway: String, stateFolder: String, connection: PostgresConnection) {
        self.gateway = gateway
        self.connection = connection
        follower = AuditFollower(stateFolder: stateFolder)
    }

    /// Copies until there is no more.
    ///
    /// - Parameter note: Is told the newest entry that is in the database.
    mutating func copyAll(_ note: (AuditHead) -> Void) -> Outcome {
        defer { connection.close() }
        do {
            guard try readOn(), let trail = follower.trail else { return .none }
            let question = PostgresAudit.newest(of: trail)
            let newest = try connection.answer(to: question)
            if newest != answer, let head = try passOver(upTo: newest) { note(head) }
            var isNew = false
            while try readOn() {
                try write(of: trail, note)
                isNew = true
            }
            answer = isNew ? try connection.answer(to: question) : newest
            return .done
        } catch {
            follower.rewind()
            (left, answer) = ([], nil)
            return .failed((error as? PostgresFault)?.text ?? "\(error)")
        }
    }

    /// Reads on, if nothing is left of what was read.
    ///
    /// - Returns: Whether there is something to copy.
    private mutating func readOn() throws -> Bool {
        if left.isEmpty { left = (try follower.next() ?? [])[...] }
        return !left.isEmpty
    }

    /// Reads from the beginning up to the newest entry of the database, so that what follows is what it
    /// has not. Where the file has no such entry, everything follows, and what is there changes nothing.
    private mutating func passOver(upTo newest: String) throws -> AuditHead? {
        func begin() {
            follower.rewind()
            left = []
        }
        begin()
        guard !newest.isEmpty else { return nil }
        while try readOn() {
            if let place = left.firstIndex(where: { $0.head.description == newest }) {
                let head = left[place].head
                left = left[(place + 1)...]
                return head
            }
            left = []
        }
        begin()
        return nil
    }

    /// Writes the first of what is left.
    private mutating func write(of trail: String, _ note: (AuditHead) -> Void) throws {
        var (count, bytes) = (0, 0)
        for line in left.prefix(Self.rowCount) {
            bytes += line.text.utf8.count
            guard count == 0 || bytes <= Self.rowBytes else { break }
            count += 1
        }
        let part = left.prefix(count)
        let rows = part.map { PostgresAuditRow($0, gateway: gateway, trail: trail) }
        _ = try connection.answer(to: PostgresAudit.insert(rows))
        left = left.dropFirst(count)
        if let head = part.last?.head { note(head) }
    }
}

extension PostgresAuditRow {
    init(_ line: AuditFollower.Line, gateway: String, trail: String) {
        let entry = line.entry
        let hasTime = Timestamp.unixMilliseconds(rfc3339: entry.time) != nil
        self.init(
            gateway: gateway, trail: trail, number: entry.number, begun: entry.begun,
            time: hasTime ? entry.time : nil, actor: entry.actor.user, uid: entry.actor.uid,
            via: entry.actor.way.rawValue, terminal: entry.actor.terminal,
            sudoUser: entry.actor.sudoUser, action: entry.action, target: entry.target,
            result: entry.result.rawValue, sentence: entry.sentence, note: entry.note,
            previous: entry.previous, hash: line.hash, line: line.text)
    }
}

extension GatewayConfiguration {
    /// What copies the audit trail: one for each database that is to have it.
    func auditMirrors(stateFolder: String, logger: Logger) -> [AuditMirror] {
        var addresses: [PostgresAddress] = []
        return destinations.compactMap { destination in
            guard case .postgreSQL(let address) = destination.kind, destination.copiesAudit,
                !addresses.contains(address)
            else { return nil }
            addresses.append(address)
            return AuditMirror(
                of: name, stateFolder: stateFolder, to: destination.name, at: address,
                timeoutMilliseconds: destination.timeoutMilliseconds, logger: logger)
        }
    }
}
