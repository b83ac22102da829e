import Glibc
import NanoCore

/// The file in which the settings of consoles last, of all of a user's consoles at once.
package struct ConsoleStateFile: Sendable {
    /// Nil where the environment names no place for it.
    package let path: String?

    private static let maximumBytes = 1 << 16
    /// How often another console is waited for, and how long each time.
    private static let tries = 20
    private static let pauseMicroseconds: UInt32 = 10_000

    /// - Parameter environment: Says where a user's state is kept.
    package init(environment: [String: String]) {
        path = UserState.file("console.json", environment: environment)
    }

    /// The file as it is; nil where there is none. It holds no secret, so others may read it.
    ///
    /// - Throws: ``KeystoreError`` for one that cannot be read.
    package func read() throws(KeystoreError) -> [UInt8]? {
        guard let path, access(path, F_OK) == 0 else { return nil }
        let file = open(path, O_RDONLY | O_CLOEXEC | O_NONBLOCK)
        guard file >= 0 else {
            throw KeystoreError("\(path): cannot be opened: \(String(cString: strerror(errno)))")
        }
        defer { close(file) }
        var bytes = [UInt8](repeating: 0, count: Self.maximumBytes + 1)
        let count = Glibc.read(file, &bytes, bytes.count)
        guard count >= 0 else {
            throw KeystoreError("\(path): cannot be read: \(String(cString: strerror(errno)))")
        }
        guard count <= Self.maximumBytes else {
            throw KeystoreError("\(path): more than \(Self.maximumBytes) bytes are no settings")
        }
        return Array(bytes[..<count])
    }

    /// Writes the file anew, whole or not at all, while no other console does. One that is damaged is
    /// moved aside first.
    ///
    /// - Parameter merge: Makes the new bytes from the old ones, nil where there are none; it throws for
    ///   those that are damaged.
    /// - Returns: What the operator has to know, in a sentence; nil for nothing.
    /// - Throws: ``KeystoreError``; nothing was written.
    package func update(
        _ merge: ([UInt8]?) throws -> [UInt8]
    ) throws(KeystoreError) -> String? {
        guard let path else { return nil }
        do {
            if let slash = path.lastIndex(of: "/") {
                try PrivateFile.makeFolder(String(path[..<slash]))
            }
            let lock = try Self.lock(path + ".lock")
            defer { close(lock) }
            let old = try read()
            var remark: String?
            let new: [UInt8]
            do {
                new = try merge(old)
            } catch {
                let aside = try Self.moveAside(path)
                remark = "\(path) was damaged; it is \(aside) now"
                new = try merge(nil)
            }
            return try PrivateFile.write(new, to: path) ?? remark
        } catch {
            throw KeystoreError("the console's settings are not kept for later: \(error)")
        }
    }

    /// - Returns: A handle that holds the lock until it is closed.
    private static func lock(_ path: String) throws(KeystoreError) -> Int32 {
        let handle = open(path, O_CREAT | O_RDWR | O_CLOEXEC | O_NOFOLLOW, 0o600)
        guard handle >= 0 else {
            throw KeystoreError("\(path): cannot be opened: \(String(cString: strerror(errno)))")
        }
        for _ in 0..<tries {
            if flock(handle, LOCK_EX | LOCK_NB) == 0 { return handle }
            usleep(pauseMicroseconds)
        }
        close(handle)
        throw KeystoreError("\(path): another console holds it")
    }

    /// - Returns: Its new name, which no other file had.
    private static func moveAside(_ path: String) throws(KeystoreError) -> String {
        let names = [path + ".damaged"] + (2...99).map { "\(path).damaged-\($0)" }
        guard let name = names.first(where: { access($0, F_OK) != 0 }), rename(path, name) == 0
        else { throw KeystoreError("\(path): is damaged, and cannot be moved aside") }
        return name
    }
}
