import Dispatch
import Foundation
public import NanoCore
import Synchronization

/// A running gateway in another process, for a console: the newest snapshot is fetched again and
/// again in the background, so that a gateway that hangs keeps no console from its keys.
public final class RemoteGateway: GatewayPort {
    private struct State {
        var newest: Snapshot
        var newestParts: SnapshotParts = []
        var wanted: SnapshotParts = []
        var standing: LearntStanding
        var isClosed = false
        /// When the newest snapshot came, on a clock that is never set, in nanoseconds.
        var answeredAt = Moment.now.monotonicNanoseconds
        var owed = OwedAnswer(now: Moment.now.monotonicNanoseconds)

        /// Takes note of why there is no newer snapshot.
        mutating func miss(_ reason: String, now: Moment) {
            newest.gateway.state = .unreachable
            newest.gateway.stateReason = "\(reason); trying again"
            newest.alarms.removeAll { $0.id == RemoteGateway.alarm }
            newest.alarms.insert(
                AlarmSnapshot(
                    id: RemoteGateway.alarm, severity: .critical,
                    unixMilliseconds: now.unixMilliseconds, title: "no answer",
                    text: "\(reason); what is shown is what the gateway said last; trying again"),
                at: 0)
        }

        /// The newest snapshot, which says how old it is where no newer one comes.
        mutating func look(now: Moment) -> Snapshot {
            if owed.seconds >= RemoteGateway.longestSilence, newest.gateway.state != .unreachable {
                miss("no answer for \(Int(owed.seconds)) s", now: now)
            }
            let age = Double(now.monotonicNanoseconds &- answeredAt) / 1e9
            newest.gateway.silentSeconds = newest.gateway.state == .unreachable ? age : nil
            return newest
        }
    }

    /// A connection to look over, and what came over it.
    private struct Line {
        let client: AdminClient
        var held = AdminLists.Held()
        var pace = LookPace()
    }

    private let path: String
    /// What this user asks to do; nil for all that is allowed.
    private let role: AdminRole?
    /// Whether it steers, though another console does, whenever it connects.
    private let insists: Bool
    /// What the gateway knows the console by; nil for what is none.
    private let console: String?
    private let state: Mutex<State>
    /// For commands; nil when the gateway has gone since the last one.
    private let commands: Mutex<AdminClient?>
    private let queue = DispatchQueue(label: "commands")
    /// Is told when another part is wanted, when one has come, and when something was done.
    private let change = MonotonicCondition()

    private static let alarm = "unreachable"
    /// From when on a gateway that keeps a question waiting counts as one that does not answer, in
    /// seconds.
    private static let longestSilence = 5.0
    /// How long a gateway may have been away from a console that steers again when it is back.
    private static let returnNanoseconds: UInt64 = 60_000_000_000
    /// How long a console waits for a part that it has not seen.
    private static let patienceNanoseconds: UInt64 = 500_000_000

    /// - Parameters:
    ///   - role: What is wanted; nil for all that this user may do.
    ///   - isConsole: Whether somebody sits at it: of several only the first steers unasked.
    ///   - insists: Whether it steers, though another does, also when the gateway comes back.
    /// - Throws: ``AdminFault`` when no gateway answers.
    public init(
        path: String, role: AdminRole? = nil, isConsole: Bool = false, insists: Bool = false
    ) throws(AdminFault) {
        (self.path, self.role, self.insists) = (path, role, insists)
        console = isConsole ? UUID().uuidString : nil
        let client = try AdminClient(
            path: path, role: role, console: console.map { ($0, true) })
        state = Mutex(
            State(
                newest: try client.snapshot([]),
                standing: LearntStanding(client.hello.standing)))
        commands = Mutex(client)
        let thread = Thread { [weak self] in
            ThreadName.set("attach")
            var line: Line?
            while self?.look(with: &line) == true {}
        }
        thread.start()
        let watch = Thread { [weak self] in
            ThreadName.set("attach-watch")
            while self?.tick() == true { Thread.sleep(forTimeInterval: LookPace.usual) }
        }
        watch.start()
    }

    /// Notes that the console runs, whatever the gateway does.
    ///
    /// - Returns: Whether to go on.
    private func tick() -> Bool {
        state.withLock { state in
            state.owed.tick(now: Moment.now.monotonicNanoseconds)
            return !state.isClosed
        }
    }

    /// What the gateway lets it do.
    public var standing: ConsoleStanding? { state.withLock { $0.standing.value } }

    /// Lets the console steer, though another does. Waits for the answer.
    public func elevate() -> CommandResult { result(of: .elevate) }

    /// Connects once more. A console that has looked so far does not steer because another has gone; one
    /// that has steered till lately does so again, though another has come meanwhile.
    private func connect() throws(AdminFault) -> AdminClient {
        while true {
            let (before, isReturning) = state.withLock { state in
                let away = Moment.now.monotonicNanoseconds &- state.answeredAt
                return (
                    state.standing,
                    state.standing.value == .steers && away < Self.returnNanoseconds
                )
            }
            let client = try AdminClient(
                path: path, role: role, console: console.map { ($0, before.value == .steers) })
            // One that was elevated meanwhile asks again: the greeting may be older than that.
            var standing = client.hello.standing
            if insists || isReturning, case .beside = standing,
                !(try client.perform(.elevate)).isFailed
            {
                standing = .steers
            }
            let isNewest = state.withLock { $0.standing.learn(standing, since: before) }
            if isNewest { return client }
        }
    }

    public func snapshot(_ parts: SnapshotParts) -> Snapshot {
        let isNew = state.withLock { state in
            defer { state.wanted = parts }
            return !parts.isSubset(of: state.newestParts)
        }
        if isNew { wait(for: parts) }
        return state.withLock { $0.look(now: .now) }
    }

    public func perform(
        _ command: Command, completion: @escaping @Sendable (CommandResult) -> Void
    ) {
        queue.async { [self] in completion(result(of: command)) }
    }

    /// Ends the looking.
    public func close() {
        state.withLock { $0.isClosed = true }
        change.wakeAll()
    }

    private func wait(for parts: SnapshotParts) {
        let end = Moment.monotonicNow + Self.patienceNanoseconds
        change.withLock {
            change.wakeAll()
            while !state.withLock({ parts.isSubset(of: $0.newestParts) }) {
                guard change.wait(untilMonotonicNanoseconds: end) else { return }
            }
        }
    }

    /// Fetches what is wanted, then rests.
    ///
    /// - Returns: Whether to go on.
    private func look(with line: inout Line?) -> Bool {
        let parts = state.withLock { state in
            state.owed.ask()
            return state.wanted
        }
        var pause = LookPace.usual
        do {
            var known = try line ?? Line(client: connect())
            let snapshot = try known.client.snapshot(parts, holding: &known.held)
            pause = known.pace.rest(after: snapshot, lists: known.held.revisions)
            line = known
            state.withLock { state in
                (state.newest, state.newestParts) = (snapshot, parts)
                state.answeredAt = Moment.now.monotonicNanoseconds
                state.owed.noteAnswer()
            }
        } catch {
            line = nil
            // Its other connection is none any more, either.
            commands.withLock { $0 = nil }
            state.withLock { $0.miss("\(error)", now: .now) }
        }
        change.withLock {
            change.wakeAll()
            let isWaitedFor = state.withLock { !$0.wanted.isSubset(of: $0.newestParts) }
            guard line == nil || !isWaitedFor else { return }
            _ = change.wait(
                untilMonotonicNanoseconds: Moment.monotonicNow + UInt64(pause * 1e9))
        }
        return !state.withLock { $0.isClosed }
    }

    private func result(of command: Command) -> CommandResult {
        do {
            let client = try commands.withLock(\.self) ?? connect()
            commands.withLock { $0 = client }
            let before = state.withLock { $0.standing }
            let result = try client.perform(command)
            // Whoever has done something wants to see it.
            change.withLock { change.wakeAll() }
            if command == .elevate, !result.isFailed,
                !state.withLock({ $0.standing.learn(.steers, since: before) })
            {
                // Another greeting came meanwhile, maybe of a gateway that knows nothing of it: the
                // next one tells.
                let renewed = try connect()
                commands.withLock { $0 = renewed }
            }
            return result
        } catch {
            commands.withLock { $0 = nil }
            return .failed("\(error); whether it was done is not known")
        }
    }
}

extension CommandResult {
    fileprivate var isFailed: Bool {
        if case .failed = self { true } else { false }
    }
}
