import Foundation

/// A shell script for a destination to run, in a folder for what it writes.
final class HookScript: Sendable {
    private let folder: TemporaryFolder
    let path: String

    /// - Parameter body: Lines behind the first; `$D` is the folder.
    init(_ body: String) throws {
        folder = try TemporaryFolder()
        path = folder.path + "/hook"
        try write(body)
    }

    /// Puts the script in place whole, as an operator should.
    func write(_ body: String, mode: mode_t = 0o700) throws {
        let text = "#!/bin/sh\nD='\(folder.path)'\n\(body)\n"
        try text.write(toFile: path + ".new", atomically: false, encoding: .utf8)
        guard chmod(path + ".new", mode) == 0, rename(path + ".new", path) == 0 else {
            throw CocoaError(.fileWriteUnknown)
        }
    }

    func remove() throws { try FileManager.default.removeItem(atPath: path) }

    /// Makes an empty file that the script may look for.
    func touch(_ name: String) throws { try Data().write(to: URL(filePath: file(name))) }

    func file(_ name: String) -> String { folder.path + "/" + name }

    /// What the script has written to a file; empty when there is none.
    func text(_ name: String) -> String {
        (try? String(contentsOfFile: file(name), encoding: .utf8)) ?? ""
    }

    func lines(_ name: String) -> [String] { text(name).split(separator: "\n").map(String.init) }

    /// Whether any of the processes whose numbers the script has written is still at work.
    func runs(_ name: String) -> Bool {
        lines(name).contains { number in
            // A process that has ended may wait for its parent (proc(5), the field behind the name).
            let status = try? String(contentsOfFile: "/proc/\(number)/stat", encoding: .utf8)
            let state = status?.split(separator: ")").last?.split(separator: " ").first
            return state.map { $0 != "Z" && $0 != "X" } ?? false
        }
    }
}
