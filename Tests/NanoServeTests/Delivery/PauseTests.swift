import NanoCore
import Synchronization
import Testing

/// Routes that are paused and resumed, and gateways that stop while packets are on their way.
@Suite struct PauseTests {
    @Test(arguments: [1, 10])
    func `while a route is paused its packets wait; resuming sends them all`(batch: Int)
        async throws
    {
        let alba = try await ScriptedReceiver.answering()
        try await withGateway(
            alba: alba.url, environment: ["ALBA_BATCH_EVENTS": "\(batch)"]
        ) { gateway in
            #expect(
                await gateway.perform(.pauseRoute("alba"))
                    == .done("alba is paused; its packets wait"))
            try await gateway.send(DeviceFrames.pressures(1...8))
            try await gateway.reaches("routes.alba.waiting", 8)
            try await gateway.send(DeviceFrames.pressures(9...12))
            try await gateway.reaches("routes.alba.waiting", 12)
            #expect(try await gateway.text("routes.alba.state") == "paused")
            #expect(alba.requests.isEmpty)
            try await gateway.expectBalance()
            #expect(await gateway.perform(.resumeRoute("alba")) == .done("alba flows again"))
            try await gateway.reaches("routes.alba.delivered", 12)
            #expect(try await gateway.number("routes.alba.retries") == 0)
        }
        try await alba.stop()
    }

    @Test func `a pause lets the answer under way count, and sends nothing after it`()
        async throws
    {
        let latch = Latch()
        let alba = try await ScriptedReceiver.answering(.status(200, behind: latch))
        try await withGateway(
            alba: alba.url, routes: ["concurrency: 1"], adjust: { $0.drainSeconds = 0 }
        ) { gateway in
            try await gateway.send(DeviceFrames.pressures(1...3))
            try await gateway.reaches("routes.alba.in_flight", 1)
            _ = await gateway.perform(.pauseRoute("alba"))
            latch.open()
            try await gateway.reaches("routes.alba.delivered", 1)
            #expect(try await gateway.number("routes.alba.waiting") == 2)
            #expect(alba.requests.count == 1)
        }
        #expect(alba.requests.count == 1)
        try await alba.stop()
    }

    @Test func `a pause during retries keeps the packet, and later failures show as such`()
        async throws
    {
        let isUp = Mutex(false)
        let alba = try await ScriptedReceiver.start { _, _ in
            .status(isUp.withLock { $0 } ? 200 : 503)
        }
        try await withGateway(alba: alba.url) { gateway in
            for number in 1...2 {
                isUp.withLock { $0 = false }
                try await gateway.send([DeviceFrames.pressure(number)])
                let failing = try await eventually {
                    try await gateway.text("routes.alba.state") == "retrying"
                }
                #expect(failing, "round \(number)")
                #expect(gateway.log.lines(with: "delivery fails").count == number)
                _ = await gateway.perform(.pauseRoute("alba"))
                try await gateway.reaches("routes.alba.waiting", 1)
                #expect(try await gateway.text("routes.alba.state") == "paused")
                isUp.withLock { $0 = true }
                _ = await gateway.perform(.resumeRoute("alba"))
                try await gateway.reaches("routes.alba.delivered", number)
                #expect(try await gateway.text("routes.alba.state") == "flowing")
            }
        }
        try await alba.stop()
    }

    @Test func `a stop does not wait for a paused route`() async throws {
        try await withGateway(
            alba: "http://127.0.0.1:1", routes: ["paused: true"], adjust: { $0.drainSeconds = 60 }
        ) { gateway in
            try await gateway.send(DeviceFrames.pressures(1...2))
            try await gateway.reaches("routes.alba.waiting", 2)
            let started = ContinuousClock.now
            try await gateway.stop()
            #expect(ContinuousClock.now - started < .seconds(30))
            #expect(gateway.log.lines(with: "until the next start: alba 2").count == 1)
        }
    }

    @Test func `a stop waits for answers under way`() async throws {
        let latch = Latch()
        let alba = try await ScriptedReceiver.start { _, _ in
            .status(200, after: .milliseconds(100), behind: latch)
        }
        try await withGateway(
            alba: alba.url, routes: ["concurrency: 2"], adjust: { $0.drainSeconds = 60 }
        ) { gateway in
            try await gateway.send(DeviceFrames.pressures(1...6))
            try await gateway.reaches("routes.alba.in_flight", 2)
            async let stopped: Void = gateway.stop()
            #expect(
                try await eventually { gateway.gateway.snapshot([]).gateway.state == .draining })
            latch.open()
            try await stopped
            #expect(try await gateway.number("routes.alba.delivered") == 6)
            #expect(gateway.log.lines(with: "until the next start").isEmpty)
        }
        #expect(alba.requests.count == 6)
        try await alba.stop()
    }

    @Test func `a stop does not wait for ever, and says what it leaves behind`() async throws {
        let alba = try await ScriptedReceiver.start { _, _ in .silence }
        try await withGateway(
            alba: alba.url, routes: ["concurrency: 2", "timeout_ms: 60000"],
            adjust: { $0.drainSeconds = 1 }
        ) { gateway in
            try await gateway.send(DeviceFrames.pressures(1...6))
            try await gateway.reaches("routes.alba.in_flight", 2)
            let started = ContinuousClock.now
            try await gateway.stop()
            #expect(ContinuousClock.now - started < .seconds(30))
            #expect(gateway.log.lines(with: "until the next start: alba 6").count == 1)
            #expect(gateway.log.lines(with: "stopping: 6 packets wait, up to 1 s").count == 1)
            #expect(gateway.log.lines(with: "deliveries ended: 0 settled in ").count == 1)
            #expect(try await gateway.number("routes.alba.delivered") == 0)
        }
        try await alba.stop()
    }
}
