import NanoCore
import Synchronization
import Testing

/// Destinations that push back, and what their routes make of it.
@Suite struct PushBackTests {
    @Test(arguments: [429, 503])
    func `a destination that pushes back is asked by one request, and gets all when it is back`(
        status: Int
    ) async throws {
        let isBack = Atomic(false)
        let alba = try await ScriptedReceiver.start { _, _ in
            .status(isBack.load(ordering: .relaxed) ? 200 : status)
        }
        let cycle = try await ScriptedReceiver.answering()
        try await withGateway(
            alba: alba.url, cycle: cycle.url, routes: ["concurrency: 16"]
        ) { gateway in
            try await gateway.send(DeviceFrames.pressures(0..<100))
            try await gateway.reaches("routes.alba.concurrency_limit", 1)
            let isAlone = try await eventually {
                try await gateway.number("routes.alba.in_flight") == 1
            }
            #expect(isAlone)
            #expect(try await gateway.number("routes.alba.waiting") == 99)
            #expect(alba.requests.count < 60, "16 requests at once would be hundreds")
            #expect(try await gateway.number("routes.cycle.concurrency_limit") == 16)
            try await gateway.expectBalance()
            isBack.store(true, ordering: .relaxed)
            try await gateway.reaches("routes.alba.delivered", 100)
            // One more for each round of answers: 130 of them lead from 1 to 16.
            try await gateway.send(DeviceFrames.pressures(100..<200))
            try await gateway.reaches("routes.alba.concurrency_limit", 16)
        }
        try await alba.stop()
        try await cycle.stop()
    }
}
