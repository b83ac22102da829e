import Glibc
public import Logging
public import NanoCore
import Synchronization

/// Where log lines go: to standard error or a file, and always to a ring of the newest ones that
/// the console shows.
public final class LogOutput: Sendable {
    /// Why a log file can't be used.
    public struct Fault: Error, Equatable, CustomStringConvertible {
        public let description: String
    }

    /// Lines that the ring keeps.
    public static let ringLines = 1_000

    private struct State {
        var ring: [LogLine] = []
        /// Place of the oldest line once the ring is full.
        var oldest = 0
        var nextID: UInt64 = 1
    }

    private let state = Mutex(State())
    private let format: Settings.Logging.Format
    private let level: Logger.Level
    /// Nil when lines go to the ring alone.
    private let descriptor: Int32?
    private let ownsDescriptor: Bool

    /// Opens the log file, if there is one.
    ///
    /// - Parameter terminalIsTaken: Whether a console draws on the terminal, so that nothing may be
    ///   written to standard error.
    /// - Throws: ``Fault`` when the file can't be opened for appending.
    public init(settings: Settings.Logging, terminalIsTaken: Bool) throws(Fault) {
        format = settings.format
        level = Logger.Level(rawValue: settings.level) ?? .info
        ownsDescriptor = settings.file != nil
        guard let file = settings.file else {
            descriptor = terminalIsTaken ? nil : STDERR_FILENO
            return
        }
        let opened = open(file, O_WRONLY | O_APPEND | O_CREAT | O_CLOEXEC | O_NOCTTY, 0o640)
        guard opened >= 0 else {
            let reason = String(cString: strerror(errno))
            throw Fault(
                description: "logging.file: \(SafeText.escaped(file)) cannot be opened: \(reason)")
        }
        descriptor = opened
    }

    deinit {
        if ownsDescriptor, let descriptor { close(descriptor) }
    }

    /// A logger whose lines carry this label: `ingress`, `route.alba`.
    public func logger(label: String) -> Logger {
        Logger(label: label) { GatewayLogHandler(label: $0, output: self, level: self.level) }
    }

    /// The newest lines, newest last.
    public var lines: [LogLine] {
        state.withLock { Array($0.ring[$0.oldest...] + $0.ring[..<$0.oldest]) }
    }

    /// Keeps a line, and writes it in one piece.
    func record(_ entry: LogEntry) {
        state.withLock { state in
            let line = LogLine(
                id: state.nextID, unixMilliseconds: entry.unixMilliseconds, level: entry.level,
                label: entry.label, message: entry.message)
            state.nextID += 1
            if state.ring.count < Self.ringLines {
                state.ring.append(line)
            } else {
                state.ring[state.oldest] = line
                state.oldest = (state.oldest + 1) % Self.ringLines
            }
        }
        if let descriptor { Self.write(entry.line(format), to: descriptor) }
    }

    /// A line that can't be written, to a full disk or a closed pipe, is given up: logging must not
    /// stop the gateway.
    private static func write(_ bytes: [UInt8], to descriptor: Int32) {
        var start = 0
        while start < bytes.count {
            let count = bytes[start...].withUnsafeBytes {
                Glibc.write(descriptor, $0.baseAddress, $0.count)
            }
            if count < 0, errno == EINTR { continue }
            guard count > 0 else { return }
            start += count
        }
    }
}
