import Foundation
import Glibc
import Testing

/// The gateway when the system gives it no more descriptors.
@Suite struct DescriptorTests {
    /// Processor time that a process has used (proc(5), fields 14 and 15 of `stat`).
    private static func processorSeconds(of process: RunningProcess) throws -> Double {
        let line = try String(
            contentsOfFile: "/proc/\(process.identifier)/stat", encoding: .utf8)
        let fields = line.split(separator: ")").last?.split(separator: " ") ?? []
        let ticks = fields[11..<13].compactMap { Double($0) }.reduce(0, +)
        return ticks / Double(sysconf(Int32(_SC_CLK_TCK)))
    }

    @Test func `a crowd of devices is kept below the limit of open files, at no cost for the rest`()
        async throws
    {
        // A quarter of so few is for devices, and the rest for what the gateway needs itself: neither
        // it nor the libraries that it runs on can do without.
        let gateway = try await RunningGateway(openFiles: 300)
        let device = TestDevice.pressure("ESP32-001")
        var sockets = try (0..<90).map { _ in try DeviceSocket(port: gateway.devicePort) }
        for (number, socket) in sockets.enumerated() {
            // Those that are turned away may be closed already.
            try? socket.send(device.pressureFrame(pascal: UInt16(number)))
        }
        try await eventually("those that there is room for are heard") {
            try await gateway.number("packets.accepted") == 75
        }
        try await eventually("the others are turned away") {
            try await gateway.number("connections.turned_away_by.max_connections") == 15
        }
        let used = try Self.processorSeconds(of: gateway.process)
        try await Task.sleep(for: .seconds(1))
        #expect(try Self.processorSeconds(of: gateway.process) - used < 0.5)
        #expect(gateway.process.isRunning)

        sockets.removeAll()
        try await eventually("there is room again") {
            try await gateway.number("connections.open") == 0
        }
        let late = try DeviceSocket(port: gateway.devicePort)
        try late.send(device.pressureFrame(pascal: 999))
        try await eventually("the late one is heard") {
            try await gateway.number("packets.accepted") == 76
        }
        gateway.process.signal(SIGTERM)
        #expect(try await gateway.process.wait() == 0)
    }
}
