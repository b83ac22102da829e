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
    private let writer: LogWriter?

    /// Opens the log file, if there is one.
    ///
    /// - Parameter terminalIsTaken: Whether a console draws on the terminal, so that nothing may be
    ///   written to standard error.
    /// - Throws: ``Fault`` when the file can't be opened for appending.
    public init(settings: Settings.Logging, terminalIsTaken: Bool) throws(Fault) {
        format = settings.format
        level = Logger.Level(rawValue: settings.level) ?? .info
        if let stream = Self.stream(settings.file) {
            writer =
                stream == LogStream.nowhere || terminalIsTaken
                ? nil : Self.writer(to: stream, owned: false, format)
            return
        }
        let file = settings.file ?? ""
        do throws(PlainFile.Fault) {
            let opened = try PlainFile.open(file, O_WRONLY | O_APPEND | O_CREAT, mode: 0o640)
            writer = Self.writer(to: opened, owned: true, format)
        } catch {
            throw Fault(description: "logging.file: \(SafeText.escaped(file)) \(error.words)")
        }
    }

    /// The descriptor that stands for a file; nil for one that has to be opened.
    private static func stream(_ file: String?) -> Int32? {
        guard let file else { return STDERR_FILENO }
        return LogStream.descriptor(of: file)
    }

    private static func writer(
        to descriptor: Int32, owned: Bool, _ format: Settings.Logging.Format
    ) -> LogWriter {
        LogWriter(descriptor: descriptor, ownsDescriptor: owned) { lost in
            LogEntry(
                unixMilliseconds: Moment.now.unixMilliseconds, level: "warning", label: "log",
                text: "lines were lost, since nobody took them fast enough",
                fields: [("lines", "\(lost)")]
            ).line(format)
        }
    }

    deinit {
        writer?.close()
    }

    /// Waits until all lines have been written, or given up; for the end of the process, which must
    /// not wait for a reader that is gone.
    public func flush(within limit: Duration = .seconds(1)) {
        writer?.flush(within: limit)
    }

    /// A logger whose lines carry this label: `ingress`, `route.alba`.
    public func logger(label: String) -> Logger {
        Logger(label: label) { GatewayLogHandler(label: $0, output: self, level: self.level) }
    }

    /// The newest lines, newest last.
    public var lines: [LogLine] {
        state.withLock { Array($0.ring[$0.oldest...] + $0.ring[..<$0.oldest]) }
    }

    /// Keeps a line, and hands it on to be written; returns at once.
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
        writer?.add(entry.line(format))
    }
}
