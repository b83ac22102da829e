import Foundation
import NanoCore
import Testing

@Suite struct ServeTests {
    @Test func `a genuine frame arrives at ALBA with its reading`() async throws {
        let gateway = try await RunningGateway()
        let socket = try DeviceSocket(port: gateway.devicePort)
        try socket.send(TestDevice.pressure("ESP32-001").pressureFrame(pascal: 40_123))
        try await eventually("ALBA has it") {
            try await gateway.number("routes.alba.delivered") == 1
        }
        let events = try await gateway.albaEvents()
        #expect(events.contains("40123") && events.contains("nanogridata_0x10"))
        gateway.process.signal(SIGTERM)
        #expect(try await gateway.process.wait() == 0)
        let address = /msg="listening for devices" address=(\[::\]|0\.0\.0\.0):(\d+)\n/
        let listens = try #require(gateway.process.standardError.firstMatch(of: address))
        #expect(Int(listens.2) == gateway.devicePort)
    }

    @Test func `garbage and forgeries cost no honest frame and are named`() async throws {
        let gateway = try await RunningGateway()
        let device = TestDevice.pressure("ESP32-002")
        var forged = device.pressureFrame(pascal: 1)
        forged[forged.count - 1] ^= 1
        let stream =
            device.pressureFrame(pascal: 10) + forged + device.pressureFrame(pascal: 11)
            + Array("GET / HTTP/1.1\r\n\r\n".utf8) + device.pressureFrame(pascal: 12)
        try DeviceSocket(port: gateway.devicePort).send(stream)
        try await eventually("all are judged") { try await gateway.hasJudged(5) }
        #expect(try await gateway.number("packets.accepted") == 3)
        #expect(try await gateway.number("refused.mac_mismatch") == 1)
        #expect(try await gateway.number("refused.bad_magic") == 1)
    }

    @Test func `a replay is refused after a clean restart and after a kill`() async throws {
        let first = try await RunningGateway()
        let frame = TestDevice.pressure("ESP32-003").pressureFrame(pascal: 777)
        try DeviceSocket(port: first.devicePort).send(frame)
        try await eventually("accepted") { try await first.number("packets.accepted") == 1 }
        first.process.signal(SIGTERM)
        try await first.process.wait()

        let second = try await RunningGateway(state: first.state)
        try DeviceSocket(port: second.devicePort).send(frame)
        try await eventually("judged") { try await second.hasJudged(1) }
        #expect(try await second.number("refused.replay") == 1)
        second.process.signal(SIGKILL)
        try await second.process.wait()

        let third = try await RunningGateway(state: first.state)
        try DeviceSocket(port: third.devicePort).send(frame)
        try await eventually("judged") { try await third.hasJudged(1) }
        #expect(try await third.number("refused.replay") == 1)
    }

    @Test(arguments: [SIGTERM, SIGINT, SIGHUP])
    func `a stop by signal is clean and said`(signal: Int32) async throws {
        let gateway = try await RunningGateway()
        let device = TestDevice.pressure("ESP32-004")
        try DeviceSocket(port: gateway.devicePort).send(device.pressureFrame(pascal: 1))
        try await eventually("accepted") { try await gateway.number("packets.accepted") == 1 }
        gateway.process.signal(signal)
        #expect(try await gateway.process.wait() == 0)
        let log = gateway.process.standardError
        #expect(log.contains("http://127.0.0.1:\(gateway.monitorPort)"))
        #expect(log.contains("msg=stopped"))
        let mark = gateway.state.appending(path: "gateway.running").path()
        #expect(!FileManager.default.fileExists(atPath: mark))
    }

    @Test func `two gateways cannot share a state folder`() async throws {
        let gateway = try await RunningGateway()
        let second = try RunningProcess(
            ["serve"],
            environment: TestDevice.environment.merging([
                "NANOGRIDATA_PORT": "0", "METRICS_PORT": "0",
                "NANOGRIDATA_STATE_DIR": gateway.state.path(),
            ]) { $1 })
        #expect(try await second.wait() == 1)
        #expect(second.standardError.contains(gateway.state.path()))
    }

    @Test func `a port in use is named with its number`() async throws {
        let gateway = try await RunningGateway()
        let second = try RunningProcess(
            ["serve"],
            environment: TestDevice.environment.merging([
                "NANOGRIDATA_PORT": "\(gateway.devicePort)", "METRICS_PORT": "0",
                "NANOGRIDATA_STATE_DIR": gateway.state.path() + "-other",
            ]) { $1 })
        #expect(try await second.wait() == 1)
        #expect(second.standardError.contains("\(gateway.devicePort)"))
    }
}
