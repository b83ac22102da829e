import Foundation
import NanoSim
import Testing

/// A gateway that is killed in the middle of its work, again and again, while its receiver does all
/// that receivers do wrong.
@Suite struct KillTests {
    @Test(arguments: [1, 50])
    func `killed at any moment it loses nothing, accepts nothing twice and keeps the order`(
        batchEvents: Int
    ) async throws {
        let seed = Chaos.seed(of: "KillTests, batches of \(batchEvents)")
        var chance = SplitMix64(seed: seed)
        let script = SinkScript(seed: seed)
        let sink = try RecordingSink(script)
        defer { sink.stop() }
        sink.beginOutages()
        let routes = [
            "ALBA_ENDPOINT": "http://127.0.0.1:\(sink.port)",
            "ALBA_BATCH_EVENTS": "\(batchEvents)",
        ]
        var oracle = DeliveryOracle(seed: seed)
        var state: URL?
        // What a gateway was sent before it died: the next one is sent all of it once more.
        var doubtful: [[UInt8]] = []
        var committed = 0
        for _ in 0..<Chaos.kills {
            let gateway = try await RunningGateway(state: state, embedded: false, extra: routes)
            state = gateway.state
            let device = try DeviceSocket(port: gateway.devicePort)
            try await repeatFrames(doubtful, over: device, to: gateway, known: committed)
            doubtful = []
            let end = ContinuousClock.now + .milliseconds(Int.random(in: 20...250, using: &chance))
            while ContinuousClock.now < end, !oracle.isUsedUp {
                for _ in 0..<Int.random(in: 1...4, using: &chance) {
                    doubtful.append(oracle.nextFrame())
                    try device.send(doubtful[doubtful.count - 1])
                }
                try await Task.sleep(for: .milliseconds(2))
            }
            if Bool.random(using: &chance) { try await oracle.checkLedger(gateway) }
            gateway.process.signal(SIGKILL)
            try await gateway.process.wait()
            if Int.random(in: 0..<4, using: &chance) == 0 {
                try await killStarting(
                    in: gateway.state, routes, after: Int.random(in: 0...120, using: &chance))
            }
            committed = try await oracle.committed(in: gateway.state, among: doubtful).count
        }
        let gateway = try await RunningGateway(state: state, embedded: false, extra: routes)
        let device = try DeviceSocket(port: gateway.devicePort)
        try await repeatFrames(doubtful, over: device, to: gateway, known: committed)
        sink.heal()
        try await DeliveryOracle.drain(gateway)
        oracle.check(sink.book, script)
        try await checkDeadLetters(of: gateway, sink.book)
        try await checkNothingIsAcceptedAgain(oracle.sent, by: gateway, over: device)
        try await oracle.checkLedger(gateway)
        gateway.process.signal(SIGTERM)
        #expect(try await gateway.process.wait() == 0)
    }

    /// What was condemned is in the store, each packet once, whatever was killed in between.
    private func checkDeadLetters(
        of gateway: RunningGateway, _ book: RecordingSink.Book
    ) async throws {
        let list = try RunningProcess([
            "dead-letters", "list", "--format", "json", "--state-dir", gateway.state.path(),
        ])
        try await list.wait()
        let identities = list.standardOutput.split(separator: "\n").compactMap {
            $0.firstMatch(of: /"identity":"([^"]+)"/)?.output.1
        }
        #expect(identities.count == book.condemned.count)
        #expect(Set(identities).count == identities.count)
        #expect(try await gateway.number("routes.alba.dead_letters") == identities.count)
    }

    /// Kills a gateway that has hardly begun to read what the one before it has left.
    private func killStarting(
        in state: URL, _ routes: [String: String], after milliseconds: Int
    ) async throws {
        let own = [
            "NANOGRIDATA_PORT": "0", "METRICS_PORT": "0", "NANOGRIDATA_STATE_DIR": state.path(),
        ]
        let process = try RunningProcess(
            ["serve"],
            environment: TestDevice.environment.merging(own.merging(routes) { $1 }) { $1 })
        try await Task.sleep(for: .milliseconds(milliseconds))
        process.signal(SIGKILL)
        try await process.wait()
    }

    /// Sends frames once more, of which the gateway has to know exactly those that are in its
    /// journal.
    private func repeatFrames(
        _ frames: [[UInt8]], over device: DeviceSocket, to gateway: RunningGateway, known: Int
    ) async throws {
        try device.send(frames.flatMap(\.self))
        try await eventually("repetitions are judged") {
            try await gateway.hasJudged(frames.count)
        }
        #expect(try await gateway.number("refused.replay") == known)
        #expect(try await gateway.number("packets.accepted") == frames.count - known)
    }

    private func checkNothingIsAcceptedAgain(
        _ sent: [[UInt8]], by gateway: RunningGateway, over device: DeviceSocket
    ) async throws {
        let before = try await gateway.number("packets.received")
        let accepted = try await gateway.number("packets.accepted")
        try device.send(sent.flatMap(\.self))
        try await eventually("all repetitions are judged") {
            try await gateway.hasJudged(before + sent.count)
        }
        #expect(try await gateway.number("packets.accepted") == accepted)
        // The guard does not tell old repetitions from other old frames.
        let known = try await gateway.number("refused.replay")
        let old = try await gateway.number("refused.replay_stale")
        #expect(known + old == before + sent.count - accepted)
    }
}
