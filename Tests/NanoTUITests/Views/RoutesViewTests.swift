import NanoCore
import Testing

@testable import NanoTUI

@Suite struct RoutesViewTests {
    private func route(
        waiting: UInt64, incoming: Double, outgoing: Double, givenUp: Double? = nil
    ) -> RouteSnapshot {
        var route = RouteSnapshot(name: "alba")
        (route.state, route.waiting) = (.flowing, waiting)
        route.flow = RouteFlow(incoming: incoming, outgoing: outgoing, givenUp: givenUp)
        return route
    }

    @Test func `what waits comes with the time until it is gone, or its growth`() {
        #expect(
            RouteFacts.waiting(route(waiting: 24_000, incoming: 100, outgoing: 200))
                == "24,000, empty in 4 min at this rate")
        #expect(
            RouteFacts.waiting(route(waiting: 24_000, incoming: 120, outgoing: 0))
                == "24,000, grows by 120.0/s")
        #expect(
            RouteFacts.waiting(route(waiting: 900, incoming: 80, outgoing: 0, givenUp: 80))
                == "900", "what expires makes room for what comes")
        #expect(
            RouteFacts.waiting(route(waiting: 900, incoming: 80, outgoing: 0, givenUp: 600))
                == "900", "what expires is no delivery")
        #expect(RouteFacts.waiting(route(waiting: 7, incoming: 5, outgoing: 5)) == "7")
        #expect(RouteFacts.waiting(route(waiting: 0, incoming: 5, outgoing: 6)) == "0")
        var paused = route(waiting: 9, incoming: 3, outgoing: 0)
        paused.state = .paused
        #expect(RouteFacts.waiting(paused) == "9")
    }

    @Test(arguments: [
        (60, 18, "attempts: again in 4 s"), (80, 24, "breaker     open: again in 4 s"),
        (120, 40, "breaker     open: again in 4 s"),
    ])
    func `a destination that is only tried now and then says when`(
        width: Int, height: Int, words: String
    ) {
        var model = ConsoleModel.sample
        model.press(.character("5"), .end)
        let picture = model.picture(width, height)
        #expect(picture.contains(words) && picture.contains("grows by 87.0/s"))
        #expect(picture.split(separator: "again in 4 s").count == 2, "it is said once")
        model.press(.enter)
        #expect(model.picture(width, height).contains("open: again in 4 s"))
    }

    @Test func `with room there is how a route gets on, and its graph is higher`() {
        var model = ConsoleModel.sample
        model.press(.character("5"), .home)
        let lines = { (rows: Int) in
            model.picture(80, rows).split(separator: "\n", omittingEmptySubsequences: false)
        }
        let facts = ["last error ", "breaker ", "at once ", "answers ", "oldest "]
        #expect(
            facts.allSatisfy { fact in lines(24).contains { $0.hasPrefix(" \(fact)") } })
        #expect(lines(24).count { $0.contains("██") } == 3)
        #expect(lines(50).count { $0.contains("██") } == 6)
        #expect(lines(19).count { $0.contains("██") } == 1)
        #expect(!lines(19).contains { $0.hasPrefix(" breaker ") })
    }

    @Test func `of many routes those that are not well come first on the overview`() {
        var model = ConsoleModel.sample
        var snapshot = SampleGateway.snapshot(second: 91)
        snapshot.routes = (1...12).map { number in
            var route = RouteSnapshot(name: "route\(number)")
            route.state = [3: .paused, 7: .refusing, 11: .retrying][number] ?? .flowing
            return route
        }
        snapshot.alarms[1].route = "route9"
        snapshot.routes[4].deadLetters = 1
        model.receive(snapshot)
        let rows = model.routes.map(\.name)
        #expect(rows.prefix(5) == ["route11", "route7", "route3", "route5", "route9"])
        #expect(rows.count == 12)
        #expect(model.picture(80, 24).contains("─ +7 more ─"))
        model.press(.home, .down, .down, .down, .down, .down, .down, .down, .down)
        #expect(model.picture(80, 24).contains("─ +7 more, 5 not well ─"))
        model.press(.character("5"))
        #expect(model.routes.map(\.name) == snapshot.routes.map(\.name))
    }

    @Test func `names that begin alike are told apart`() {
        var model = ConsoleModel.sample
        var snapshot = SampleGateway.snapshot(second: 91)
        snapshot.routes = ["site-berlin", "site-bern", "line-of-a-plant-far-away"].map {
            RouteSnapshot(name: $0)
        }
        model.receive(snapshot)
        let picture = model.picture(80, 24)
        #expect(picture.contains("site-berlin ") && picture.contains("site-bern "))
        #expect(picture.contains("line-of-a-pla… ") && picture.contains("last err"))
    }

    @Test func `x asks before it gives up what waits, with how much that is`() {
        var model = ConsoleModel.sample
        model.press(.character("5"), .end, .character("x"))
        let picture = model.picture(80, 24)
        #expect(picture.contains("Skip what waits for influx?") && picture.contains("8,211"))
        #expect(model.press(.enter).isEmpty, "Cancel is the default")
        model.press(.character("x"))
        model.type("influx")
        #expect(model.press(.enter) == [.perform(.skipRoute("influx"))])
        model.press(.home, .character("x"))
        #expect(model.picture(80, 24).contains("nothing waits for alba"))
    }
}
