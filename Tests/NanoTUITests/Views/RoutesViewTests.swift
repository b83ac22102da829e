import NanoCore
import Testing

@testable import NanoTUI

@Suite struct RoutesViewTests {
    /// What is said of what waits for a route after half a minute of steady traffic.
    private func waiting(
        _ waiting: UInt64, incoming: UInt64, outgoing: UInt64, dying: UInt64 = 0,
        expiring: UInt64 = 0, _ state: RouteSnapshot.State = .flowing
    ) -> String {
        var history = History()
        var route = RouteSnapshot(name: "alba")
        for second in 0...30 as ClosedRange<UInt64> {
            var snapshot = Snapshot()
            snapshot.gateway.uptimeSeconds = Double(second)
            (route.state, route.waiting, route.accepted) = (state, waiting, incoming * second)
            (route.delivered, route.deadLetters) = (outgoing * second, dying * second)
            route.expiredBy[.room] = expiring * second
            // As it is measured from one second to the next.
            route.flow = RouteFlow(incoming: Double(second % 7), outgoing: 0)
            snapshot.routes = [route]
            history.note(snapshot)
        }
        return RouteFacts.waiting(route, history)
    }

    @Test func `what waits comes with the time until it is gone, or its growth`() {
        #expect(
            waiting(24_000, incoming: 100, outgoing: 200) == "24,000, empty in 4 min at this rate")
        #expect(
            waiting(24_000, incoming: 100, outgoing: 0, dying: 200)
                == "24,000, empty in 4 min at this rate")
        #expect(waiting(900, incoming: 80, outgoing: 0, expiring: 600) == "900", "no delivery")
        #expect(waiting(900, incoming: 80, outgoing: 0, expiring: 80) == "900", "no growth")
        #expect(waiting(24_000, incoming: 120, outgoing: 0) == "24,000, grows by 120.0/s")
        #expect(waiting(7, incoming: 5, outgoing: 5) == "7")
        #expect(waiting(0, incoming: 5, outgoing: 6) == "0")
        #expect(waiting(9, incoming: 3, outgoing: 0, .paused) == "9")
    }

    @Test func `what a route met is shown while it fails, and a minute longer`() {
        func picture(_ state: RouteSnapshot.State, secondsAgo: Int64, _ view: Key) -> String {
            var model = ConsoleModel.sample
            var snapshot = SampleGateway.snapshot(second: 91)
            snapshot.routes[0].state = state
            snapshot.routes[0].lastError = "Connection refused"
            snapshot.routes[0].lastErrorUnixMilliseconds =
                snapshot.gateway.unixMilliseconds - secondsAgo * 1_000
            model.receive(snapshot)
            model.press(view, .end)
            return model.picture(160, 27)
        }
        for view in [Key.character("1"), .character("5")] {
            #expect(picture(.flowing, secondsAgo: 60, view).contains("Connection refused"))
            #expect(!picture(.flowing, secondsAgo: 61, view).contains("Connection refused"))
            #expect(picture(.retrying, secondsAgo: 840, view).contains("Connection refused"))
        }
    }

    @Test func `delivered has a column, and what was lost has one where there is any`() {
        var model = ConsoleModel.sample
        func head(_ width: Int) -> String {
            let lines = model.picture(width, 24).split(separator: "\n").map(String.init)
            return lines.first { $0.contains("route    state") } ?? ""
        }
        #expect(head(80).contains("delivered") && head(80).contains("dead"))
        #expect(!head(80).contains("expired") && !head(80).contains("skipped"))
        for column in ["delivered", "dead", "expired", "skipped", "p50/p99", "last error"] {
            #expect(head(159).contains(column), "\(column)")
        }
        var snapshot = SampleGateway.snapshot(second: 91)
        snapshot.routes[1].expiredBy[.age] = 7
        snapshot.routes[2].skipped = 12
        model.receive(snapshot)
        for view in [Key.character("1"), .character("5")] {
            model.press(view)
            for column in ["delivered", "dead", "expired", "skipped", "waiting"] {
                #expect(head(80).contains(column), "\(column)")
            }
        }
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
