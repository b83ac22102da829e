import Glibc
import NanoCore

/// Files that settings name. Only plain ones are opened: a pipe would keep whoever opens it waiting for
/// the other end, and a device does what it likes.
enum PlainFile {
    /// Why a file cannot be used: what follows its path in a sentence.
    struct Fault: Error, Equatable {
        let words: String
    }

    /// Opens a file without waiting for anybody.
    static func open(
        _ path: String, _ flags: Int32, mode: mode_t = 0
    ) throws(Fault) -> Int32 {
        let file = Glibc.open(path, flags | O_CLOEXEC | O_NOCTTY | O_NONBLOCK, mode)
        guard file >= 0 else {
            let code = errno
            throw problem(at: path) ?? Fault(words: "cannot be opened: " + reason(code))
        }
        var status = stat()
        guard fstat(file, &status) == 0 else {
            defer { close(file) }
            throw Fault(words: "cannot be examined: " + reason(errno))
        }
        if let fault = problem(status) {
            close(file)
            throw fault
        }
        return file
    }

    /// All bytes of a file.
    static func read(_ path: String, atMost maximumBytes: Int) throws(Fault) -> [UInt8] {
        let file = try open(path, O_RDONLY)
        defer { close(file) }
        return try read(file, atMost: maximumBytes)
    }

    /// All that is left to read.
    static func read(_ file: Int32, atMost maximumBytes: Int) throws(Fault) -> [UInt8] {
        var bytes: [UInt8] = []
        var chunk = [UInt8](repeating: 0, count: 65_536)
        while true {
            let count = Glibc.read(file, &chunk, chunk.count)
            if count < 0, errno == EINTR { continue }
            guard count >= 0 else { throw Fault(words: "cannot be read: " + reason(errno)) }
            guard count > 0 else { return bytes }
            bytes += chunk[..<count]
            guard bytes.count <= maximumBytes else {
                throw Fault(words: "has too many bytes; at most \(maximumBytes) are read")
            }
        }
    }

    /// Why what is at a path is no plain file; nil where it is one, and where nothing is.
    static func problem(at path: String) -> Fault? {
        var status = stat()
        return stat(path, &status) == 0 ? problem(status) : nil
    }

    private static func problem(_ status: stat) -> Fault? {
        switch status.st_mode & S_IFMT {
        case S_IFREG: nil
        case S_IFDIR: Fault(words: "is a folder; name a file in it")
        case S_IFIFO: Fault(words: "is a pipe; name a plain file")
        case S_IFSOCK: Fault(words: "is a socket; name a plain file")
        default: Fault(words: "is a device; name a plain file")
        }
    }

    private static func reason(_ code: Int32) -> String { String(cString: strerror(code)) }
}
