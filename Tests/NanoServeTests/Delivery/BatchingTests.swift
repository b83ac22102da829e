import Foundation
import NIOCore
import NanoCore
import Testing

/// When requests are sent, how many at once, and where to.
@Suite struct BatchingTests {
    @Test func `a full batch goes at once, however long others may wait`() async throws {
        let alba = try await ScriptedReceiver.answering()
        try await withGateway(
            alba: alba.url, routes: ["linger_ms: 60000"], environment: ["ALBA_BATCH_EVENTS": "5"],
            adjust: { $0.drainSeconds = 0 }
        ) { gateway in
            for round in 1...3 {
                try await gateway.send(DeviceFrames.pressures(round * 10..<round * 10 + 2))
                try await gateway.reaches("routes.alba.waiting", 2)
                try await gateway.send(DeviceFrames.pressures(round * 10 + 2..<round * 10 + 5))
                try await gateway.reaches("routes.alba.delivered", round * 5)
            }
        }
        #expect(alba.requests.map(\.eventCount) == [5, 5, 5])
        try await alba.stop()
    }

    @Test func `a batch that is not full lingers for as long as it may, and goes`() async throws {
        let alba = try await ScriptedReceiver.answering()
        try await withGateway(
            alba: alba.url, routes: ["linger_ms: 400"], environment: ["ALBA_BATCH_EVENTS": "50"]
        ) { gateway in
            let started = ContinuousClock.now
            try await gateway.send(DeviceFrames.pressures(1...4))
            try await gateway.reaches("routes.alba.delivered", 4)
            #expect(ContinuousClock.now - started >= .milliseconds(390))
        }
        #expect(alba.requests.map(\.eventCount) == [4])
        try await alba.stop()
    }

    @Test func `what comes while a batch lingers goes with it, and a stop lets none linger`()
        async throws
    {
        let alba = try await ScriptedReceiver.answering()
        try await withGateway(
            alba: alba.url, routes: ["linger_ms: 60000"], environment: ["ALBA_BATCH_EVENTS": "50"],
            adjust: { $0.drainSeconds = 60 }
        ) { gateway in
            for number in 1...4 {
                try await gateway.send([DeviceFrames.pressure(number)])
                try await gateway.reaches("routes.alba.waiting", number)
            }
            #expect(alba.requests.isEmpty)
            let started = ContinuousClock.now
            try await gateway.stop()
            #expect(ContinuousClock.now - started < .seconds(30))
            #expect(try await gateway.number("routes.alba.delivered") == 4)
        }
        #expect(alba.requests.map(\.eventCount) == [4])
        try await alba.stop()
    }

    @Test func `there are no more requests at once than configured, over kept connections`()
        async throws
    {
        let latch = Latch()
        let alba = try await ScriptedReceiver.start { _, _ in
            .status(200, after: .milliseconds(20), behind: latch)
        }
        try await withGateway(alba: alba.url, routes: ["concurrency: 3"]) { gateway in
            try await gateway.send(DeviceFrames.pressures(1...30))
            try await gateway.reaches("routes.alba.in_flight", 3)
            latch.open()
            try await gateway.reaches("routes.alba.delivered", 30)
        }
        #expect(Set(alba.requests.map(\.connection)) == [0, 1, 2])
        try await alba.stop()
    }

    @Test func `a packet goes to every destination of the rules for its type and model`()
        async throws
    {
        let (alba, cycle) = (
            try await ScriptedReceiver.answering(), try await ScriptedReceiver.answering()
        )
        let rules = """
            rules:
              - types: [telemetry]
                destinations: [alba, cycle]
              - types: [event]
                models: [0x20]
                destinations: [alba]
            """
        try await withGateway(alba: alba.url, cycle: cycle.url, yaml: rules) { gateway in
            try await gateway.send([
                DeviceFrames.pressure(1), DeviceFrames.pressure(2, type: .event),
                DeviceFrames.pressure(3, type: .command),
            ])
            try await gateway.reaches("packets.accepted", 3)
            try await gateway.reaches("routes.alba.delivered", 1)
            try await gateway.reaches("routes.cycle.delivered", 1)
            #expect(try await gateway.number("routes.alba.accepted") == 1)
            #expect(try await gateway.number("routes.local.accepted") == 0)
        }
        #expect(alba.requests.map(\.body) == cycle.requests.map(\.body))
        try await alba.stop()
        try await cycle.stop()
    }
}

extension ReceivedRequest {
    /// Events in a body that is an array.
    fileprivate var eventCount: Int { body.components(separatedBy: "\"id\":").count - 1 }
}
