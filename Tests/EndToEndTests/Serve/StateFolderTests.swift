import Foundation
import TestProcesses
import Testing

/// Commands on a state folder that somebody has mistyped.
@Suite struct StateFolderTests {
    private let folder = FileManager.default.temporaryDirectory.appending(
        path: "nanogridata-\(UUID().uuidString)")

    private func run(
        _ arguments: [String], input: String = "", state: String? = nil
    ) async throws -> (status: Int32, output: String, errors: String) {
        let process = try RunningProcess(
            arguments + ["--state-dir", state ?? folder.path()], input: Data(input.utf8))
        let status = try await process.wait()
        return (status, process.standardOutput, process.standardError)
    }

    @Test(arguments: [
        "devices list", "devices list --waiting", "devices adopt", "devices approve 0x10 A",
        "devices reject 0x10 A", "devices remove 0x10 A", "devices block 0x10 A",
        "devices block 10.0.0.1", "devices block 10.0.0.0/8", "devices block 10.0.0.0/8 --yes",
        "devices unblock 0x10 A", "devices unblock 10.0.0.1", "devices blocks", "secrets list",
        "secrets stage 0x10", "secrets promote 0x10", "secrets promote 0x10 --force",
        "secrets abort 0x10", "secrets extend 0x10 --grace 24h", "secrets revoke 0x10 1",
        "secrets export 0x10", "secrets rekey", "secrets verify", "secrets import 0x10",
        "provision 0x10 A --no-wait", "journal info", "journal verify", "journal export",
        "dead-letters list", "dead-letters show 1", "dead-letters redrive --all",
        "dead-letters drop 1 --yes", "audit list", "audit verify", "audit export",
    ])
    func `one that is not there is named and not made`(command: String) async throws {
        let digits = String(repeating: "0123456789abcdef", count: 4)
        let found = try await run(command.split(separator: " ").map(String.init), input: digits)
        #expect(found.status == 2 && found.output.isEmpty)
        #expect(
            found.errors.hasPrefix(
                "nanogridata: \(folder.path()): there is no such state folder; --state-dir names "),
            "\(found.errors)")
        #expect(found.errors.split(separator: "\n").count == 1)
        #expect(!FileManager.default.fileExists(atPath: folder.path()))
    }

    @Test func `the first secrets make one, and a file is none`() async throws {
        #expect(try await run(["secrets", "init", "0x10"]).status == 0)
        #expect(FileManager.default.fileExists(atPath: folder.path() + "/keystore.sealed"))
        let file = folder.path() + "/keystore.sealed"
        let found = try await run(["devices", "list"], state: file)
        #expect(found.status == 2 && found.errors.contains("\(file): is a file"))
        let within = try await run(["devices", "list"], state: file + "/state")
        #expect(within.status == 2 && within.errors.contains("no such state folder"))
    }

    @Test func `a new key makes no folder for itself`() async throws {
        #expect(try await run(["secrets", "init", "0x10"]).status == 0)
        let place = folder.path() + "/elsewhere"
        let found = try await run(["secrets", "rekey", "--new-key-file", place + "/new.key"])
        #expect(found.status == 2 && found.errors.contains("\(place): there is no such folder"))
        #expect(!FileManager.default.fileExists(atPath: place))
        #expect(try await run(["secrets", "verify"]).status == 0)
    }
}
