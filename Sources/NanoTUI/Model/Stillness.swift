import NanoCore

extension Snapshot {
    /// Whether nothing has come, gone or moved since an earlier look, and nothing is under way.
    func isStill(since earlier: Snapshot) -> Bool {
        ledger.received == earlier.ledger.received && ledger.committing == 0
            && connections.total == earlier.connections.total
            && connections.open == earlier.connections.open
            && gateway.state == earlier.gateway.state && alarms.count == earlier.alarms.count
            && routes.allSatisfy { $0.inFlight == 0 }
            && routes.map(\.waiting) == earlier.routes.map(\.waiting)
    }
}
