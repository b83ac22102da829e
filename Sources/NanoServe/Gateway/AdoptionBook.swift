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
    private let graceHours: Int
    private let rotateAfterSeconds: [ModelID: Int64]
    private let isRegistryClosed: Bool
    private let logger: Logger
    private let state: Mutex<State>

    /// Between two writings; shorter while a rotation is under way, which somebody may watch.
    private static let intervalNanoseconds: UInt64 = 30_000_000_000
    private static let watchedIntervalNanoseconds: UInt64 = 5_000_000_000

    init(stateFolder: String, configuration: GatewayConfiguration, logger: Logger) {
        graceHours = configuration.graceHours
        isRegistryClosed = configuration.registry.isClosed
        rotateAfterSeconds = Dictionary(
            uniqueKeysWithValues: configuration.models.compactMap { model in
                model.rotateAfterSeconds.map { (model.id, $0) }
            })
        file = AdoptionFile(stateFolder: stateFolder)
        self.logger = logger
        var former: [DeviceSnapshot] = []
        do {
            former = try file.read()?.devices ?? []
        } catch {
            logger.warning(
                "what devices used before is not known", metadata: ["error": "\(error)"])
        }
        state = Mutex(State(former: former))
    }

    /// The devices of this run, and those that only former ones have heard.
    func rows(_ present: [DeviceSnapshot]) -> [DeviceSnapshot] { present + former(but: present) }

    /// Those that only former runs have heard.
    func former(but present: [DeviceSnapshot]) -> [DeviceSnapshot] {
        let former = state.withLock(\.former)
        guard !former.isEmpty else { return [] }
        let known = Set(present.map(\.nameBytes))
        return former.filter { !known.contains($0.nameBytes) }
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
        let known = Set(present.map(\.nameBytes))
        do {
            try file.write(
                AdoptionFile.Knowledge(
                    devices: rows, graceHours: graceHours, rotateAfterSeconds: rotateAfterSeconds,
                    isRegistryClosed: isRegistryClosed),
                now: now)
            state.withLock { state in
                state.isFailing = false
                // Those that have come back, or are not active any more, are not needed.
                state.former.removeAll {
                    known.contains($0.nameBytes) || !$0.isActive(at: now.unixMilliseconds)
                }
            }
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

extension DeviceSnapshot {
    /// The model and the id, which are compared as bytes and never by Unicode equivalence.
    fileprivate var nameBytes: [UInt8] { [model.rawValue] + Array(id.utf8) }
}
