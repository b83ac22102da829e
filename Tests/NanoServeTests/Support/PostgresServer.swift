import Foundation
import Synchronization
import TestProcesses
import Testing

/// A PostgreSQL of its Debian package, made for one test and gone with it.
final class PostgresServer: Sendable {
    struct Failure: Error, CustomStringConvertible {
        let description: String
    }

    static let password = "correct-horse"

    private let folder: TemporaryFolder
    private let programs: String
    private let port: Int
    private let process = Mutex<ChildProcess?>(nil)
    private var data: String { folder.path + "/data" }

    init() throws {
        let root = "/usr/lib/postgresql"
        let versions = (try? FileManager.default.contentsOfDirectory(atPath: root)) ?? []
        let found = versions.map { "\(root)/\($0)/bin" }.filter {
            FileManager.default.isExecutableFile(atPath: $0 + "/initdb")
        }
        guard let programs = found.max() else {
            throw Failure(description: "initdb is missing; apt-get install postgresql")
        }
        self.programs = programs
        folder = try TemporaryFolder()
        port = try FreePort.next()
        let secret = folder.path + "/password"
        try Self.password.write(toFile: secret, atomically: false, encoding: .utf8)
        // Servers refuse to run as root, and their user has to own the folder.
        if getuid() == 0 { try Self.run(["chown", "-R", "postgres", folder.path]) }
        try runAsUser([
            programs + "/initdb", "-D", data, "-U", "plant", "-A", "scram-sha-256",
            "--pwfile", secret, "-E", "UTF8", "--no-locale", "--no-sync",
        ])
        try start()
    }

    deinit {
        try? stop()
    }

    func url(password: String = PostgresServer.password) -> String {
        "postgresql://plant:\(password)@127.0.0.1:\(port)/postgres"
    }

    /// Starts it in the foreground: a child that outlives its parent would be waited for.
    func start() throws {
        let command = Self.asUser([
            programs + "/postgres", "-D", data, "-p", "\(port)", "-k", folder.path,
            "-c", "listen_addresses=127.0.0.1", "-c", "fsync=off",
        ])
        let started = try ChildProcess(command[0], Array(command.dropFirst()), folder: "/")
        process.withLock { $0 = started }
        for _ in 0..<400 {
            if (try? query("SELECT 1")) != nil { return }
            usleep(100_000)
        }
        throw Failure(description: "postgres does not start")
    }

    func stop() throws {
        try runAsUser([programs + "/pg_ctl", "-D", data, "-w", "-m", "immediate", "stop"])
    }

    /// The rows of a statement's answer, fields parted by `|`.
    @discardableResult
    func query(_ statement: String) throws -> [String] {
        try Self.run([programs + "/psql", url(), "-X", "-A", "-t", "-c", statement])
            .split(separator: "\n").map(String.init)
    }

    private func runAsUser(_ command: [String]) throws {
        try Self.run(Self.asUser(command))
    }

    private static func asUser(_ command: [String]) -> [String] {
        (getuid() == 0 ? ["runuser", "-u", "postgres", "--"] : []) + command
    }

    @discardableResult
    private static func run(_ command: [String]) throws -> String {
        try ProgramRun(command[0], Array(command.dropFirst()), folder: "/").succeeding().text
    }
}
