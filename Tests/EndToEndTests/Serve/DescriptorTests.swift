import Foundation
import Glibc
import TestProcesses
import Testing

/// The gateway when the system gives it no more descriptors.
@Suite struct DescriptorTests {
    private static func descriptors(of process: RunningProcess) throws -> Int {
        try FileManager.default.contentsOfDirectory(atPath: "/proc/\(process.identifier)/fd").count
    }

    /// Lets a process open so many descriptors more than it has.
    private static func allow(_ more: Int, to process: RunningProcess) throws {
        // Of util-linux; Glibc's function of this name is not imported into Swift.
        let limit = try descriptors(of: process) + more
        try ProgramRun("prlimit", ["--pid", "\(process.identifier)", "--nofile=\(limit)"])
            .succeeding()
    }

    /// Processor time that a process has used (proc(5), fields 14 and 15 of `stat`).
    private static func processorSeconds(of process: RunningProcess) throws -> Double {
        let line = try String(
            contentsOfFile: "/proc/\(process.identifier)/stat", encoding: .utf8)
        let fields = line.split(separator: ")").last?.split(separator: " ") ?? []
        let ticks = fields[11..<13].compactMap { Double($0) }.reduce(0, +)
        return ticks / Double(sysconf(Int32(_SC_CLK_TCK)))
    }

    @Test func `running out of descriptors costs no processor, and ends when some are free`()
        async throws
    {
        let gateway = try await RunningGateway()
        let device = TestDevice.pressure("ESP32-001")
        #expect(try await gateway.number("packets.accepted") == 0)
        try Self.allow(3, to: gateway.process)
        let before = try Self.descriptors(of: gateway.process)
        var sockets = try (0..<6).map { _ in try DeviceSocket(port: gateway.devicePort) }
        for (number, socket) in sockets.enumerated() {
            try socket.send(device.pressureFrame(pascal: UInt16(number)))
        }
        try await eventually("its descriptors are used up") {
            try Self.descriptors(of: gateway.process) >= before + 3
        }
        let used = try Self.processorSeconds(of: gateway.process)
        try await Task.sleep(for: .seconds(1))
        #expect(try Self.processorSeconds(of: gateway.process) - used < 0.5)
        #expect(gateway.process.isRunning)

        sockets.removeAll()
        let late = try DeviceSocket(port: gateway.devicePort)
        try late.send(device.pressureFrame(pascal: 999))
        try await eventually("all have been accepted") {
            try await gateway.number("packets.accepted") == 7
        }
        gateway.process.signal(SIGTERM)
        #expect(try await gateway.process.wait() == 0)
    }
}
