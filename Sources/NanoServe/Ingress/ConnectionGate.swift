import NanoCore
import Synchronization

/// Decides whether one more connection is let in, and counts them.
final class ConnectionGate: Sendable {
    private struct State {
        var counts = ConnectionsSnapshot()
        var openByAddress: [String: Int] = [:]
    }

    private let state = Mutex(State())
    private let limit: Int
    private let limitPerAddress: Int?

    /// - Parameters:
    ///   - limit: Connections open at once.
    ///   - limitPerAddress: The same for one address; nil for no limit.
    init(limit: Int, limitPerAddress: Int?) {
        self.limit = limit
        self.limitPerAddress = limitPerAddress
    }

    /// - Returns: Whether the connection may stay; if so, ``leave(address:byGateway:)`` has to follow.
    func enter(address: String) -> Bool {
        state.withLock { state in
            let openHere = state.openByAddress[address, default: 0]
            guard state.counts.open < limit, openHere < limitPerAddress ?? .max else {
                state.counts.turnedAway += 1
                return false
            }
            state.counts.open += 1
            state.counts.total += 1
            if limitPerAddress != nil { state.openByAddress[address] = openHere + 1 }
            return true
        }
    }

    /// - Parameter byGateway: Whether the gateway closed it, rather than the device.
    func leave(address: String, byGateway: Bool) {
        state.withLock { state in
            state.counts.open -= 1
            if byGateway { state.counts.closedByGateway += 1 }
            guard limitPerAddress != nil, let open = state.openByAddress[address] else { return }
            state.openByAddress[address] = open > 1 ? open - 1 : nil
        }
    }

    var counts: ConnectionsSnapshot { state.withLock { $0.counts } }
}
