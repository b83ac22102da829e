import Foundation
import Testing

@Suite struct CheckConfigTests {
    private func check(
        _ yaml: String, environment: [String: String] = [:]
    ) async throws -> (status: Int32, process: RunningProcess) {
        let file = FileManager.default.temporaryDirectory.appending(
            path: "nanogridata-\(UUID().uuidString).yaml")
        try yaml.write(to: file, atomically: true, encoding: .utf8)
        defer { try? FileManager.default.removeItem(at: file) }
        let process = try RunningProcess(
            ["check-config", file.path()], environment: environment)
        return (try await process.wait(), process)
    }

    @Test func `a good file is ok, with what is in effect and no secret`() async throws {
        let (status, process) = try await check(
            "routes: {alba: {endpoint: 'http://alba', batch_events: 50}}",
            environment: TestDevice.environment)
        #expect(status == 0)
        #expect(process.standardOutput.hasPrefix("ok\n"))
        #expect(process.standardOutput.contains("http://alba:80/telemetry/ingest, 50 events"))
        for secret in TestDevice.environment.values {
            #expect(!process.standardOutput.contains(secret))
        }
    }

    @Test func `every mistake is a line on standard error, and the exit code is 2`() async throws {
        let (status, process) = try await check(
            "devices:\n  port: abc\nroutes:\n  alba:\n    batch_events: 0\n")
        #expect(status == 2)
        #expect(process.standardOutput.isEmpty)
        let lines = process.standardError.split(separator: "\n")
        #expect(lines.count == 2)
        #expect(lines[0].contains(".yaml:2: devices.port: \"abc\" is not a port"))
        #expect(lines[1].contains(".yaml:5: routes.alba.batch_events: 0 is not allowed"))
    }

    @Test func `a byte order mark in front of the file is passed over`() async throws {
        let (status, process) = try await check("\u{FEFF}name: plant\ndevices:\n  port: abc\n")
        #expect(status == 2)
        #expect(process.standardError.contains(".yaml:3: devices.port: \"abc\" is not a port"))
    }

    @Test func `what a gateway would stop at when it starts is told`() async throws {
        let state = FileManager.default.temporaryDirectory.appending(
            path: "nanogridata-\(UUID().uuidString)"
        ).path()
        let environment = ["NANOGRIDATA_STATE_DIR": state]
        // Before the first start there is nothing to be opened, and nothing is made.
        #expect(try await check("name: plant", environment: environment).status == 0)
        #expect(!FileManager.default.fileExists(atPath: state))
        let made = try RunningProcess(["secrets", "init", "0x10"], environment: environment)
        #expect(try await made.wait() == 0)
        #expect(try await check("name: plant", environment: environment).status == 0)
        let key = state + "/keystore.key"
        try FileManager.default.setAttributes([.posixPermissions: 0o644], ofItemAtPath: key)
        let open = try await check("name: plant", environment: environment)
        #expect(open.status == 2 && open.process.standardOutput.isEmpty)
        #expect(open.process.standardError.contains("chmod 600 \(key)"))
        try FileManager.default.removeItem(atPath: key)
        let missing = try await check("name: plant", environment: environment)
        #expect(missing.status == 2 && missing.process.standardError.contains("key is missing"))
        try String(repeating: "ab", count: 32).write(
            toFile: key, atomically: true, encoding: .utf8)
        try FileManager.default.setAttributes([.posixPermissions: 0o600], ofItemAtPath: key)
        let wrong = try await check("name: plant", environment: environment)
        #expect(wrong.status == 2, "\(wrong.process.standardError)")
        #expect(wrong.process.standardError.contains("keystore: "))
        let nowhere = try await check(
            "admin: {socket: /nowhere/admin.sock}",
            environment: ["NANOGRIDATA_STATE_DIR": state + "-other"])
        #expect(nowhere.status == 2)
        #expect(nowhere.process.standardError.contains("admin.socket: /nowhere: "))
    }

    @Test(.enabled(if: geteuid() == 0, "only root can give files away"))
    func `root judges for the user whom the file belongs to`() async throws {
        let folder = FileManager.default.temporaryDirectory.appending(
            path: "nanogridata-\(UUID().uuidString)"
        ).path()
        defer { try? FileManager.default.removeItem(atPath: folder) }
        try FileManager.default.createDirectory(
            atPath: folder + "/state", withIntermediateDirectories: true,
            attributes: [.posixPermissions: 0o700])
        let (file, token) = (folder + "/n.yaml", folder + "/token")
        try "abcdefgh".write(toFile: token, atomically: false, encoding: .utf8)
        try "routes: {x: {endpoint: 'https://h/', bearer_token_file: '\(token)'}}".write(
            toFile: file, atomically: false, encoding: .utf8)
        for path in [folder, folder + "/state", file, token] {
            try #require(chown(path, 4_321, 4_321) == 0)
        }
        for path in [file, token] { try #require(chmod(path, 0o600) == 0) }
        let environment = ["NANOGRIDATA_STATE_DIR": folder + "/state"]
        let process = try RunningProcess(["check-config", file], environment: environment)
        #expect(try await process.wait() == 0, "\(process.standardError)")
        #expect(process.standardError.contains("judged for user 4321, whom the file belongs to"))
        // What that user cannot read is told.
        try #require(chown(token, 0, 0) == 0)
        let other = try RunningProcess(["check-config", file], environment: environment)
        #expect(try await other.wait() == 2)
        #expect(other.standardError.contains("routes.x.bearer_token_file: "))
    }

    @Test func `a relative path is told with what it is relative to`() async throws {
        let (status, process) = try await check("\nlogging: {file: gateway.log}\n")
        #expect(status == 0)
        let here = FileManager.default.currentDirectoryPath
        #expect(
            process.standardError.contains(
                ".yaml:2: logging.file: gateway.log is relative to the folder in which the gateway is "
                    + "started, \(here) here"), "\(process.standardError)")
    }
}
