import Foundation
import NIOCore
import NanoCore
import Synchronization
import TestProcesses
import Testing

/// Destinations that are late, away, or fail again and again.
@Suite struct OutageTests {
    @Test func `a receiver that answers too late is asked again on another connection`()
        async throws
    {
        // The late answer condemns; it must not be taken for the answer to the second request.
        let alba = try await ScriptedReceiver.answering(
            .status(400, after: .milliseconds(500)), .status(503, after: .milliseconds(50)))
        let started = ContinuousClock.now
        try await withGateway(alba: alba.url, routes: ["timeout_ms: 200"]) { gateway in
            try await gateway.send([DeviceFrames.pressure(1)])
            try await gateway.reaches("routes.alba.delivered", 1)
            // More where the machine stands still meanwhile: each of the answers may be too late.
            #expect(try await gateway.number("routes.alba.retries") >= 2)
            #expect(try await gateway.number("routes.alba.dead_letters") == 0)
            #expect(!gateway.log.lines(with: "timeout after 200 ms").isEmpty)
        }
        let requests = alba.requests
        try #require(requests.count >= 3)
        #expect(requests[1].connection != requests[0].connection)
        #expect(requests[1].at - started >= .milliseconds(200))
        try await alba.stop()
    }

    @Test func `silence on a kept connection is a timeout like any other`() async throws {
        let wasSilent = Atomic(false)
        let alba = try await ScriptedReceiver.start { request, _ in
            guard request.body.contains("\"pressure_pa\":2}") else { return .status(200) }
            return wasSilent.exchange(true, ordering: .relaxed) ? .status(200) : .silence
        }
        try await withGateway(alba: alba.url, routes: ["timeout_ms: 200"]) { gateway in
            for number in 1...2 {
                try await gateway.send([DeviceFrames.pressure(number)])
                try await gateway.reaches("routes.alba.delivered", number)
            }
            // An answer that is given may come too late as well, where the machine stands still.
            #expect(try await gateway.number("routes.alba.retries") >= 1)
            #expect(!gateway.log.lines(with: "timeout after 200 ms").isEmpty)
        }
        let (first, second) = (
            alba.requests.filter { $0.body.contains("\"pressure_pa\":1}") },
            alba.requests.filter { $0.body.contains("\"pressure_pa\":2}") }
        )
        #expect(second.count >= 2 && second.first?.connection == first.last?.connection)
        #expect(second.last?.connection != second.first?.connection)
        try await alba.stop()
    }

    @Test func `an answer that nobody asked for settles no later event`() async throws {
        let surplus =
            "HTTP/1.1 200 OK\r\nContent-Length: 0\r\n\r\n"
            + "HTTP/1.1 400 Bad Request\r\nContent-Length: 0\r\n\r\n"
        let alba = try await ScriptedReceiver.start { _, _ in .raw(surplus) }
        try await withGateway(alba: alba.url) { gateway in
            for number in 1...3 {
                try await gateway.send([DeviceFrames.pressure(number)])
                try await gateway.reaches("routes.alba.delivered", number)
            }
            #expect(try await gateway.number("routes.alba.dead_letters") == 0)
        }
        try await alba.stop()
    }

    @Test func `a receiver that starts later gets what waited`() async throws {
        let port = try FreePort.next()
        try await withGateway(alba: "http://127.0.0.1:\(port)") { gateway in
            try await gateway.send(DeviceFrames.pressures(1...5))
            let failing = try await eventually {
                try await gateway.number("routes.alba.retries") >= 10
            }
            #expect(failing)
            #expect(try await gateway.text("routes.alba.state") == "retrying")
            #expect(!(try await gateway.text("routes.alba.last_error")).isEmpty)
            #expect(gateway.log.lines(with: "delivery fails").count == 1, "the first one only")
            try await gateway.expectBalance()
            let alba = try await ScriptedReceiver.answering(port: port)
            try await gateway.reaches("routes.alba.delivered", 5)
            #expect(alba.requests.count == 5)
            try await alba.stop()
        }
    }

    @Test(arguments: [ScriptedAnswer.status(500), .raw("", .closes)])
    func `a request that fails for the sake of one event keeps its device waiting and no other`(
        answer: ScriptedAnswer
    ) async throws {
        let isMended = Atomic(false)
        let alba = try await ScriptedReceiver.start { request, _ in
            let isFailing =
                request.body.contains("\"ESP32-7\"") && !isMended.load(ordering: .relaxed)
            return isFailing ? answer : .status(200)
        }
        try await withGateway(alba: alba.url, routes: ["batch_events: 50"]) { gateway in
            // All of them are in one batch, so that no other can show that the receiver is well.
            for round in 0..<3 {
                try await gateway.send(
                    (5...8).map { DeviceFrames.pressure(round * 10 + $0, device: "ESP32-\($0)") })
            }
            try await gateway.reaches("routes.alba.delivered", 9)
            try await gateway.expectBalance()
            isMended.store(true, ordering: .relaxed)
            try await gateway.reaches("routes.alba.delivered", 12)
            #expect(try await gateway.number("routes.alba.dead_letters") == 0)
        }
        try await alba.stop()
    }

    @Test func `a receiver that speaks no TLS where it should is named in few words`()
        async throws
    {
        let alba = try await ScriptedReceiver.answering()
        let address = alba.url.replacingOccurrences(of: "http://", with: "https://")
        try await withGateway(alba: address, adjust: { $0.drainSeconds = 0 }) { gateway in
            try await gateway.send([DeviceFrames.pressure(1)])
            let isNamed = try await eventually {
                try await gateway.text("routes.alba.last_error")
                    == "TLS handshake failed: wrong version number"
            }
            #expect(isNamed)
        }
        #expect(alba.requests.isEmpty)
        try await alba.stop()
    }

    @Test func `connections that the receiver closes behind each answer cost no event`()
        async throws
    {
        let alba = try await ScriptedReceiver.start { _, _ in
            .raw("HTTP/1.1 200 OK\r\nContent-Length: 0\r\n\r\n", .closes)
        }
        try await withGateway(alba: alba.url, routes: ["concurrency: 2"]) { gateway in
            for round in 0..<10 {
                try await gateway.send(DeviceFrames.pressures(round * 3..<round * 3 + 3))
                try await gateway.reaches("routes.alba.delivered", round * 3 + 3)
            }
            #expect(try await gateway.number("routes.alba.dead_letters") == 0)
        }
        #expect(Set(alba.requests.compactMap { $0[header: "Idempotency-Key"] }).count == 30)
        try await alba.stop()
    }

    @Test func `a stop names what it leaves behind, and blames the destination for nothing else`()
        async throws
    {
        let alba = try await ScriptedReceiver.start { _, _ in .silence }
        try await withGateway(
            alba: alba.url, routes: ["concurrency: 4", "timeout_ms: 60000"],
            adjust: { $0.drainSeconds = 0 }
        ) { gateway in
            try await gateway.send(DeviceFrames.pressures(1...20))
            try await gateway.reaches("routes.alba.in_flight", 4)
            try await gateway.reaches("routes.alba.waiting", 16)
            try await gateway.stop()
            #expect(gateway.log.lines(with: "until the next start: alba 20").count == 1)
            #expect(gateway.log.lines(with: "delivery fails").isEmpty)
            #expect(try await gateway.text("routes.alba.last_error").isEmpty)
        }
        try await alba.stop()
    }

    @Test func `a receiver that is away holds no other destination up`() async throws {
        let alba = try await ScriptedReceiver.start { _, _ in .silence }
        let cycle = try await ScriptedReceiver.answering()
        try await withGateway(
            alba: alba.url, cycle: cycle.url, routes: ["concurrency: 2"],
            adjust: { $0.drainSeconds = 0 }
        ) { gateway in
            try await gateway.send(DeviceFrames.pressures(1...20))
            try await gateway.send((1...20).map { DeviceFrames.pressure($0, type: .configuration) })
            try await gateway.reaches("routes.cycle.delivered", 20)
            #expect(try await gateway.number("routes.alba.delivered") == 0)
            #expect(try await gateway.number("routes.alba.in_flight") == 2)
            #expect(try await gateway.number("routes.alba.waiting") == 18)
        }
        try await alba.stop()
        try await cycle.stop()
    }

    @Test(arguments: [1, 25])
    func `through a receiver that often fails every packet arrives, and each is counted once`(
        batch: Int
    ) async throws {
        let taken = Mutex<[String]>([])
        let alba = try await ScriptedReceiver.start { request, number in
            guard number % 5 != 3 else { return number % 2 == 0 ? .status(503) : .hangUp }
            let parts = request.body.components(separatedBy: "\"pressure_pa\":").dropFirst()
            taken.withLock { $0 += parts.map { String($0.prefix { $0.isNumber }) } }
            return .status(200)
        }
        try await withGateway(
            alba: alba.url, environment: ["ALBA_BATCH_EVENTS": "\(batch)"],
            adjust: { $0.eventLoops = 3 }
        ) { gateway in
            try await withThrowingTaskGroup { group in
                for device in 0..<6 {
                    let frames = DeviceFrames.pressures(device * 50..<(device + 1) * 50)
                    group.addTask { try await gateway.send(frames) }
                }
                group.addTask {
                    for _ in 0..<50 { try await gateway.expectBalance() }
                }
                try await group.waitForAll()
            }
            try await gateway.reaches("routes.alba.delivered", 300)
            #expect(try await gateway.number("routes.alba.accepted") == 300)
            #expect(try await gateway.number("routes.alba.retries") > 0)
        }
        let numbers = taken.withLock { $0 }
        #expect(Set(numbers) == Set((0..<300).map(String.init)))
        #expect(numbers.count == 300, "no attempt that failed was one that had succeeded")
        try await alba.stop()
    }

    @Test(arguments: [1, 10])
    func `a lone packet on a quiet gateway sets off at once, every time`(batch: Int) async throws {
        let alba = try await ScriptedReceiver.answering()
        try await withGateway(
            alba: alba.url, environment: ["ALBA_BATCH_EVENTS": "\(batch)"]
        ) { gateway in
            let device = try await gateway.connect()
            for number in 1...100 {
                try await device.writeAndFlush(ByteBuffer(bytes: DeviceFrames.pressure(number)))
                let arrived = try await eventually(every: .milliseconds(1)) {
                    alba.requests.count == number
                }
                try #require(arrived, "packet \(number) is slept over")
            }
            try await gateway.reaches("routes.alba.delivered", 100)
            try await device.close()
        }
        try await alba.stop()
    }

    @Test func `a destination that is away is failing, also for letters alone`() async throws {
        let state = Mutex(422)
        let alba = try await ScriptedReceiver.start { _, _ in .status(state.withLock(\.self)) }
        try await withGateway(alba: alba.url) { gateway in
            try await gateway.send(DeviceFrames.pressures(1...3))
            try await gateway.reaches("routes.alba.dead_letters", 3)
            #expect(try await gateway.text("routes.alba.state") == "refusing")
            state.withLock { $0 = 503 }
            _ = await gateway.perform(.redrive("alba", letters: nil))
            // It is left alone for ever longer, and nothing is in flight meanwhile.
            #expect(
                try await eventually { try await gateway.text("routes.alba.breaker") == "open" })
            let isAway = try await eventually {
                let alba = gateway.gateway.snapshot([]).routes[0]
                return alba.inFlight == 0 && alba.waiting == 0 && alba.breaker == .open
                    && alba.state == .retrying
            }
            #expect(isAway)
            state.withLock { $0 = 200 }
            try await gateway.reaches("routes.alba.delivered", 3)
            #expect(try await gateway.text("routes.alba.state") == "flowing")
        }
        try await alba.stop()
    }
}
