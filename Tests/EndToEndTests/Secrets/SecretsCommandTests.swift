import Foundation
import NanoCore
import Testing

@Suite struct SecretsCommandTests {
    /// A state folder of its own, and the command on it.
    private struct Folder {
        let path: String

        init() throws {
            path = try NewFolder.make().path()
        }

        func run(_ arguments: [String], input: String = "") async throws -> (
            status: Int32, output: String, errors: String
        ) {
            let process = try RunningProcess(
                ["secrets"] + arguments, environment: ["NANOGRIDATA_STATE_DIR": path],
                input: Data(input.utf8))
            let status = try await process.wait()
            return (status, process.standardOutput, process.standardError)
        }

        func secret(_ generation: Int) throws -> [UInt8] {
            let file = path + "/secrets/0x10-gen\(generation).hex"
            let text = try String(contentsOfFile: file, encoding: .utf8)
            return try SecretPolicy.decode(
                hexadecimal: text.trimmingCharacters(in: .whitespacesAndNewlines))
        }
    }

    private func frame(_ number: UInt16, _ secret: [UInt8]) -> [UInt8] {
        TestDevice(model: .esp32Pressure, id: "ESP32-001", secret: secret)
            .pressureFrame(pascal: number)
    }

    @Test func `a rotation on a running gateway goes step by step, and cuts nobody off unforced`()
        async throws
    {
        let folder = try Folder()
        #expect(try await folder.run(["init", "0x10"]).status == 0)
        let old = try folder.secret(1)
        let gateway = try await RunningGateway(
            state: URL(filePath: folder.path), extra: ["NANOGRIDATA_SECRET_0x10": ""])
        let device = try DeviceSocket(port: gateway.devicePort)
        try device.send(frame(1, old))
        try await eventually("a first secret holds at once") {
            try await gateway.number("packets.accepted") == 1
        }
        let staged = try await folder.run(["stage", "0x10"])
        #expect(staged.status == 0 && staged.errors.isEmpty, "\(staged.errors)")
        let new = try folder.secret(2)
        // That it is accepted is only said once it is.
        let early = TestDevice(model: .esp32Pressure, id: "ESP32-002", secret: new)
        try device.send(early.pressureFrame(pascal: 9))
        try await eventually("the frame is judged") {
            try await gateway.number("packets.received") == 2
        }
        try await eventually("and accepted") {
            try await gateway.number("packets.accepted") == 2
        }
        try await eventually("the device is written down") {
            try await folder.run(["promote", "0x10"]).errors.contains("ESP32-001")
        }
        var sent: UInt16 = 1
        try await eventually("the staged secret is taken") {
            sent += 1
            try device.send(frame(sent, new))
            return try await gateway.number("packets.accepted") > 2
        }
        try await eventually("its adoption is written down") {
            try await folder.run(["promote", "0x10"]).status == 0
        }
        let revoked = try await folder.run(["revoke", "0x10", "1"])
        #expect(revoked.status == 0, "\(revoked.errors)")
        try await eventually("the former secret is refused") {
            sent += 1
            try device.send(frame(sent, old))
            return try await gateway.number("refused.mac_mismatch") > 1
        }
        let list = try await folder.run(["list"]).output
        #expect(list.contains("0x10   2    current  2 "))
        let trail = try String(contentsOfFile: folder.path + "/audit.jsonl", encoding: .utf8)
        for secret in [old, new] {
            #expect(!(trail + list).contains(Hexadecimal.text(secret)))
            #expect(!gateway.process.standardError.contains(Hexadecimal.text(secret)))
        }
    }

    @Test func `without a gateway's word on devices a step needs force`() async throws {
        let folder = try Folder()
        _ = try await folder.run(["init", "0x10"])
        _ = try await folder.run(["stage", "0x10"])
        let careful = try await folder.run(["promote", "0x10"])
        #expect(careful.status == 1 && careful.errors.contains("--force"))
        let forced = try await folder.run(["promote", "0x10", "--force", "--grace-hours", "1"])
        #expect(forced.status == 0, "\(forced.errors)")
        #expect(try await folder.run(["abort", "0x10", "--force"]).errors.contains("stage one"))
        let audit = try RunningProcess(
            ["audit", "list"], environment: ["NANOGRIDATA_STATE_DIR": folder.path])
        #expect(try await audit.wait() == 0)
        #expect(audit.standardOutput.contains("promote_secret 0x10, forced"))
    }

    @Test func `a grace is extended from now on, and listed with ages and dues`() async throws {
        let folder = try Folder()
        _ = try await folder.run(["init", "0x10"])
        _ = try await folder.run(["stage", "0x10"])
        _ = try await folder.run(["promote", "0x10", "--force", "--grace-hours", "1"])
        let extended = try await folder.run(["extend", "0x10", "--grace", "30h"])
        #expect(extended.status == 0, "\(extended.errors)")
        #expect(extended.output.contains("generation 1 is accepted until"))
        #expect(extended.output.contains("30 h from now"))
        #expect(try await folder.run(["extend", "0x10", "--grace", "2h"]).status == 1)
        #expect(try await folder.run(["extend", "0x10", "--grace", "2"]).status == 2)
        #expect(try await folder.run(["extend", "0x20", "--grace", "2h"]).status == 1)
        let lines = try await folder.run(["list", "--format", "json"]).output.split(separator: "\n")
        let rows = try lines.map {
            try #require(try JSONSerialization.jsonObject(with: Data($0.utf8)) as? [String: Any])
        }
        #expect(rows.map { $0["state"] as? String } == ["current", "previous"])
        #expect(rows.allSatisfy { ($0["age_s"] as? Int).map { $0 < 60 } ?? false })
        let audit = try RunningProcess(
            ["audit", "list"], environment: ["NANOGRIDATA_STATE_DIR": folder.path])
        #expect(try await audit.wait() == 0)
        #expect(audit.standardOutput.contains("extend_grace 0x10 generation 1 until"))
    }

    @Test func `whenever a new key is interrupted, the keystore can be opened, and changed`()
        async throws
    {
        let folder = try Folder()
        _ = try await folder.run(["init", "0x10"])
        let secret = try await folder.run(["export", "0x10"]).output
        for round in 0..<12 {
            let process = try RunningProcess(
                ["secrets", "rekey"], environment: ["NANOGRIDATA_STATE_DIR": folder.path])
            // From before its first line of code to behind its last.
            try await Task.sleep(for: .milliseconds(round * 15))
            process.signal(SIGKILL)
            try await process.wait()
            let opened = try await folder.run(["export", "0x10"])
            #expect(opened.output == secret, "\(opened.errors)")
        }
        let done = try await folder.run(["rekey"])
        #expect(done.status == 0, "\(done.errors)")
        #expect(try await folder.run(["stage", "0x10"]).status == 0)
        #expect(try await folder.run(["verify"]).output.contains("2 generations"))
        let files = try FileManager.default.contentsOfDirectory(atPath: folder.path)
        #expect(!files.contains("keystore.key.next"))
    }

    @Test func `a device's exported keys are not the model's, and stand in no trail`() async throws
    {
        let folder = try Folder()
        _ = try await folder.run(["init", "0x10"])
        let secret = Hexadecimal.text(try folder.secret(1))
        let model = try await folder.run(["export", "0x10"])
        #expect(model.output == secret + "\n")
        // Where devices sign with the model's secret a key of their own is of no use.
        let useless = try await folder.run(["export", "0x10", "ESP32-001"])
        #expect(useless.status == 2 && useless.errors.contains("(keying: model)"))
        #expect(useless.output.isEmpty)
        let file = folder.path + "/nanogridata.yaml"
        try "models: {0x10: {keying: device}}\n".write(
            toFile: file, atomically: true, encoding: .utf8)
        let ofDevice = ["export", "0x10", "ESP32-001", "--config", file]
        let device = try await folder.run(ofDevice)
        let expected = KeyDerivation(secret: try folder.secret(1)).key(
            for: .authentication, model: .esp32Pressure, device: Array("ESP32-001".utf8))
        #expect(device.output.hasPrefix("mac \(Hexadecimal.text(expected.bytes))\nenc "))
        #expect(!device.output.contains(secret))
        let header = try await folder.run(ofDevice + ["--format", "c"])
        #expect(header.output.contains("nanogridata_mac[32] = {"))
        #expect(header.output.contains("0x\(Hexadecimal.text(expected.bytes.prefix(1))), "))
        let trail = try String(contentsOfFile: folder.path + "/audit.jsonl", encoding: .utf8)
        #expect(trail.contains("export_secret"))
        #expect(!trail.contains(secret) && !trail.contains(Hexadecimal.text(expected.bytes)))
    }

    @Test func `a secret is imported from standard input, and never a bad one`() async throws {
        let folder = try Folder()
        let digits = String(repeating: "0123456789abcdef", count: 4)
        #expect(try await folder.run(["import", "0x10"], input: digits + "\n").status == 0)
        #expect(try await folder.run(["export", "0x10"]).output == digits + "\n")
        let twin = try await folder.run(["import", "0x20"], input: digits)
        #expect(
            twin.status == 1
                && twin.errors.hasPrefix(
                    "nanogridata: standard input: 0x20: the secret is also that of 0x10;"),
            "\(twin.errors)")
        #expect(!FileManager.default.fileExists(atPath: folder.path + "/secrets"))
        let second = try await folder.run(["import", "0x10"], input: String(digits.reversed()))
        #expect(second.output.contains("staged"))
        for (input, words) in [
            ("abcd", "2 bytes"), (String(repeating: "ab", count: 32), "repeats"),
            ("xy", "position 1"),
            ("", "0 bytes"),
        ] {
            let bad = try await folder.run(["import", "0x20"], input: input)
            #expect(bad.status == 2 && bad.errors.contains(words), "\(bad.errors)")
        }
        let verified = try await folder.run(["verify"])
        #expect(verified.output.contains("2 generations of 1 model can"), "\(verified.output)")
    }

    @Test(arguments: [
        (["list"], 1, "secrets init"), (["stage", "0x10"], 1, "secrets init"),
        (["stage", "esp"], 2, "esp"), (["revoke", "0x10"], 2, "generation"),
        (["export", "0x1g"], 2, "0x1g"),
    ])
    func `what is not there or no model is named`(
        arguments: [String], status: Int32, words: String
    ) async throws {
        let run = try await Folder().run(arguments)
        #expect(run.status == status)
        #expect(run.errors.contains(words), "\(run.errors)")
    }

    @Test func `secrets of simulated devices are told with their file, and stay untold`()
        async throws
    {
        let folder = try Folder()
        let gateway = try await RunningGateway(
            state: URL(filePath: folder.path),
            extra: ["NANOGRIDATA_SECRET_0x10": ""], options: ["--fleet", "2"])
        let file = folder.path + "/generated.json"
        let list = try await folder.run(["list"])
        #expect(list.status == 0 && list.output.contains("0x20"))
        #expect(list.output.contains("simulated devices of 0x10"), "\(list.output)")
        #expect(list.output.contains(" are in \(file)"))
        let export = try await folder.run(["export", "0x10"])
        #expect(export.status == 1 && export.output.isEmpty)
        #expect(export.errors.contains("0x10 has no secret in the keystore; "), "\(export.errors)")
        #expect(export.errors.contains(file))
        gateway.process.signal(SIGTERM)
        try await gateway.process.wait()
    }

    @Test func `a keystore that cannot be used is bad configuration to every command`() async throws
    {
        let folder = try Folder()
        #expect(try await folder.run(["init", "0x10"]).status == 0)
        let only = try await folder.run(["verify"])
        #expect(only.output == "whole: 1 generation of 1 model can be used\n")
        let key = folder.path + "/keystore.key"
        try FileManager.default.removeItem(atPath: key)
        for arguments in [["list"], ["stage", "0x10"], ["export", "0x10"], ["verify"]] {
            let run = try await folder.run(arguments)
            #expect(run.status == 2 && run.errors.contains("\(key) is missing"), "\(run.errors)")
        }
        for arguments in [["serve"], ["provision", "0x10", "A", "--no-wait"], ["check-config"]] {
            let process = try RunningProcess(
                arguments,
                environment: ["NANOGRIDATA_STATE_DIR": folder.path, "NANOGRIDATA_PORT": "1"])
            #expect(try await process.wait() == 2, "\(process.standardError)")
            #expect(process.standardError.contains("\(key) is missing"))
        }
    }

    @Test func `a running gateway leaves no core dump`() async throws {
        let gateway = try await RunningGateway()
        let limits = try String(
            contentsOfFile: "/proc/\(gateway.process.identifier)/limits", encoding: .utf8)
        let line = limits.split(separator: "\n").first { $0.hasPrefix("Max core file size") }
        #expect(line?.split(separator: " ").dropFirst(4).prefix(2) == ["0", "0"])
        #expect(!gateway.process.standardError.contains("core dumps"))
    }

    @Test func `a first secret that would cut off devices needs force`() async throws {
        let folder = try Folder()
        // Its model has no secret, so one is made at random for the simulated devices.
        let gateway = try await RunningGateway(
            state: URL(filePath: folder.path),
            extra: ["NANOGRIDATA_ESP32_SECRET": "", "NANOGRIDATA_SECRET_0x10": ""],
            options: ["--fleet", "4"])
        try await eventually("its devices are heard") {
            try await gateway.number("models.0x10.accepted") > 0
        }
        let early = try await folder.run(["init", "0x10"])
        #expect(early.status == 1 && early.errors.contains("--force"), "\(early.errors)")
        // At a stop it is written down who uses what.
        gateway.process.signal(SIGTERM)
        try await gateway.process.wait()
        for arguments in [["init", "0x10"], ["import", "0x10"]] {
            let refused = try await folder.run(
                arguments, input: String(repeating: "0123456789abcdef", count: 4))
            #expect(refused.status == 1)
            #expect(refused.errors.contains("would be refused from now on: "), "\(refused.errors)")
            #expect(refused.errors.contains("--force"))
        }
        let provisioning = try RunningProcess(
            ["provision", "0x10", "NEW-1", "--no-wait"],
            environment: ["NANOGRIDATA_STATE_DIR": folder.path])
        #expect(try await provisioning.wait() == 1)
        #expect(provisioning.standardError.contains("would be refused from now on: "))
        #expect(provisioning.standardOutput.isEmpty)
        #expect(try await folder.run(["list"]).output.contains("0x10   1") == false)
        let forced = try await folder.run(["init", "0x10", "--force"])
        #expect(forced.status == 0 && forced.output.contains("its first secret"))
    }

    @Test func `the current secret is not revoked, and it is said what to do in its place`()
        async throws
    {
        let folder = try Folder()
        _ = try await folder.run(["init", "0x10"])
        for force in [[], ["--force"]] {
            let current = try await folder.run(["revoke", "0x10", "1"] + force)
            #expect(current.status == 1)
            #expect(current.errors.contains("generation 1 of 0x10 is the current one"))
            #expect(current.errors.contains("stage another"))
            #expect(!current.errors.contains("--force"))
        }
        _ = try await folder.run(["stage", "0x10"])
        let staged = try await folder.run(["revoke", "0x10", "2"])
        #expect(staged.errors.contains("is staged; abort"), "\(staged.errors)")
    }

    @Test func `commands look where the configuration says, unless they are told otherwise`()
        async throws
    {
        let (folder, other) = (try Folder(), try Folder())
        _ = try await folder.run(["init", "0x10"])
        _ = try await other.run(["init", "0x20"])
        let file = folder.path + "/nanogridata.yaml"
        try "state: {folder: \(folder.path)}\ndevices: {port: abc}\n".write(
            toFile: file, atomically: true, encoding: .utf8)
        func models(
            _ arguments: [String], _ environment: [String: String]
        ) async throws -> String {
            let process = try RunningProcess(
                ["secrets", "list", "--format", "json"] + arguments, environment: environment)
            #expect(try await process.wait() == 0, "\(process.standardError)")
            return process.standardOutput
        }
        // Of the file nothing else is judged.
        let byOption = try await models(["--config", file], [:])
        #expect(byOption.contains("\"0x10\""))
        #expect(try await models([], ["NANOGRIDATA_CONFIG": file]).contains("\"0x10\""))
        let byVariable = try await models(
            ["--config", file], ["NANOGRIDATA_STATE_DIR": other.path])
        #expect(byVariable.contains("\"0x20\""))
        let byFolder = try await models(["--config", file, "--state-dir", other.path], [:])
        #expect(byFolder.contains("\"0x20\""))
        let missing = try RunningProcess(["journal", "info", "--config", "/nowhere.yaml"])
        #expect(try await missing.wait() == 2)
        #expect(
            missing.standardError.contains("/nowhere.yaml: the configuration file is not there"))
    }
}
