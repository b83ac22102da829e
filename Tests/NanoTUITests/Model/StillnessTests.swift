import NanoCore
import Testing

@testable import NanoTUI

@Suite struct StillnessTests {
    private let before: Snapshot = {
        var snapshot = SampleGateway.snapshot(second: 90)
        for index in snapshot.routes.indices { snapshot.routes[index].inFlight = 0 }
        return snapshot
    }()

    @Test func `a gateway is still when the clock alone has moved`() {
        var now = before
        now.gateway.uptimeSeconds += 1
        now.gateway.unixMilliseconds += 1_000
        #expect(now.isStill(since: before))
    }

    @Test func `packets, connections, alarms and deliveries end the stillness`() {
        let changes: [(inout Snapshot) -> Void] = [
            { $0.ledger.received += 1 }, { $0.ledger.committing = 1 }, { $0.connections.open -= 1 },
            { $0.connections.total += 1 }, { $0.gateway.state = .draining },
            { $0.alarms.removeLast() }, { $0.routes[1].waiting -= 1 },
            { $0.routes[0].inFlight = 1 },
        ]
        for (number, change) in changes.enumerated() {
            var now = before
            change(&now)
            #expect(!now.isStill(since: before), "change \(number)")
        }
    }
}
