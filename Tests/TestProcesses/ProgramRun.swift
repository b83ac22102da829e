public import Foundation

/// One run of a program from its start to its end.
public struct ProgramRun: Sendable {
    /// The exit code; below zero the signal that ended it.
    public let status: Int32
    public let output: Data
    /// What it wrote to standard error.
    public let errors: String

    /// Its standard output as text.
    public var text: String { String(decoding: output, as: UTF8.self) }

    /// Runs a program and waits for its end.
    ///
    /// - Parameters:
    ///   - program: A path, or the name of one that is looked for where `PATH` says.
    ///   - folder: Where it works; nil for where the test does.
    ///   - input: What it can read.
    /// - Throws: ``ChildProcess/Failure`` when it cannot be started, and what writing files throws.
    public init(
        _ program: String, _ arguments: [String], folder: String? = nil, input: Data? = nil
    ) throws {
        let base = FileManager.default.temporaryDirectory.appending(
            path: "nanogridata-run-\(UUID().uuidString)"
        ).path()
        let files = ["in", "out", "err"].map { "\(base).\($0)" }
        defer { for file in files { try? FileManager.default.removeItem(atPath: file) } }
        if let input { try input.write(to: URL(filePath: files[0])) }
        let process = try ChildProcess(
            program, arguments, folder: folder, input: input == nil ? "/dev/null" : files[0],
            output: files[1], errors: files[2])
        status = process.wait()
        output = FileManager.default.contents(atPath: files[1]) ?? Data()
        errors = String(
            decoding: FileManager.default.contents(atPath: files[2]) ?? Data(), as: UTF8.self)
    }

    /// Throws what the program said, unless it ended well.
    @discardableResult
    public func succeeding() throws -> ProgramRun {
        guard status == 0 else {
            throw ChildProcess.Failure(description: "ended with \(status): \(text)\(errors)")
        }
        return self
    }
}
