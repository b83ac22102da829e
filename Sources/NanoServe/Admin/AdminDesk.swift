import Foundation
import NanoCore
import Synchronization

/// What all conversations at the admin socket share.
struct AdminDesk: Sendable {
    let gateway: any AdminGateway
    let snapshots: AdminSnapshots
    let denials = AdminDenials()
    let consoles: AdminConsoles

    /// - Parameter ownOperator: Who sits at the gateway's own console; nil where it has none.
    init(_ gateway: any AdminGateway, ownOperator: String?) {
        self.gateway = gateway
        consoles = AdminConsoles(ownOperator: ownOperator)
        snapshots = AdminSnapshots(gateway)
    }
}

/// Snapshots as they go over the socket: made one at a time, and good for a moment, so that many who
/// look cost little more than one.
actor AdminSnapshots {
    private let gateway: any AdminGateway
    private var made: [SnapshotParts.RawValue: (at: ContinuousClock.Instant, json: Data)] = [:]
    /// The same without their long lists, which are told by what has changed of them.
    private var short: [SnapshotParts.RawValue: (at: ContinuousClock.Instant, json: Data)] = [:]
    private var lists = AdminLists.Told()

    private static let goodFor = Duration.milliseconds(200)

    init(_ gateway: any AdminGateway) {
        self.gateway = gateway
    }

    /// A snapshot as a JSON object.
    func json(_ parts: SnapshotParts) throws -> Data {
        let now = ContinuousClock.now
        made = made.filter { now - $0.value.at < Self.goodFor }
        if let known = made[parts.rawValue] { return known.json }
        let json = try AdminLine.encode(gateway.snapshot(parts)).dropLast()
        made[parts.rawValue] = (ContinuousClock.now, json)
        return json
    }

    /// A snapshot without its long lists, and what has changed of these, as JSON objects.
    ///
    /// - Parameter held: The numbers of the lists that the asker holds, by their names.
    func news(
        _ parts: SnapshotParts, since held: [String: UInt64]
    ) throws -> (snapshot: Data, lists: Data) {
        let now = ContinuousClock.now
        short = short.filter { now - $0.value.at < Self.goodFor }
        let snapshot: Data
        if let known = short[parts.rawValue] {
            snapshot = known.json
        } else {
            var whole = gateway.snapshot(parts)
            lists.take(&whole, parts)
            snapshot = try AdminLine.encode(whole).dropLast()
            short[parts.rawValue] = (ContinuousClock.now, snapshot)
        }
        return (snapshot, try lists.json(parts, since: held))
    }

    /// Makes the next one anew: somebody has done something, and wants to see it.
    func forget() {
        made = [:]
        short = [:]
    }
}

/// Which of the commands that are not allowed are written down: whoever may only look must not fill
/// the trail.
final class AdminDenials: Sendable {
    private struct State {
        var minuteBegan: ContinuousClock.Instant?
        var written = 0
        var skipped = 0
    }

    static let mostAMinute = 20
    private let state = Mutex(State())

    /// - Returns: How many were passed over since the last one that was written down; nil when this
    ///   one is passed over too.
    func admit(now: ContinuousClock.Instant = .now) -> Int? {
        state.withLock { state in
            if state.minuteBegan.map({ now - $0 >= .seconds(60) }) ?? true {
                state.minuteBegan = now
                state.written = 0
            }
            guard state.written < Self.mostAMinute else {
                state.skipped += 1
                return nil
            }
            state.written += 1
            defer { state.skipped = 0 }
            return state.skipped
        }
    }
}
