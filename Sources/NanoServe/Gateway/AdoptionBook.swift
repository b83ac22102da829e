import Logging
import NanoCore
import Synchronization

/// What devices use of their models' secrets, over restarts.
final class AdoptionBook: Sendable {
    private struct State {
        /// What runs before this one have heard.
        var former: [DeviceSnapshot]
        /// Monotonic nanoseconds.
        var writtenAt: UInt64 = 0
        var isFailing = false
    }

    private let file: AdoptionFile
    private let logger: Logger
    private let state: Mutex<State>

    /// Between two writings; shorter while a rotation is under way, which somebody may watch.
    private static let intervalNanoseconds: UInt64 = 30_000_000_000
    private static let watchedIntervalNanoseconds: UInt64 = 5_000_000_000

    init(stateFolder: String, logger: Logger) {
        file = AdoptionFile(stateFolder: stateFolder)
        self.logger = logger
        var former: [DeviceSnapshot] = []
        do {
            former = try file.read() ?? []
        } catch {
            logger.warning(
                "what devices used before is not known", metadata: ["error": "\(error)"])
        }
        state = Mutex(State(former: former))
    }

    /// The devices of this run, and those that only former ones have heard.
    func rows(_ present: [DeviceSnapshot]) -> [DeviceSnapshot] {
        let former = state.withLock(\.former)
        guard !former.isEmpty else { return present }
        let known = Set(present.map { "\($0.model)/\($0.id)" })
        return present + former.filter { !known.contains("\($0.model)/\($0.id)") }
    }

    /// Whether it is time to write.
    ///
    /// - Parameter isWatched: Whether a model has several generations that are accepted.
    func isDue(now: Moment, isWatched: Bool) -> Bool {
        let interval = isWatched ? Self.watchedIntervalNanoseconds : Self.intervalNanoseconds
        return state.withLock { now.monotonicNanoseconds &- $0.writtenAt >= interval }
    }

    /// Writes down what devices use.
    func write(_ present: [DeviceSnapshot], now: Moment) {
        let rows = rows(present)
        do {
            try file.write(rows, now: now)
            state.withLock { $0.isFailing = false }
        } catch {
            let isNew = state.withLock { state in
                defer { state.isFailing = true }
                return !state.isFailing
            }
            if isNew {
                logger.warning(
                    "what devices use cannot be written down", metadata: ["error": "\(error)"])
            }
        }
        state.withLock { $0.writtenAt = now.monotonicNanoseconds }
    }
}
