import Foundation
import TestProcesses
import Testing

/// A file system in memory of a few megabytes, which can be filled.
final class SmallDisk {
    let folder: URL
    private var ballast: URL { folder.appending(path: "ballast") }

    /// Mounts one; without the right to do so the test is cancelled, and says why.
    init(megabytes: Int) async throws {
        folder = FileManager.default.temporaryDirectory.appending(
            path: "nanogridata-disk-\(UUID().uuidString)")
        try FileManager.default.createDirectory(at: folder, withIntermediateDirectories: true)
        let fault = try Self.run([
            "mount", "-t", "tmpfs", "-o", "size=\(megabytes)m", "tmpfs", folder.path(),
        ])
        guard let fault else { return }
        try FileManager.default.removeItem(at: folder)
        let reason = "a full disk is not tested, since no file system can be mounted: \(fault)"
        // A test whose cases are all cancelled is reported as one that has passed.
        print(reason)
        try Test.cancel("\(reason)")
    }

    deinit {
        _ = try? Self.run(["umount", "-l", folder.path()])
        try? FileManager.default.removeItem(at: folder)
    }

    /// Leaves so many bytes free.
    func fill(leaving bytes: Int) throws {
        let attributes = try FileManager.default.attributesOfFileSystem(forPath: folder.path())
        let free = (attributes[.systemFreeSize] as? NSNumber)?.intValue ?? 0
        try Data(count: max(0, free - bytes)).write(to: ballast)
    }

    /// Gives back what was filled.
    func empty() throws {
        try FileManager.default.removeItem(at: ballast)
    }

    /// - Returns: What went wrong; nil for nothing.
    private static func run(_ command: [String]) throws -> String? {
        let run = try ProgramRun(command[0], Array(command.dropFirst()))
        guard run.status != 0 else { return nil }
        return run.errors.trimmingCharacters(in: .whitespacesAndNewlines)
    }
}
