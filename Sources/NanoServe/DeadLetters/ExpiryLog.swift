import Logging
import NanoCore
import Synchronization

/// Says that dead letters give way to newer ones, at most once a minute and destination.
final class ExpiryLog: Sendable {
    private struct Entry {
        var letters: UInt64 = 0
        /// Monotonic nanoseconds of the last line.
        var saidAt: UInt64?
    }

    private let logger: Logger
    private let limit: Int
    private let entries = Mutex<[String: Entry]>([:])

    private static let intervalNanoseconds: UInt64 = 60_000_000_000

    /// - Parameter limit: Letters that there may be of each destination.
    init(logger: Logger, limit: Int) {
        self.logger = logger
        self.limit = limit
    }

    func note(_ letters: UInt64, route: String, now: UInt64) {
        guard letters > 0 else { return }
        let count = entries.withLock { entries -> UInt64? in
            var entry = entries[route] ?? Entry()
            defer { entries[route] = entry }
            entry.letters += letters
            if let saidAt = entry.saidAt, now &- saidAt < Self.intervalNanoseconds { return nil }
            entry.saidAt = now
            defer { entry.letters = 0 }
            return entry.letters
        }
        guard let count else { return }
        logger.warning(
            "the oldest dead letters expire",
            metadata: [
                "route": "\(route)", "packets": "\(count)",
                "dead_letters.max_count": "\(limit)",
            ])
    }
}
