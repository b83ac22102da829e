import Foundation

/// The built executable, run as its users run it.
final class RunningProcess: Sendable {
    struct Failure: Error, CustomStringConvertible {
        let description: String
    }

    private let process: Process
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

    init(
        _ arguments: [String], environment: [String: String] = [:], input: Data? = nil
    ) throws {
        process = Process()
        process.executableURL = Self.executable
        process.arguments = arguments
        let inherited = ProcessInfo.processInfo.environment.filter { name, _ in
            !name.hasPrefix("NANOGRIDATA_") && name != "METRICS_PORT"
                && !name.hasSuffix("_ENDPOINT")
        }
        process.environment = inherited.merging(environment) { $1 }
        let folder = FileManager.default.temporaryDirectory
        let name = "nanogridata-process-\(UUID().uuidString)"
        (output, errors) = (
            folder.appending(path: name + ".out"), folder.appending(path: name + ".err")
        )
        try Data().write(to: output)
        try Data().write(to: errors)
        process.standardOutput = try FileHandle(forWritingTo: output)
        process.standardError = try FileHandle(forWritingTo: errors)
        process.standardInput = FileHandle.nullDevice
        if let input {
            let file = folder.appending(path: name + ".in")
            try input.write(to: file)
            process.standardInput = try FileHandle(forReadingFrom: file)
            try FileManager.default.removeItem(at: file)
        }
        try process.run()
    }

    deinit {
        if process.isRunning { kill(process.processIdentifier, SIGKILL) }
        try? FileManager.default.removeItem(at: output)
        try? FileManager.default.removeItem(at: errors)
    }

    var standardOutput: String { (try? String(contentsOf: output, encoding: .utf8)) ?? "" }
    var standardError: String { (try? String(contentsOf: errors, encoding: .utf8)) ?? "" }
    var isRunning: Bool { process.isRunning }
    /// Its number in the system.
    var identifier: pid_t { process.processIdentifier }

    func signal(_ number: Int32) {
        kill(process.processIdentifier, number)
    }

    /// Waits for the end and gives the exit code; a negative number is the signal that ended it.
    @discardableResult
    func wait(seconds: Double = 30) async throws -> Int32 {
        try await eventually("the process ends", seconds: seconds) { !self.process.isRunning }
        return process.terminationReason == .uncaughtSignal
            ? -process.terminationStatus : process.terminationStatus
    }
}

/// Asks until the answer is yes; throws when it never is.
func eventually(
    _ what: String, seconds: Double = 40, _ condition: () async throws -> Bool
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
