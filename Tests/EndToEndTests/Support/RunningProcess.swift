import Foundation
import Synchronization

/// The built executable, run as its users run it.
final class RunningProcess: Sendable {
    struct Failure: Error, CustomStringConvertible {
        let description: String
    }

    private let process: Process
    private let output = Mutex(Data())
    private let errors = Mutex(Data())

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
        let (out, err) = (Pipe(), Pipe())
        process.standardOutput = out
        process.standardError = err
        let provided = Pipe()
        process.standardInput = input == nil ? FileHandle.nullDevice : provided
        try process.run()
        collect(out.fileHandleForReading) { data in self.output.withLock { $0.append(data) } }
        collect(err.fileHandleForReading) { data in self.errors.withLock { $0.append(data) } }
        if let input {
            try provided.fileHandleForWriting.write(contentsOf: input)
            try provided.fileHandleForWriting.close()
        }
    }

    deinit {
        if process.isRunning { kill(process.processIdentifier, SIGKILL) }
    }

    private func collect(_ handle: FileHandle, _ append: @escaping @Sendable (Data) -> Void) {
        handle.readabilityHandler = { handle in
            let data = handle.availableData
            if data.isEmpty { handle.readabilityHandler = nil } else { append(data) }
        }
    }

    var standardOutput: String { String(decoding: output.withLock { $0 }, as: UTF8.self) }
    var standardError: String { String(decoding: errors.withLock { $0 }, as: UTF8.self) }
    var isRunning: Bool { process.isRunning }

    func signal(_ number: Int32) {
        kill(process.processIdentifier, number)
    }

    /// Waits for the end and gives the exit code; a negative number is the signal that ended it.
    @discardableResult
    func wait(seconds: Double = 30) async throws -> Int32 {
        try await eventually("the process ends", seconds: seconds) { !self.process.isRunning }
        // The pipes may still hold what was written last.
        try await Task.sleep(for: .milliseconds(50))
        return process.terminationReason == .uncaughtSignal
            ? -process.terminationStatus : process.terminationStatus
    }
}

/// Asks until the answer is yes; throws when it never is.
func eventually(
    _ what: String, seconds: Double = 20, _ condition: () async throws -> Bool
) async throws {
    let limit = ContinuousClock.now + .seconds(seconds)
    while ContinuousClock.now < limit {
        if try await condition() { return }
        try await Task.sleep(for: .milliseconds(20))
    }
    throw RunningProcess.Failure(description: "\(what): not within \(seconds) s")
}
