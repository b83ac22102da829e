import NanoCore
import Synchronization
import Testing

/// What is in flight at a destination that hangs, while everything for it is skipped.
@Suite struct SkipTests {
    @Test func `an answer that was under way at the skip counts`() async throws {
        let latch = Latch()
        let alba = try await ScriptedReceiver.answering(.status(200, behind: latch))
        try await withGateway(alba: alba.url, routes: ["concurrency: 1"]) { gateway in
            try await gateway.send(DeviceFrames.pressures(1...3))
            try await gateway.reaches("packets.accepted", 3)
            try await gateway.reaches("routes.alba.in_flight", 1)
            #expect(
                await gateway.perform(.skipRoute("alba"))
                    == .done(
                        "2 packets given up, and 1 in flight unless they arrive now; alba gets "
                            + "what comes from now on"))
            try await gateway.expectBalance()
            latch.open()
            try await gateway.reaches("routes.alba.delivered", 1)
            #expect(try await gateway.number("routes.alba.skipped") == 2)
        }
        #expect(alba.requests.count == 1)
        try await alba.stop()
    }

    @Test func `what a hanging destination does not answer is skipped, and never sent again`()
        async throws
    {
        let hangs = Mutex(true)
        let alba = try await ScriptedReceiver.start { _, _ in
            hangs.withLock { $0 } ? .silence : .status(200)
        }
        let old = DeviceFrames.pressures(1...30)
        let new = DeviceFrames.pressures(31...35)
        try await withGateway(alba: alba.url, routes: ["timeout_ms: 1000", "concurrency: 8"]) {
            gateway in
            try await gateway.send(old)
            try await gateway.reaches("packets.accepted", 30)
            let isHanging = try await eventually { alba.requests.count >= 8 }
            #expect(isHanging)
            let result = await gateway.perform(.skipRoute("alba"))
            #expect("\(result)".contains("given up"))
            try await gateway.expectBalance()
            try await gateway.reaches("routes.alba.skipped", 30)
            try await gateway.reaches("routes.alba.in_flight", 0)
            let before = alba.requests.count
            hangs.withLock { $0 = false }
            try await gateway.send(new)
            try await gateway.reaches("routes.alba.delivered", 5)
            try await gateway.expectBalance()
            let sent = Set(
                alba.requests.dropFirst(before).compactMap { $0[header: "Idempotency-Key"] })
            #expect(sent == Set(new.map(DeviceFrames.identity)))
            #expect(try await gateway.number("routes.alba.skipped") == 30)
        }
        try await alba.stop()
    }
}
