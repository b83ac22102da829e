import Foundation
import NanoCore
import Testing

@Suite struct DevicesCommandTests {
    /// A state folder of its own, and the command on it.
    private struct Folder {
        let path: String

        init() throws {
            path = try NewFolder.make().path()
        }

        func run(_ arguments: String...) async throws -> (
            status: Int32, output: String, errors: String
        ) {
            try await run(arguments)
        }

        func run(_ arguments: [String]) async throws -> (
            status: Int32, output: String, errors: String
        ) {
            let process = try RunningProcess(
                arguments, environment: ["NANOGRIDATA_STATE_DIR": path], input: Data())
            let status = try await process.wait()
            return (status, process.standardOutput, process.standardError)
        }

        var configuration: String { path + "/nanogridata.yaml" }

        /// A gateway on the folder that hears known devices alone.
        func closedGateway() async throws -> RunningGateway {
            try "devices: {registry: closed}\n".write(
                toFile: configuration, atomically: true, encoding: .utf8)
            return try await RunningGateway(
                state: URL(filePath: path), options: ["--config", configuration])
        }
    }

    @Test func `where there is no state folder nobody is listed, and that is said`() async throws {
        let folder = try Folder()
        try FileManager.default.removeItem(atPath: folder.path)
        let found = try await folder.run("devices", "list")
        #expect(found.status == 2 && found.output.isEmpty)
        #expect(found.errors.contains("\(folder.path): there is no such state folder"))
    }

    @Test func `of an open registry without devices the list says so, and where to look`()
        async throws
    {
        let folder = try Folder()
        let gateway = try await RunningGateway(state: URL(filePath: folder.path))
        let early = try await folder.run("devices", "list")
        #expect(early.status == 0)
        #expect(early.output.hasPrefix("nobody is in the registry, which is open, "))
        let device = try DeviceSocket(port: gateway.devicePort)
        try device.send(TestDevice.pressure("ESP32-001").pressureFrame(pascal: 1))
        try await eventually("its frame is accepted") {
            try await gateway.number("packets.accepted") == 1
        }
        // At a stop it is written down who was heard.
        gateway.process.signal(SIGTERM)
        try await gateway.process.wait()
        let late = try await folder.run("devices", "list").output
        #expect(
            late.contains("puts the 1 device heard within a day here") && late.contains("attach"),
            "\(late)")
        let waiting = try await folder.run("devices", "list", "--waiting").output
        #expect(waiting == "nobody waits for approval\n")
        #expect(try await folder.run("devices", "list", "--format", "json").output.isEmpty)
        #expect(try await folder.run("devices", "adopt").status == 0)
        #expect(try await folder.run("devices", "list").output.contains("ESP32-001"))
    }

    @Test func `a registry that the gateway's own configuration closes is not said to be open`()
        async throws
    {
        let folder = try Folder()
        let gateway = try await folder.closedGateway()
        let running = try await folder.run("devices", "list").output
        #expect(running == "nobody is in the registry, and nobody waits to be heard\n")
        gateway.process.signal(SIGTERM)
        try await gateway.process.wait()
        #expect(try await folder.run("devices", "list").output == running)
        // What a file says that is named here comes before what the last gateway went by.
        try "devices: {registry: open}\n".write(
            toFile: folder.configuration, atomically: true, encoding: .utf8)
        let named = try await folder.run("devices", "list", "--config", folder.configuration).output
        #expect(named.contains("which is open"))
    }

    @Test func `a device is approved beside a running gateway, and the trail tells who did so`()
        async throws
    {
        let folder = try Folder()
        let gateway = try await folder.closedGateway()
        let device = try DeviceSocket(port: gateway.devicePort)
        let sender = TestDevice.pressure("ESP32-001")
        try device.send(sender.pressureFrame(pascal: 1))
        try await eventually("the device waits") {
            try await folder.run("devices", "list").output.contains("waiting   0x10   ESP32-001")
        }
        let approved = try await folder.run("devices", "approve", "0x10", "ESP32-001")
        #expect(approved.output == "0x10 ESP32-001 is known from now on\n")
        try await eventually("it is heard") {
            try await gateway.number("registry.known") == 1
        }
        try device.send(sender.pressureFrame(pascal: 2))
        try await eventually("its frame is accepted") {
            try await gateway.number("packets.accepted") == 1
        }
        #expect(
            try await folder.run("devices", "list", "--waiting").output.contains("ESP32") == false)
        let trail = try await folder.run("audit", "list")
        #expect(trail.output.contains("approve_device 0x10 ESP32-001"))
    }

    @Test func `all that wait are approved together, each with an entry, or those of a model`()
        async throws
    {
        let folder = try Folder()
        let gateway = try await folder.closedGateway()
        #expect(
            try await folder.run("devices", "approve", "--all").output
                == "nobody waits for approval\n")
        for id in ["ESP32-001", "ESP32-002", "ESP32-003"] {
            let device = try DeviceSocket(port: gateway.devicePort)
            try device.send(TestDevice.pressure(id).pressureFrame(pascal: 1))
        }
        try await eventually("they wait") {
            try await folder.run("devices", "list", "--waiting").output.contains("ESP32-003")
        }
        let asked = try await folder.run("devices", "approve", "--all")
        #expect(asked.status == 2 && asked.output.isEmpty)
        #expect(
            asked.errors.contains(
                "approve 3 devices that wait: 0x10 ESP32-001, 0x10 ESP32-002, 0x10 ESP32-003? "
                    + "Without a terminal, say it with --yes"), "\(asked.errors)")
        let others = try await folder.run("devices", "approve", "--all", "--model", "0x20", "--yes")
        #expect(others.output == "nobody of 0x20 waits for approval\n")
        let approved = try await folder.run(
            "devices", "approve", "--all", "--model", "0x10", "--yes")
        #expect(approved.status == 0)
        #expect(
            approved.output.hasSuffix("0x10 ESP32-003 is known from now on\n3 devices approved\n"))
        try await eventually("they are heard") {
            try await gateway.number("registry.known") == 3
        }
        let trail = try await folder.run("audit", "list").output
        for id in 1...3 { #expect(trail.contains("approve_device 0x10 ESP32-00\(id)")) }
    }

    @Test(arguments: [
        ["0x10"], ["--all", "0x10", "A"], ["--model", "0x10"], ["0x10", "A", "--yes"],
    ])
    func `whom to approve is said in one way`(arguments: [String]) async throws {
        let folder = try Folder()
        let misused = try await folder.run(["devices", "approve"] + arguments)
        #expect(misused.status == 2 && misused.output.isEmpty)
    }

    @Test func `those that cannot be approved are listed`() async throws {
        let folder = try Folder()
        let waiting = """
            {"devices":[{"address":"10.0.0.7:4","device":"A","first_seen_unix_ms":1,"frames":1,\
            "generation":1,"last_seen_unix_ms":1,"model":"0x10"}],"version":1}
            """
        let isMade = FileManager.default.createFile(
            atPath: folder.path + "/waiting.json", contents: Data(waiting.utf8),
            attributes: [.posixPermissions: 0o600])
        #expect(isMade)
        // A folder where the trail has to be is none that can be written.
        try FileManager.default.createDirectory(
            atPath: folder.path + "/audit.jsonl", withIntermediateDirectories: true)
        let failed = try await folder.run("devices", "approve", "--all", "--yes")
        #expect(failed.status == 1)
        #expect(
            failed.errors.contains("0 devices approved, and not:\n  0x10 A: "), "\(failed.errors)")
        #expect(try await folder.run("devices", "list").output.contains("waiting"))
    }

    @Test func `an address is blocked and unblocked beside a running gateway`() async throws {
        let folder = try Folder()
        let gateway = try await RunningGateway(state: URL(filePath: folder.path))
        let blocked = try await folder.run(
            "devices", "block", "127.0.0.0/8", "--for", "30m", "--yes")
        #expect(blocked.output.hasPrefix("127.0.0.0/8 is blocked until "))
        try await eventually("the gateway goes by it") {
            try await gateway.number("offenders.blocked") == 1
        }
        #expect(try await folder.run("devices", "blocks").output.contains("127.0.0.0/8  operator"))
        let lifted = try await folder.run("devices", "unblock", "127.0.0.0/8")
        #expect(lifted.output == "127.0.0.0/8 is not blocked any more\n")
        try await eventually("it is lifted") {
            try await gateway.number("offenders.blocked") == 0
        }
        let device = try DeviceSocket(port: gateway.devicePort)
        try device.send(TestDevice.pressure("ESP32-001").pressureFrame(pascal: 1))
        try await eventually("its frame is accepted") {
            try await gateway.number("packets.accepted") == 1
        }
        for arguments in [
            ["300.0.0.1"], ["10.0.0.1", "--for", "1y"], ["0x10", "A", "--for", "1h"],
        ] {
            let run = try await folder.run(["devices", "block"] + arguments)
            #expect(run.status == 2, "\(run.errors)")
        }
    }

    @Test func `what makes no sense is said in a line, and nothing is changed`() async throws {
        let folder = try Folder()
        let removed = try await folder.run("devices", "remove", "0x10", "A")
        #expect(removed.status == 1)
        #expect(removed.errors.contains("0x10 A is not in the registry"))
        let adopted = try await folder.run("devices", "adopt")
        #expect(adopted.status == 1 && adopted.errors.contains("no gateway has written down"))
        #expect(try await folder.run("devices", "approve", "esp", "A").status == 2)
        let blocked = try await folder.run("devices", "block", "0x10", "\u{1B}[2J")
        #expect(blocked.status == 0 && !blocked.output.contains("\u{1B}"))
        let list = try await folder.run("devices", "list")
        #expect(list.output.contains("blocked   0x10   \\u{1B}[2J"))
    }

    @Test func `lists are by model and device, and JSON for other programs`() async throws {
        let folder = try Folder()
        for (step, device) in [("approve", "B"), ("block", "C"), ("approve", "A")] {
            _ = try await folder.run("devices", step, "0x20", device)
        }
        _ = try await folder.run("devices", "approve", "esp32", "Z")
        _ = try await folder.run("devices", "block", "192.0.2.0/24", "--for", "1h", "--yes")
        func objects(_ list: String) async throws -> [[String: Any]] {
            try await folder.run("devices", list, "--format", "json").output
                .split(separator: "\n").compactMap {
                    try JSONSerialization.jsonObject(with: Data($0.utf8)) as? [String: Any]
                }
        }
        let devices = try await objects("list")
        #expect(devices.map { $0["device"] as? String } == ["Z", "A", "B", "C"])
        #expect(devices.map { $0["model"] as? String } == ["0x10", "0x20", "0x20", "0x20"])
        #expect(devices.last?["standing"] as? String == "blocked")
        let blocks = try await objects("blocks")
        #expect(blocks.map { $0["address"] as? String } == ["192.0.2.0/24"])
        #expect(blocks.first?["by"] as? String == "operator" && blocks.first?["until"] != nil)
        let rows = try await folder.run("devices", "list").output.split(separator: "\n")
        #expect(rows.count == 5 && rows[1].hasPrefix("known     0x10   Z"))
    }
}
