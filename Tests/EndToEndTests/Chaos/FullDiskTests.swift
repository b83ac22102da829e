import Foundation
import Testing

/// A gateway whose disk runs full while devices send.
@Suite struct FullDiskTests {
    @Test(arguments: [false, true])
    func `a full disk loses nothing, and space brings the gateway back`(
        isKilledWhileFull: Bool
    ) async throws {
        let disk = try await SmallDisk(megabytes: 16)
        let seed = Chaos.seed(of: "FullDiskTests, killed \(isKilledWhileFull)")
        let sink = try RecordingSink(SinkScript(seed: seed, faultPercent: 0))
        defer { sink.stop() }
        var oracle = DeliveryOracle(seed: seed)
        let frames = (0..<8_000).map { _ in oracle.nextFrame() }
        let state = disk.folder.appending(path: "state")
        let routes = ["ALBA_ENDPOINT": "http://127.0.0.1:\(sink.port)", "ALBA_BATCH_EVENTS": "50"]
        var gateway = try await RunningGateway(state: state, embedded: false, extra: routes)
        try disk.fill(leaving: 100_000)

        let sender = send(frames, to: gateway)
        try await eventually("the gateway is not ready") { await gateway.status("/ready") == 503 }
        try await Task.sleep(for: .seconds(2))
        #expect(gateway.process.isRunning)
        #expect(await gateway.status("/health") == 200)
        try await oracle.checkLedger(gateway)
        if isKilledWhileFull {
            gateway.process.signal(SIGKILL)
            try await gateway.process.wait()
            _ = await sender.result
            try disk.empty()
            gateway = try await RunningGateway(state: state, embedded: false, extra: routes)
            try await send(frames, to: gateway).value
        } else {
            try disk.empty()
            try await eventually("it is ready again", seconds: 5) {
                await gateway.status("/ready") == 200
            }
            try await sender.value
        }
        try await eventually("all are judged") { try await gateway.hasJudged(frames.count) }
        try await eventually("everything is delivered") {
            try await DeliveryOracle.isDrained(gateway)
        }
        oracle.check(sink.book, sink.script)
        try await oracle.checkLedger(gateway)
        gateway.process.signal(SIGTERM)
        #expect(try await gateway.process.wait() == 0)
    }

    @Test func `a disk that the journal has filled is emptied, though some of it are dead letters`()
        async throws
    {
        let disk = try await SmallDisk(megabytes: 3)
        let seed = Chaos.seed(of: "FullDiskTests, dead letters")
        let sink = try RecordingSink(SinkScript(seed: seed, faultPercent: 0))
        defer { sink.stop() }
        sink.close()
        var oracle = DeliveryOracle(seed: seed)
        let frames = (0..<30_000).map { _ in oracle.nextFrame() }
        let configuration = disk.folder.path() + "/nanogridata.yaml"
        try Data("journal: {max_bytes: 1000000000}".utf8).write(to: URL(filePath: configuration))
        let gateway = try await RunningGateway(
            state: disk.folder.appending(path: "state"), embedded: false,
            extra: [
                "ALBA_ENDPOINT": "http://127.0.0.1:\(sink.port)", "ALBA_BATCH_EVENTS": "50",
                "NANOGRIDATA_CONFIG": configuration,
            ])
        let sender = send(frames, to: gateway)
        try await eventually("the journal fills the disk", seconds: 60) {
            await gateway.status("/ready") == 503
        }
        try sink.open()
        try await sender.value
        try await eventually("all are judged", seconds: 60) {
            try await gateway.hasJudged(frames.count)
        }
        try await eventually("everything is delivered, or a dead letter", seconds: 60) {
            try await DeliveryOracle.isDrained(gateway)
        }
        oracle.check(sink.book, sink.script)
        try await oracle.checkLedger(gateway)
        gateway.process.signal(SIGTERM)
        #expect(try await gateway.process.wait() == 0)
    }

    /// Sends on a thread of its own, which waits as long as the gateway does not read.
    private func send(_ frames: [[UInt8]], to gateway: RunningGateway) -> Task<Void, any Error> {
        let port = gateway.devicePort
        return Task.detached {
            let device = try DeviceSocket(port: port)
            for frame in frames { try device.send(frame) }
        }
    }
}
