import NanoCore
import Testing

/// What moves on a route, and where that leads.
struct RouteFlowTests {
    private func route(_ edit: (inout RouteSnapshot) -> Void) -> RouteSnapshot {
        var watch = AlarmWatch()
        watch.pass(seconds: 10) { edit(&$0.routes[0]) }
        var route = watch.snapshot.routes[0]
        route.flow = watch.board.flow("alba")
        return route
    }

    @Test func `what expires is not on its way to the destination`() {
        let route = route {
            $0.waiting = 300_000
            $0.accepted += 1_000
            $0.expiredBy[.room] += 1_576
        }
        #expect(route.flow == RouteFlow(incoming: 1_000, outgoing: 0, givenUp: 1_576))
        #expect(route.emptyInSeconds == nil)
        #expect(route.flow?.growth == -576)
    }

    @Test func `what is skipped is not on its way to the destination`() {
        let route = route {
            $0.waiting = 50
            $0.skipped += 900
        }
        #expect(route.flow?.outgoing == 0 && route.emptyInSeconds == nil)
    }

    @Test func `what is delivered or condemned empties a route`() {
        let route = route {
            $0.waiting = 3_000
            $0.accepted += 10
            $0.delivered += 90
            $0.condemned += 20
            $0.deadLetters += 20
        }
        #expect(route.flow == RouteFlow(incoming: 10, outgoing: 110, givenUp: 0))
        #expect(route.emptyInSeconds == 30)
    }
}
