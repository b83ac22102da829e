import Foundation
import TestProcesses
import Testing

/// A running `serve`, steered and watched from other processes.
@Suite(.serialized) struct ControlTests {
    private func control(
        _ words: [String], _ gateway: RunningGateway
    ) async throws -> (code: Int32, output: String, errors: String) {
        let process = try RunningProcess(words + ["--state-dir", gateway.state.path()])
        let code = try await process.wait()
        return (code, process.standardOutput, process.standardError)
    }

    @Test func `routes are listed, paused and resumed, and the gateway is stopped`() async throws {
        let gateway = try await RunningGateway()
        let status = try await control(["ctl"], gateway)
        #expect(status.code == 0 && status.output.contains("state    running"))
        #expect(status.output.contains("no alarms"))
        let paused = try await control(["ctl", "pause", "alba"], gateway)
        #expect(paused.code == 0 && paused.output == "alba is paused; its packets wait\n")
        let routes = try await control(["ctl", "routes"], gateway)
        #expect(routes.output.contains(/alba +paused/))
        let json = try await control(["ctl", "routes", "--format", "json"], gateway).output
            .split(separator: "\n").compactMap {
                try JSONSerialization.jsonObject(with: Data($0.utf8)) as? [String: Any]
            }
        let alba = try #require(json.first { $0["name"] as? String == "alba" })
        #expect(alba["state"] as? String == "paused" && alba["waiting"] as? Int == 0)
        let again = try await control(["ctl", "pause", "alba"], gateway)
        #expect(again.code == 0 && again.output == "alba is paused already\n")
        #expect(try await control(["ctl", "resume", "alba"], gateway).code == 0)
        let unknown = try await control(["ctl", "pause", "nope"], gateway)
        #expect(unknown.code == 1 && unknown.errors.contains("there is no route nope"))
        for command in ["pause", "resume", "skip"] {
            let nameless = try await control(["ctl", command], gateway)
            #expect(nameless.code == 2 && nameless.output.isEmpty)
            #expect(
                nameless.errors
                    == "nanogridata: ctl \(command): name the route; there are alba, cycle and "
                    + "local; see 'nanogridata ctl \(command) --help'\n")
        }
        let unasked = try await control(["ctl", "stop"], gateway)
        #expect(unasked.code == 2 && unasked.errors.contains("say it with --yes"))
        #expect(try await control(["ctl", "stop", "--yes"], gateway).code == 0)
        #expect(try await gateway.process.wait() == 0)
        let gone = try await control(["ctl"], gateway)
        #expect(gone.code == 1 && gone.errors.contains("no gateway answers at"))
        let nameless = try await control(["ctl", "pause"], gateway)
        #expect(nameless.code == 2 && nameless.errors.contains("name the route; see "))
    }

    @Test func `an alarm of the status is acknowledged by the id that stands there`() async throws {
        // Nobody listens there.
        let port = try FreePort.next()
        let gateway = try await RunningGateway(
            embedded: false,
            extra: [
                "ALBA_ENDPOINT": "http://127.0.0.1:\(port)", "CYCLE_ENDPOINT": "discard:",
            ])
        let device = try DeviceSocket(port: gateway.devicePort)
        try device.send(TestDevice.pressure("ESP32-001").pressureFrame(pascal: 1))
        var status = ""
        try await eventually("an alarm stands") {
            status = try await control(["ctl", "status"], gateway).output
            return status.contains("\nalarms\n")
        }
        let line = try #require(status.split(separator: "\n").first { $0.contains("route/alba") })
        let id = try #require(line.split(separator: " ").first { $0.hasPrefix("route/") })
        let taken = try await control(["ctl", "acknowledge", String(id)], gateway)
        #expect(taken.code == 0, "\(taken.errors)")
    }

    @Test func `attach takes the socket without an option, and is told of it once`() async throws {
        let gateway = try await RunningGateway()
        let socket = gateway.state.path() + "/admin.sock"
        func attach(_ words: [String]) async throws -> (code: Int32, errors: String) {
            let process = try RunningProcess(
                ["attach"] + words + ["--script", "-"], input: Data("quit\n".utf8))
            return (try await process.wait(), process.standardError)
        }
        let attached = try await attach([socket])
        #expect(attached.code == 0, "\(attached.errors)")
        for option in ["--socket", "--state-dir", "--config"] {
            let twice = try await attach([socket, option, socket])
            #expect(twice.code == 2)
            #expect(twice.errors.contains("\(option) says where the socket is, too; say it once"))
        }
        let empty = try await attach([""])
        #expect(empty.code == 2 && empty.errors.contains("the name of the socket is empty"))
        let nobody = try await attach([socket + "x"])
        #expect(nobody.code == 1 && nobody.errors.contains("no gateway answers at \(socket)x"))
    }

    @Test func `a console is attached, steers, and leaves the gateway running`() async throws {
        let gateway = try await RunningGateway(options: ["--fleet", "3"])
        let session = try TerminalSession()
        try session.run(
            "\(RunningProcess.executable.path()) attach --state-dir \(gateway.state.path()); "
                + "echo left with $?")
        try await session.waitFor(" balances ")
        try await session.waitFor("0x10 ESP32")
        try session.press("5", "p")
        try await session.waitFor("Pause alba?")
        try session.press("y")
        try await session.waitFor("alba is paused")
        try session.press("?")
        try await session.waitFor("the gateway runs on")
        try session.press("Escape", "q")
        try await session.waitFor("left with 0")
        #expect(try await gateway.stats()["state"] as? String == "running")
        try session.run(
            "\(RunningProcess.executable.path()) attach --read-only --state-dir "
                + "\(gateway.state.path()); echo left with $?")
        try await session.waitFor(" read-only ")
        try session.press("5", "p", "?")
        try await session.waitFor("the gateway runs on")
        #expect(!session.screen.contains("pause or resume"))
        try session.press("Escape", "q")
        try await session.waitFor("left with 0")
        gateway.process.signal(SIGTERM)
        #expect(try await gateway.process.wait() == 0)
    }
}
