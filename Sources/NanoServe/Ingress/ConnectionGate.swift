import NanoCore
import Synchronization

/// Decides whether one more connection is let in, and counts them.
final class ConnectionGate: Sendable {
    private struct State {
        var counts = ConnectionsSnapshot()
        /// By source; one of nil are those whose address is not known.
        var openBySource: [IPNetwork?: Int] = [:]
        var bucket: TokenBucket?
        var buckets: BucketTable?
    }

    /// Addresses whose rate is remembered.
    private static let rememberedAddresses = 16_384

    private let state: Mutex<State>
    private let limit: Int
    private let limitPerAddress: Int?
    private let rules: DoorRules
    private let offenders: Offenders

    /// - Parameters:
    ///   - limit: Connections open at once.
    ///   - limitPerAddress: The same for one address; nil for no limit.
    ///   - now: Monotonic time, in nanoseconds.
    init(
        limit: Int, limitPerAddress: Int?, rules: DoorRules, offenders: Offenders, now: UInt64
    ) {
        self.offenders = offenders
        self.limit = limit
        self.limitPerAddress = limitPerAddress
        self.rules = rules
        state = Mutex(
            State(
                bucket: rules.rate.map { TokenBucket($0, now: now) },
                buckets: rules.ratePerAddress.map {
                    BucketTable($0, capacity: Self.rememberedAddresses)
                }))
    }

    /// Whether a visitor is a proxy that has to tell for whom it comes.
    func expectsHeader(from visitor: Visitor) -> Bool {
        visitor.address.map(rules.proxies.contains) ?? false
    }

    /// - Returns: Whether the connection may stay; if so, ``leave(_:byGateway:)`` has to follow.
    func enter(_ visitor: Visitor, now: UInt64) -> Bool {
        state.withLock { state in
            if let reason = objection(to: visitor, &state, now: now, needsPlace: true) {
                state.counts.turnedAway[reason] += 1
                return false
            }
            state.counts.open += 1
            count(visitor, &state)
            return true
        }
    }

    /// Gives a proxy's connection a place, before it has told for whom it comes.
    ///
    /// - Returns: Whether it may stay; if so, ``leave(_:byGateway:)`` has to follow.
    func enterProxy() -> Bool {
        state.withLock { state in
            guard state.counts.open < limit else {
                state.counts.turnedAway[.full] += 1
                return false
            }
            state.counts.open += 1
            return true
        }
    }

    /// Judges for whom a proxy has come, on the place that it has.
    func admit(_ visitor: Visitor, now: UInt64) -> Bool {
        state.withLock { state in
            if let reason = objection(to: visitor, &state, now: now, needsPlace: false) {
                state.counts.turnedAway[reason] += 1
                return false
            }
            count(visitor, &state)
            return true
        }
    }

    /// Counts a connection that is closed before it was let in.
    func turnAway(_ reason: TurnedAwayReason) {
        state.withLock { $0.counts.turnedAway[reason] += 1 }
    }

    /// - Parameters:
    ///   - visitor: Nil for a proxy that never told for whom it came.
    ///   - byGateway: Whether the gateway closed the connection, rather than the device.
    func leave(_ visitor: Visitor?, byGateway: Bool) {
        state.withLock { state in
            state.counts.open -= 1
            if byGateway { state.counts.closedByGateway += 1 }
            guard limitPerAddress != nil, let visitor, visitor.standing == .device,
                let open = state.openBySource[visitor.source]
            else { return }
            state.openBySource[visitor.source] = open > 1 ? open - 1 : nil
        }
    }

    private func count(_ visitor: Visitor, _ state: inout State) {
        state.counts.total += 1
        guard limitPerAddress != nil, visitor.standing == .device else { return }
        state.openBySource[visitor.source, default: 0] += 1
    }

    /// The first thing there is against a visitor. Who is held back by one limit takes no token from
    /// those behind it, so that one address does not use up what all have.
    private func objection(
        to visitor: Visitor, _ state: inout State, now: UInt64, needsPlace: Bool
    ) -> TurnedAwayReason? {
        guard visitor.standing != .proxy else { return nil }
        if let reason = rules.objection(to: visitor.address) { return reason }
        if needsPlace, state.counts.open >= limit { return .full }
        if visitor.standing == .device {
            if let address = visitor.address,
                let reason = offenders.objection(to: address, now: now)
            {
                return reason
            }
            let open = limitPerAddress == nil ? 0 : state.openBySource[visitor.source, default: 0]
            if open >= limitPerAddress ?? .max { return .sourceFull }
            if state.buckets?.take(visitor.sourceHash, now: now, .sourceLimit) != nil {
                return .sourceRate
            }
        }
        if let rate = rules.rate, state.bucket?.take(rate, now: now) == false { return .rate }
        return nil
    }

    var counts: ConnectionsSnapshot { state.withLock { $0.counts } }
}
