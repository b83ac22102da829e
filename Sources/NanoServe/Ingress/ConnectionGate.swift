import NanoCore
import Synchronization

/// Decides whether one more connection is let in, and counts them.
final class ConnectionGate: Sendable {
    private struct State {
        var counts = ConnectionsSnapshot()
        /// By source; one of nil are those whose address is not known.
        var openBySource: [IPNetwork?: Int] = [:]
        var unproven: UnprovenConnections
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
    ///   - patience: Nanoseconds that a connection may take to show a genuine frame before it gives
    ///     its place to others, where there are no more.
    ///   - speaksTLS: Whether there is anything to count of TLS.
    ///   - now: Monotonic time, in nanoseconds.
    init(
        limit: Int, limitPerAddress: Int?, rules: DoorRules, offenders: Offenders,
        patience: UInt64 = 10_000_000_000, speaksTLS: Bool = false, now: UInt64
    ) {
        self.offenders = offenders
        self.limit = limit
        self.limitPerAddress = limitPerAddress
        self.rules = rules
        var counts = ConnectionsSnapshot()
        if speaksTLS { counts.tls = TLSConnectionsSnapshot() }
        state = Mutex(
            State(
                counts: counts, unproven: UnprovenConnections(patience: patience),
                bucket: rules.rate.map { TokenBucket($0, now: now) },
                buckets: rules.ratePerAddress.map {
                    BucketTable($0, capacity: Self.rememberedAddresses)
                }))
    }

    /// Whether a visitor is a proxy that has to tell for whom it comes.
    func expectsHeader(from visitor: Visitor) -> Bool {
        visitor.address.map(rules.proxies.contains) ?? false
    }

    /// - Parameter isWelcome: Whether somebody has come in with that; if not,
    ///   ``welcome(isTLS:)`` follows when somebody has.
    /// - Returns: Whether the connection may stay; if so, ``leave(_:byGateway:isTLS:unproven:)`` has to
    ///   follow.
    func enter(_ visitor: Visitor, now: UInt64, isWelcome: Bool = true) -> Bool {
        judge(visitor, now: now, isWelcome: isWelcome, isInside: false)
    }

    /// Gives a proxy's connection a place, before it has told for whom it comes: until then one of some
    /// beyond the limit, while there are connections that might make room for it.
    ///
    /// - Returns: Whether it may stay; if so, ``leave(_:byGateway:isTLS:unproven:)`` has to follow.
    func enterProxy() -> Bool {
        state.withLock { state in
            let beyond = state.unproven.count > 0 ? Self.placesForProxies : 0
            guard state.counts.open < limit + beyond else {
                state.counts.turnedAway[.full] += 1
                return false
            }
            state.counts.open += 1
            return true
        }
    }

    private static let placesForProxies = 64
    /// Connections beyond the limit for the sake of which others leave.
    private static let mostBeyond = 64
    /// What there may be of connections beyond the limit, at most, for a moment.
    static var beyondLimit: Int { placesForProxies + mostBeyond }

    /// Judges for whom a proxy has come, on the place that it has.
    ///
    /// - Parameter isWelcome: As of ``enter(_:now:isWelcome:)``.
    func admit(_ visitor: Visitor, now: UInt64, isWelcome: Bool = true) -> Bool {
        judge(visitor, now: now, isWelcome: isWelcome, isInside: true)
    }

    /// Lets a visitor in if there is nothing against it, and has another leave where there is no place.
    ///
    /// - Parameter isInside: Whether it counts among those that are in already.
    private func judge(
        _ visitor: Visitor, now: UInt64, isWelcome: Bool, isInside: Bool
    ) -> Bool {
        let (isIn, giveWay) = state.withLock { state in
            let open = state.counts.open - (isInside ? 1 : 0)
            let isFull = open >= limit
            // Those that were told to leave may have shown a genuine frame before they did.
            let leaver =
                isFull && open < limit + Self.mostBeyond
                ? state.unproven.candidate(for: visitor.share, now: now) : nil
            let hasPlace = !isFull || leaver != nil
            if let reason = objection(to: visitor, &state, now: now, hasPlace: hasPlace) {
                state.counts.turnedAway[reason] += 1
                return (false, nil as (@Sendable () -> Void)?)
            }
            if !isInside { state.counts.open += 1 }
            if isWelcome { state.counts.total += 1 }
            count(visitor, &state)
            return (true, leaver.flatMap { state.unproven.take($0) })
        }
        giveWay?()
        return isIn
    }

    /// Notes that a connection has come in which has shown nothing yet.
    ///
    /// - Parameter giveWay: Closes it, should others need its place.
    /// - Returns: What ``prove(_:)`` or ``leave(_:byGateway:isTLS:unproven:)`` have to name.
    func expectProof(
        of visitor: Visitor, now: UInt64, giveWay: @escaping @Sendable () -> Void
    ) -> UnprovenConnections.Number {
        state.withLock { $0.unproven.add(from: visitor.share, now: now, giveWay: giveWay) }
    }

    /// Notes that a genuine frame has come in.
    func prove(_ number: UnprovenConnections.Number) {
        state.withLock { $0.unproven.remove(number) }
    }

    /// Counts somebody who has come in, behind what there was to do first.
    func welcome(isTLS: Bool) {
        state.withLock { state in
            state.counts.total += 1
            guard isTLS else { return }
            state.counts.tls?.open += 1
            state.counts.tls?.total += 1
        }
    }

    /// Counts a connection that is closed before it was let in.
    func turnAway(_ reason: TurnedAwayReason) {
        state.withLock { $0.counts.turnedAway[reason] += 1 }
    }

    /// Counts a connection whose handshake came to nothing, and keeps why.
    func turnAway(_ visitor: Visitor, _ fault: HandshakeFault, now: Moment) {
        let failure = HandshakeFailure(
            address: visitor.name, unixMilliseconds: now.unixMilliseconds, reason: fault.reason,
            words: fault.words)
        state.withLock { state in
            state.counts.turnedAway[fault.reason] += 1
            state.counts.tls?.note(failure)
        }
    }

    /// - Parameters:
    ///   - visitor: Nil for a proxy that never told for whom it came.
    ///   - byGateway: Whether the gateway closed the connection, rather than the device.
    ///   - isTLS: Whether it had come in over TLS.
    ///   - number: What it is called while it has shown nothing; nil before that.
    func leave(
        _ visitor: Visitor?, byGateway: Bool, isTLS: Bool = false,
        unproven number: UnprovenConnections.Number? = nil
    ) {
        state.withLock { state in
            if let number { state.unproven.remove(number) }
            state.counts.open -= 1
            if isTLS { state.counts.tls?.open -= 1 }
            if byGateway { state.counts.closedByGateway += 1 }
            guard limitPerAddress != nil, let visitor, visitor.standing == .device,
                let open = state.openBySource[visitor.source]
            else { return }
            state.openBySource[visitor.source] = open > 1 ? open - 1 : nil
        }
    }

    /// Counts what an address has open.
    private func count(_ visitor: Visitor, _ state: inout State) {
        guard limitPerAddress != nil, visitor.standing == .device else { return }
        state.openBySource[visitor.source, default: 0] += 1
    }

    /// The first thing there is against a visitor. Who is held back by one limit takes no token from
    /// those behind it, so that one address does not use up what all have.
    private func objection(
        to visitor: Visitor, _ state: inout State, now: UInt64, hasPlace: Bool
    ) -> TurnedAwayReason? {
        guard visitor.standing != .proxy else { return hasPlace ? nil : .full }
        if let reason = rules.objection(to: visitor.address) { return reason }
        guard hasPlace else { return .full }
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

extension Visitor {
    /// Whose share of the places it takes; nil for nobody's.
    fileprivate var share: IPNetwork? { standing == .device ? source : nil }
}
