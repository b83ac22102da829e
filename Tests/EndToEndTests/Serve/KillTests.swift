import Foundation
import Testing

/// A gateway that is killed in the middle of its work, again and again.
///
/// `NANOGRIDATA_KILLS=…` sets how often; `make chaos` does it two hundred times.
@Suite struct KillTests {
    private static var kills: Int {
        ProcessInfo.processInfo.environment["NANOGRIDATA_KILLS"].flatMap(Int.init) ?? 8
    }

    private static let devices = 5

    /// The number of a frame is its pressure, and chooses its device.
    private static func frame(_ number: Int) -> [UInt8] {
        TestDevice.pressure("ESP32-00\(number % devices)").pressureFrame(pascal: UInt16(number))
    }

    private static func number(in body: String) -> Int? {
        body.firstMatch(of: /"pressure_pa":(\d+)/).flatMap { Int($0.1) }
    }

    @Test func `killed at any moment it loses nothing, accepts nothing twice and keeps the order`()
        async throws
    {
        let sink = try RecordingSink(refusesEvery: 7)
        let endpoint = ["ALBA_ENDPOINT": "http://127.0.0.1:\(sink.port)"]
        var state: URL?
        var sent: [[UInt8]] = []
        // What a gateway was sent before it died: the next one is sent all of it once more.
        var doubtful: [[UInt8]] = []
        for round in 0...Self.kills {
            let gateway = try await RunningGateway(
                state: state, embedded: false, extra: endpoint)
            state = gateway.state
            let device = try DeviceSocket(port: gateway.devicePort)
            try device.send(doubtful.flatMap(\.self))
            try await eventually("repetitions are judged") {
                try await gateway.hasJudged(doubtful.count)
            }
            let again = try await gateway.number("packets.accepted")
            #expect(try await gateway.number("refused.replay") == doubtful.count - again)
            doubtful = []
            guard round < Self.kills else {
                try await eventually("everything is delivered") {
                    let waiting = try await gateway.number("routes.alba.waiting")
                    let flying = try await gateway.number("routes.alba.in_flight")
                    return waiting + flying == 0
                }
                gateway.process.signal(SIGTERM)
                #expect(try await gateway.process.wait() == 0)
                break
            }
            let end = ContinuousClock.now + .milliseconds(Int.random(in: 20...250))
            while ContinuousClock.now < end {
                for _ in 0..<Int.random(in: 1...4) {
                    doubtful.append(Self.frame(sent.count))
                    sent.append(doubtful[doubtful.count - 1])
                    try device.send(doubtful[doubtful.count - 1])
                }
                try await Task.sleep(for: .milliseconds(2))
            }
            gateway.process.signal(SIGKILL)
            try await gateway.process.wait()
        }
        let numbers = sink.taken.compactMap(Self.number)
        #expect(Set(numbers) == Set(sent.indices))
        var newest = [Int](repeating: -1, count: Self.devices)
        var seen: Set<Int> = []
        for number in numbers where seen.insert(number).inserted {
            #expect(newest[number % Self.devices] < number)
            newest[number % Self.devices] = number
        }
        sink.stop()
    }
}
