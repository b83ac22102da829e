import Foundation
import NanoCore
import TestProcesses
import Testing

/// Blocking a whole network from a command line.
@Suite struct NetworkBlockTests {
    private let folder = FileManager.default.temporaryDirectory.appending(
        path: "nanogridata-\(UUID().uuidString)")

    private var environment: [String: String] {
        ["PATH": "/usr/bin:/bin", "TERM": "xterm", "NANOGRIDATA_STATE_DIR": folder.path()]
    }

    private func run(_ arguments: String...) async throws -> (
        status: Int32, output: String, errors: String
    ) {
        let process = try RunningProcess(
            ["devices"] + arguments, environment: environment, input: Data())
        let status = try await process.wait()
        return (status, process.standardOutput, process.standardError)
    }

    @Test func `without a terminal it takes --yes, and the question says what it would do`()
        async throws
    {
        try FileManager.default.createDirectory(at: folder, withIntermediateDirectories: false)
        let refused = try await run("block", "0.0.0.0/0")
        #expect(refused.status == 2 && refused.output.isEmpty)
        #expect(
            refused.errors
                == "nanogridata: block 0.0.0.0/0 for 1h? That is every address of IPv4. No "
                + "gateway answers, so nobody knows which devices are behind it. Nobody is let in "
                + "from there until it ends, or devices unblock lifts it. Without a terminal, say "
                + "it with --yes\n")
        let files = try FileManager.default.contentsOfDirectory(atPath: folder.path())
        #expect(files.isEmpty, "nothing was done")
        let blocked = try await run("block", "0.0.0.0/0", "--yes")
        #expect(blocked.status == 0 && blocked.output.hasPrefix("0.0.0.0/0 is blocked until "))
        let single = try await run("block", "10.0.0.9")
        #expect(single.status == 0, "one address is not asked about: \(single.errors)")
        #expect(
            single.output.hasSuffix(
                "\nNo gateway answers, so which devices are behind 10.0.0.9 is not known.\n"),
            "\(single.output)")
    }

    @Test func `without a gateway the devices count that the last one has written down`()
        async throws
    {
        let gateway = try await RunningGateway(state: folder)
        let device = try DeviceSocket(port: gateway.devicePort)
        for name in ["ESP32-001", "ESP32-002"] {
            try device.send(TestDevice.pressure(name).pressureFrame(pascal: 1))
        }
        try await eventually("both are heard") {
            try await gateway.number("packets.accepted") == 2
        }
        gateway.process.signal(SIGTERM)
        try await gateway.process.wait()
        let sentence = "Of 2 devices that sent within the last day, 2 did so from there, over 1"
        let asked = try await run("block", "127.0.0.1")
        #expect(asked.status == 2 && asked.output.isEmpty, "\(asked)")
        #expect(
            asked.errors.contains("block 127.0.0.1 for 1h? No gateway answers. \(sentence)"),
            "\(asked.errors)")
        let elsewhere = try await run("block", "10.0.0.1")
        #expect(
            elsewhere.output.hasSuffix(
                "\nNo gateway answers, so which devices are behind it now is not known. Of 2 "
                    + "devices that sent within the last day, none did so from there.\n"),
            "\(elsewhere.output)")
    }

    @Test func `a running gateway says how many of its devices are behind it`() async throws {
        let gateway = try await RunningGateway(state: folder)
        let device = try DeviceSocket(port: gateway.devicePort)
        for name in ["ESP32-001", "ESP32-002"] {
            try device.send(TestDevice.pressure(name).pressureFrame(pascal: 1))
        }
        try await eventually("both are heard") {
            try await gateway.number("packets.accepted") == 2
        }
        let near = try await run("block", "127.0.0.0/8")
        #expect(near.status == 2)
        #expect(
            near.errors.contains(
                "Of 2 devices that sent within the last hour, 2 did so from there, over 1 "
                    + "connection."))
        let far = try await run("block", "10.0.0.0/8")
        #expect(far.errors.contains("Of 2 devices that sent within the last hour, none did so"))
        #expect(try await gateway.number("offenders.blocked") == 0)
    }

    @Test func `an address that several devices share is asked about as a network is`()
        async throws
    {
        let gateway = try await RunningGateway(state: folder)
        let device = try DeviceSocket(port: gateway.devicePort)
        try device.send(TestDevice.pressure("ESP32-001").pressureFrame(pascal: 1))
        try await eventually("one is heard") {
            try await gateway.number("packets.accepted") == 1
        }
        let lone = try await run("block", "127.0.0.1", "--for", "2s")
        #expect(lone.status == 0, "one device alone is not asked about: \(lone.errors)")
        #expect(lone.output.hasPrefix("127.0.0.1 is blocked until "))
        #expect(lone.output.hasSuffix(" hour, 1 did so from there, over 1 connection.\n"))
        try await eventually("the gateway goes by it") {
            try await gateway.number("offenders.blocked") == 1
        }
        try await eventually("it may come again") {
            try await gateway.number("offenders.blocked") == 0
        }
        let both = try DeviceSocket(port: gateway.devicePort)
        for name in ["ESP32-001", "ESP32-002"] {
            try both.send(TestDevice.pressure(name).pressureFrame(pascal: 2))
        }
        try await eventually("both are heard") {
            try await gateway.number("packets.accepted") == 3
        }
        let sentence = "Of 2 devices that sent within the last hour, 2 did so from there, over 1"
        let asked = try await run("block", "127.0.0.1")
        #expect(asked.status == 2 && asked.output.isEmpty, "\(asked)")
        #expect(asked.errors.contains("block 127.0.0.1 for 1h? \(sentence)"), "\(asked.errors)")
        let done = try await run("block", "127.0.0.1", "--yes")
        #expect(done.status == 0 && done.output.contains("\n\(sentence)"), "\(done.output)")
        let elsewhere = try await run("block", "10.0.0.1")
        #expect(elsewhere.status == 0 && elsewhere.output.split(separator: "\n").count == 1)
    }

    @Test func `at a terminal the network is typed where it holds most devices, or may`()
        async throws
    {
        try FileManager.default.createDirectory(at: folder, withIntermediateDirectories: false)
        for (answer, isDone) in [("y", false), ("::/0", true)] {
            let terminal = try PseudoTerminal(width: 400)
            let process = try terminal.start(
                RunningProcess.executable.path(), ["devices", "block", "::/0"],
                environment: environment)
            try await eventually("the question") {
                try terminal.screen.text.contains("Type ::/0 to do so:")
            }
            terminal.type("\(answer)\n")
            try await eventually("its end") { !process.isRunning }
            let blocks = try await run("blocks")
            #expect(blocks.output.contains("::/0") == isDone)
        }
    }
}
