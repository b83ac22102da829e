import Glibc

/// Standard output behind a buffer, so that a small write is not a system call.
final class OutputStream {
    /// The reader has gone away: nothing more to do, and nothing to complain about.
    struct ReaderLeft: Error {}

    /// The size of the terminal that standard output is; nil when it is none, or does not tell.
    static var terminalSize: (columns: Int, rows: Int)? {
        var size = winsize()
        guard ioctl(STDOUT_FILENO, UInt(TIOCGWINSZ), &size) == 0, size.ws_col > 0 else {
            return nil
        }
        return (Int(size.ws_col), Int(size.ws_row))
    }

    static var terminalColumns: Int? { terminalSize?.columns }

    /// What waits to be written.
    var bytes: [UInt8] = []
    private static let fullBytes = 128 << 10

    /// Writes when there is enough to be worth it.
    func flushIfFull() throws {
        if bytes.count >= Self.fullBytes { try flush() }
    }

    /// - Throws: ``ReaderLeft``, or ``CommandFailure`` for any other fault.
    func flush() throws {
        var written = 0
        while written < bytes.count {
            let count = bytes.withUnsafeBytes {
                write(STDOUT_FILENO, $0.baseAddress?.advanced(by: written), $0.count - written)
            }
            if count < 0, errno == EINTR { continue }
            if count < 0, errno == EPIPE { throw ReaderLeft() }
            guard count >= 0 else {
                throw CommandFailure.failed("standard output: " + String(cString: strerror(errno)))
            }
            written += count
        }
        bytes.removeAll(keepingCapacity: true)
    }
}
