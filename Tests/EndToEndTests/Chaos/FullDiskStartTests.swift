import Foundation
import Testing

/// A gateway that is started while its disk is full.
@Suite struct FullDiskStartTests {
    private func frame(_ number: Int) -> [UInt8] {
        TestDevice.pressure("ESP32-00\(number % 5)").pressureFrame(pascal: UInt16(number))
    }

    @Test(arguments: [SIGTERM, SIGKILL])
    func `what waits is delivered while the disk is full, and space lets packets in again`(
        end: Int32
    ) async throws {
        let disk = try await SmallDisk(megabytes: 16)
        let sink = try RecordingSink(SinkScript(seed: 1, faultPercent: 0))
        defer { sink.stop() }
        sink.close()
        let state = disk.folder.appending(path: "state")
        let extra = ["ALBA_ENDPOINT": "http://127.0.0.1:\(sink.port)"]
        let numbers = (0..<500).filter { !sink.script.condemns(event: $0) }
        var gateway = try await RunningGateway(state: state, embedded: false, extra: extra)
        let device = try DeviceSocket(port: gateway.devicePort)
        for number in numbers { try device.send(frame(number)) }
        try await eventually("all are judged") { try await gateway.hasJudged(numbers.count) }
        gateway.process.signal(end)
        try await gateway.process.wait()

        try disk.fill(leaving: 0)
        try sink.open()
        gateway = try await RunningGateway(state: state, embedded: false, extra: extra)
        #expect(await gateway.status("/ready") == 503)
        #expect(await gateway.status("/health") == 200)
        try await eventually("what waits is delivered") {
            try await gateway.number("routes.alba.delivered") == numbers.count
        }
        #expect(sink.book.taken.sorted() == numbers)

        try disk.empty()
        try await eventually("it is ready again", seconds: 30) {
            await gateway.status("/ready") == 200
        }
        let condemned = try #require((500..<1_000).first(where: sink.script.condemns))
        try DeviceSocket(port: gateway.devicePort).send(frame(condemned))
        try await eventually("dead letters are written") {
            try await gateway.number("routes.alba.dead_letters") == 1
        }
        gateway.process.signal(SIGTERM)
        #expect(try await gateway.process.wait() == 0)
    }
}
