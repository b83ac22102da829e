import Foundation
import Glibc

/// What a log file's name may stand for besides a file: a descriptor that the gateway was started with.
enum LogStream {
    /// No descriptor: lines go to the ring alone.
    static let nowhere: Int32 = -1

    private static let names = [
        "/dev/stdout": STDOUT_FILENO, "/dev/stderr": STDERR_FILENO, "/dev/null": nowhere,
    ]
    /// As many as the system follows (path_resolution(7)).
    private static let maximumLinks = 40

    /// The descriptor that a path stands for, at the end of symbolic links, too; nil for one that has to
    /// be opened.
    static func descriptor(of path: String) -> Int32? {
        var here = path
        for _ in 0...maximumLinks {
            if let descriptor = named(here) { return descriptor }
            let target = try? FileManager.default.destinationOfSymbolicLink(atPath: here)
            guard let target else { break }
            let folder = here.lastIndex(of: "/").map { String(here[...$0]) } ?? ""
            here = target.hasPrefix("/") ? target : folder + target
        }
        return alike(path)
    }

    /// By the path alone. The first process of a container is its gateway, or starts it.
    private static func named(_ path: String) -> Int32? {
        if let descriptor = names[path] { return descriptor }
        let folders = ["/dev/fd/", "/proc/self/fd/", "/proc/1/fd/", "/proc/\(getpid())/fd/"]
        for folder in folders where path.hasPrefix(folder) {
            switch path.dropFirst(folder.count) {
            case "1": return STDOUT_FILENO
            case "2": return STDERR_FILENO
            default: break
            }
        }
        return nil
    }

    /// The same pipe or terminal as the standard output or error, by whatever name.
    private static func alike(_ path: String) -> Int32? {
        var (status, other) = (stat(), stat())
        guard stat(path, &status) == 0 else { return nil }
        let kind = status.st_mode & S_IFMT
        guard kind != S_IFREG, kind != S_IFDIR else { return nil }
        if stat("/dev/null", &other) == 0, isSame(status, other) { return nowhere }
        return [STDOUT_FILENO, STDERR_FILENO].first {
            fstat($0, &other) == 0 && isSame(status, other)
        }
    }

    private static func isSame(_ one: stat, _ other: stat) -> Bool {
        one.st_dev == other.st_dev && one.st_ino == other.st_ino
    }
}
