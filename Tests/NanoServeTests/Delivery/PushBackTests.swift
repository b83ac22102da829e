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
            let isLeftAlone = try await eventually {
                try await gateway.text("routes.alba.breaker") == "open"
            }
            #expect(isLeftAlone)
            #expect(try await gateway.number("routes.alba.in_flight") <= 1)
            #expect(try await gateway.number("routes.alba.waiting") >= 99)
            #expect(alba.requests.count < 60, "16 requests at once would be hundreds")
            #expect(try await gateway.number("routes.cycle.concurrency_limit") == 16)
            try await gateway.expectBalance()
            isBack.store(true, ordering: .relaxed)
            try await gateway.reaches("routes.alba.delivered", 100)
            // One more for each round of answers: 130 of them lead from 1 to 16, and more where some are
            // slow, as they are on a machine that is busy.
            var sent = 100
            let isTrusted = try await eventually {
                try await gateway.send(DeviceFrames.pressures(sent..<sent + 100))
                sent += 100
                try await gateway.reaches("routes.alba.delivered", sent)
                return try await gateway.number("routes.alba.concurrency_limit") == 16
            }
            #expect(isTrusted)
        }
        try await alba.stop()
        try await cycle.stop()
    }

    @Test(arguments: [1, 16])
    func `an event that is never taken keeps none of other devices waiting`(concurrency: Int)
        async throws
    {
        let isMended = Atomic(false)
        let alba = try await ScriptedReceiver.start { request, _ in
            let isMeant = request.body.contains("\"BAD-")
            return .status(isMeant && !isMended.load(ordering: .relaxed) ? 500 : 200)
        }
        try await withGateway(
            alba: alba.url, routes: ["concurrency: \(concurrency)"]
        ) { gateway in
            try await gateway.send([DeviceFrames.pressure(0, device: "BAD-0")])
            let hasTried = try await eventually {
                try await gateway.number("routes.alba.retries") > 1
            }
            #expect(hasTried)
            try await gateway.send(DeviceFrames.pressures(1..<101))
            try await gateway.reaches("routes.alba.delivered", 100)
            #expect(try await gateway.number("routes.alba.dead_letters") == 0)
            isMended.store(true, ordering: .relaxed)
            try await gateway.reaches("routes.alba.delivered", 101)
            try await gateway.expectBalance()
        }
        try await alba.stop()
    }

    @Test func `many events that are never taken keep none of other devices waiting`() async throws
    {
        let isMended = Atomic(false)
        let alba = try await ScriptedReceiver.start { request, _ in
            let isMeant = request.body.contains("\"BAD-")
            return .status(isMeant && !isMended.load(ordering: .relaxed) ? 500 : 200)
        }
        // None of them comes behind another: a destination that takes nothing looks the same.
        let frames = (0..<12).flatMap { place in
            [DeviceFrames.pressure(0, device: "BAD-\(place)")]
                + DeviceFrames.pressures(place * 20..<place * 20 + 20)
        }
        try await withGateway(alba: alba.url, routes: ["concurrency: 4"]) { gateway in
            try await gateway.send(frames)
            try await gateway.reaches("routes.alba.delivered", 240)
            #expect(try await gateway.number("routes.alba.dead_letters") == 0)
            isMended.store(true, ordering: .relaxed)
            try await gateway.reaches("routes.alba.delivered", 252)
            try await gateway.expectBalance()
        }
        try await alba.stop()
    }

    @Test func `a device that is never taken in batches keeps no other waiting`() async throws {
        let meant = DeviceFrames.pressure(0)
        let id = DeviceFrames.identity(meant)
        let alba = try await ScriptedReceiver.start { request, _ in
            guard request.body.contains(id) else { return .status(200) }
            let taken = request.body.matches(of: /"modelId":/).count - 1
            let body = #"{"accepted":\#(taken),"rejected":[{"id":"\#(id)","status":503}]}"#
            return .status(207, body: body)
        }
        try await withGateway(
            alba: alba.url, environment: ["ALBA_BATCH_EVENTS": "20"]
        ) { gateway in
            try await gateway.send([meant])
            let hasTried = try await eventually {
                try await gateway.number("routes.alba.retries") > 6
            }
            #expect(hasTried)
            for start in stride(from: 1, to: 200, by: 40) {
                try await gateway.send(DeviceFrames.pressures(start..<start + 40))
            }
            try await gateway.reaches("routes.alba.delivered", 200)
            #expect(try await gateway.number("routes.alba.dead_letters") == 0)
        }
        try await alba.stop()
    }

    @Test func `what a destination asks for with Retry-After holds for all that waits`()
        async throws
    {
        let alba = try await ScriptedReceiver.start { _, number in
            number == 0 ? .status(429, headers: [("Retry-After", "1")]) : .status(200)
        }
        try await withGateway(alba: alba.url, routes: ["concurrency: 1"]) { gateway in
            try await gateway.send(DeviceFrames.pressures(0..<10))
            try await gateway.reaches("routes.alba.delivered", 10)
        }
        let requests = alba.requests
        try #require(requests.count == 11)
        #expect(requests[1].at - requests[0].at >= .milliseconds(990))
        // Each of the nine would have to wait for a second.
        #expect(requests[10].at - requests[1].at < .seconds(8), "it is over for all")
        try await alba.stop()
    }

    /// 200 takes the event; 207 takes it and rejects another of its batch.
    @Test(arguments: [200, 207])
    func `a Retry-After holds for all that waits, though something was taken`(status: Int)
        async throws
    {
        let (meant, other) = (DeviceFrames.pressure(0), DeviceFrames.pressure(1, device: "A"))
        let id = DeviceFrames.identity(meant)
        let body = #"{"accepted":1,"rejected":[{"id":"\#(id)","status":503}]}"#
        let alba = try await ScriptedReceiver.start { _, number in
            guard number == 0 else { return .status(200) }
            return .status(
                status, headers: [("Retry-After", "1")], body: status == 207 ? body : "")
        }
        try await withGateway(
            alba: alba.url, routes: ["concurrency: 1"],
            environment: ["ALBA_BATCH_EVENTS": "2"]
        ) { gateway in
            try await gateway.send([meant, other])
            try await gateway.reaches("routes.alba.delivered", status == 207 ? 1 : 2)
            try await gateway.send(DeviceFrames.pressures(2..<10))
            try await gateway.reaches("routes.alba.delivered", 10)
            #expect(gateway.log.lines(with: "does not take packets").isEmpty)
            try await gateway.expectBalance()
        }
        let requests = alba.requests
        #expect(requests[1].at - requests[0].at >= .milliseconds(990))
        try await alba.stop()
    }

    @Test func `a hung destination is tried by one request, and resuming tries it at once`()
        async throws
    {
        let isBack = Atomic(false)
        let alba = try await ScriptedReceiver.start { _, _ in
            isBack.load(ordering: .relaxed) ? .status(200) : .silence
        }
        try await withGateway(
            alba: alba.url, routes: ["concurrency: 8", "timeout_ms: 100"]
        ) { gateway in
            try await gateway.send(DeviceFrames.pressures(0..<50))
            for round in 1...3 {
                let isOpen = try await eventually {
                    try await gateway.text("routes.alba.breaker") == "open"
                        && alba.requests.count >= 8 + round
                }
                #expect(isOpen, "round \(round)")
            }
            #expect(alba.requests.count < 40)
            #expect(gateway.log.lines(with: "does not take packets").count == 1)
            isBack.store(true, ordering: .relaxed)
            _ = await gateway.perform(.pauseRoute("alba"))
            _ = await gateway.perform(.resumeRoute("alba"))
            try await gateway.reaches("routes.alba.delivered", 50)
            #expect(try await gateway.text("routes.alba.breaker") == "closed")
            // Answers may be late once more, where the machine stands still.
            let (ends, begins) = (
                gateway.log.lines(with: "takes packets again").count,
                gateway.log.lines(with: "does not take packets").count
            )
            #expect(ends > 0 && ends == begins)
            try await gateway.expectBalance()
        }
        try await alba.stop()
    }

    @Test func `a Retry-After to many requests at once is one line in the log`() async throws {
        let isBack = Atomic(false)
        let alba = try await ScriptedReceiver.start { _, _ in
            isBack.load(ordering: .relaxed)
                ? .status(200) : .status(429, headers: [("Retry-After", "1")])
        }
        try await withGateway(alba: alba.url, routes: ["concurrency: 16"]) { gateway in
            try await gateway.send(DeviceFrames.pressures(0..<40))
            // The receiver knows of a request before the gateway knows of the answer.
            let isTold = try await eventually {
                alba.requests.count > 10 && !gateway.log.lines(with: "delivery fails").isEmpty
            }
            #expect(isTold)
            isBack.store(true, ordering: .relaxed)
            try await gateway.reaches("routes.alba.delivered", 40)
            #expect(gateway.log.lines(with: "delivery fails").count == 1)
        }
        try await alba.stop()
    }
}
