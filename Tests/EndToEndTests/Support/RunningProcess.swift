import Foundation
import TestProcesses

/// The built executable, run as its users run it.
final class RunningProcess: Sendable {
    struct Failure: Error, CustomStringConvertible {
        let description: String
    }

    private let process: ChildProcess
    /// What it writes goes to files, which need nobody who listens.
    private let output: URL
    private let errors: URL

    /// The executable beside the test bundle.
    static var executable: URL {
        Bundle.main.executableURL.map(Self.products(of:)) ?? URL(filePath: "nanogridata")
    }

    private static func products(of runner: URL) -> URL {
        let root = URL(filePath: #filePath).deletingLastPathComponent().deletingLastPathComponent()
            .deletingLastPathComponent().deletingLastPathComponent()
        // The test runner of the toolchain may be outside of the build folder; the bundle is not.
        let bundle = CommandLine.arguments.first { $0.hasSuffix(".xctest") }
        let folder = bundle.map { URL(filePath: $0).deletingLastPathComponent() }
        return (folder ?? root.appending(path: ".build/debug")).appending(path: "nanogridata")
    }

    /// - Parameter openFiles: How many files it may have open; nil for as many as the test.
    init(
        _ arguments: [String], environment: [String: String] = [:], input: Data? = nil,
        openFiles: Int? = nil
    ) throws {
        let inherited = ProcessInfo.processInfo.environment.filter { name, _ in
            !name.hasPrefix("NANOGRIDATA_") && name != "METRICS_PORT"
                && !name.hasSuffix("_ENDPOINT")
        }
        let folder = FileManager.default.temporaryDirectory
        let name = "nanogridata-process-\(UUID().uuidString)"
        (output, errors) = (
            folder.appending(path: name + ".out"), folder.appending(path: name + ".err")
        )
        let file = folder.appending(path: name + ".in")
        if let input { try input.write(to: file) }
        let command = [Self.executable.path()] + arguments
        let limited = openFiles.map { ["prlimit", "--nofile=\($0)"] + command } ?? command
        process = try ChildProcess(
            limited[0], Array(limited.dropFirst()),
            environment: inherited.merging(environment) { $1 },
            input: input == nil ? "/dev/null" : file.path(), output: output.path(),
            errors: errors.path())
        // Opened by now: it reads on without a name.
        if input != nil { try FileManager.default.removeItem(at: file) }
    }

    deinit {
        process.signal(SIGKILL)
        try? FileManager.default.removeItem(at: output)
        try? FileManager.default.removeItem(at: errors)
    }

    var standardOutput: String { (try? String(contentsOf: output, encoding: .utf8)) ?? "" }
    var standardError: String { (try? String(contentsOf: errors, encoding: .utf8)) ?? "" }
    var isRunning: Bool { process.isRunning }
    /// Its number in the system.
    var identifier: pid_t { process.identifier }

    func signal(_ number: Int32) { process.signal(number) }

    /// Waits for the end and gives the exit code; a negative number is the signal that ended it.
    @discardableResult
    func wait(seconds: Double = 120) async throws -> Int32 {
        try await eventually("the process ends", seconds: seconds) { !self.process.isRunning }
        return process.wait()
    }
}

/// Asks until the answer is yes; throws when it never is.
func eventually(
    _ what: String, seconds: Double = 120, _ condition: () async throws -> Bool
) async throws {
    let limit = ContinuousClock.now + .seconds(seconds)
    while ContinuousClock.now < limit {
        if try await condition() { return }
        try await Task.sleep(for: .milliseconds(20))
    }
    // The last sleep may have been a long one.
    if try await condition() { return }
    throw RunningProcess.Failure(description: "\(what): not within \(seconds) s")
}
