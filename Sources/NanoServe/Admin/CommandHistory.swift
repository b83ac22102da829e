import NanoCore

/// The commands that an operator has typed in consoles, in a file of the operator's own, a line each.
package struct CommandHistory: Sendable {
    /// Of more the oldest go.
    private static let maximumLines = 200
    private static let maximumBytes = 1 << 20

    /// Nil where the environment names no place for it.
    private let path: String?

    /// - Parameter environment: Says where a user's state is kept (XDG Base Directory Specification).
    package init(environment: [String: String]) {
        path = UserState.file("console-history", environment: environment)
    }

    /// Oldest first; none when there is no such file, or one that cannot be used.
    package var lines: [String] { (try? read()) ?? [] }

    private func read() throws -> [String] {
        guard let path else { return [] }
        let bytes = try PrivateFile.read(path, atMost: Self.maximumBytes)
        return String(decoding: bytes ?? [], as: UTF8.self).split(separator: "\n").map(String.init)
    }

    /// Adds a line behind those of all consoles.
    ///
    /// - Returns: Why it could not be kept, in a sentence; nil when it was.
    package func add(_ line: String) -> String? {
        guard let path else { return nil }
        do {
            // What cannot be read is not written over.
            let before = try read()
            guard line != before.last else { return nil }
            let kept = (before + [line]).suffix(Self.maximumLines)
            try PrivateFile.write(Array((kept.joined(separator: "\n") + "\n").utf8), to: path)
            return nil
        } catch {
            return "the command is not kept for later consoles: \(error)"
        }
    }
}
