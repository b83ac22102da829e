import NanoCore
import Testing

@testable import NanoServe

/// How often a console in another process looks.
@Suite struct LookPaceTests {
    @Test func `where nothing moves it is looked less often, until something does`() {
        var pace = LookPace()
        var snapshot = Snapshot()
        snapshot.routes = [RouteSnapshot(name: "alba")]
        #expect(pace.rest(after: snapshot, lists: [:]) == LookPace.usual)
        snapshot.gateway.uptimeSeconds = 7
        snapshot.gateway.residentBytes = 1
        #expect(pace.rest(after: snapshot, lists: [:]) == LookPace.ofStillness)
        let moves: [(inout Snapshot) -> Void] = [
            { $0.ledger.received += 1 }, { $0.connections.total += 1 },
            { $0.connections.open += 1 },
            { $0.gateway.state = .draining }, { $0.routes[0].state = .paused },
            { $0.routes[0].waiting += 1 },
            {
                $0.alarms = [
                    AlarmSnapshot(
                        id: "a", severity: .notice, unixMilliseconds: 0, title: "", text: "")
                ]
            },
        ]
        for move in moves {
            move(&snapshot)
            #expect(pace.rest(after: snapshot, lists: [:]) == LookPace.usual)
            #expect(pace.rest(after: snapshot, lists: [:]) == LookPace.ofStillness)
        }
        #expect(pace.rest(after: snapshot, lists: ["log": 2]) == LookPace.usual)
        #expect(pace.rest(after: snapshot, lists: ["log": 2]) == LookPace.ofStillness)
    }
}
