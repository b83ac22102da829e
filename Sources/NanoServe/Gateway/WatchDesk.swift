import Logging
import NanoCore
import Synchronization

/// Looks at the gateway's clock and at its devices about once a second, off the event loops.
final class WatchDesk: Sendable {
    private struct State {
        var clock: ClockWatch
        var anomalies: [AnomalySnapshot] = []
        var refused: Set<DeviceName> = []
        /// Monotonic nanoseconds.
        var devicesSeenAt: UInt64 = 0
        /// Whether devices could be heard all the time since then.
        var isListening = true
    }

    private let state: Mutex<State>
    /// Held while thousands of devices are looked at; nobody else waits for it.
    private let fleet: Mutex<FleetWatch>
    private let watchesValues: Bool
    private let keys: any KeySource
    private let logger: Logger

    /// Between two looks at all devices: each copies a lane's table, and makes a row for each device.
    private static let devicesNanoseconds: UInt64 = 5_000_000_000

    init(clock: ClockRules, fleet: WatchRules, keys: any KeySource, logger: Logger) {
        state = Mutex(State(clock: ClockWatch(rules: clock)))
        self.fleet = Mutex(FleetWatch(rules: fleet))
        watchesValues = fleet.watchesValues
        self.keys = keys
        self.logger = logger
    }

    /// What is known of the gateway's clock.
    var clock: ClockSnapshot { state.withLock(\.clock.snapshot) }

    /// Devices that are other than usual.
    var anomalies: [AnomalySnapshot] { state.withLock(\.anomalies) }

    /// Devices of which nothing is accepted any more, while frames with their names are refused.
    var refused: Set<DeviceName> { state.withLock(\.refused) }

    /// - Parameters:
    ///   - devices: Makes rows of all devices; asked for every five seconds.
    ///   - turnsAway: Whether operators keep a device out, so that it cannot be heard.
    ///   - packets: Makes records of the newest accepted packets.
    ///   - listens: Whether devices can be heard.
    func look(
        devices: (Moment) -> [DeviceSnapshot], turnsAway: (DeviceSnapshot) -> Bool,
        packets: (Moment) -> [PacketRecord], listens: Bool
    ) {
        let now = Moment.simultaneous
        let reading = KernelClock.reading
        let (step, wasListening): (ClockStep?, Bool?) = state.withLock { state in
            let step = state.clock.look(reading, now: now)
            let heard = state.isListening && listens
            state.isListening = heard
            guard now.monotonicNanoseconds &- state.devicesSeenAt >= Self.devicesNanoseconds else {
                return (step, nil)
            }
            state.devicesSeenAt = now.monotonicNanoseconds
            state.isListening = listens
            return (step, heard)
        }
        if let step {
            fleet.withLock { $0.gatewayStepped(by: step.seconds) }
            logger.warning(
                "the clock was set, or the machine slept",
                metadata: ["seconds": "\(step.seconds)", "now": "\(step.iso8601)"])
        }
        if watchesValues {
            let newest = packets(now)
            fleet.withLock { $0.look(newest) }
        }
        guard let wasListening else { return }
        var rows = devices(now)
        let heard = rows.partition(by: turnsAway)
        look(
            at: Array(rows[..<heard]), but: Array(rows[heard...]), listens: wasListening, now: now)
    }

    private func look(
        at rows: [DeviceSnapshot], but turnedAway: [DeviceSnapshot], listens: Bool, now: Moment
    ) {
        let (anomalies, refused) = fleet.withLock { fleet in
            fleet.forget(turnedAway)
            fleet.look(rows, listens: listens, now: now)
            return (fleet.anomalies, fleet.refused)
        }
        state.withLock { state in
            state.clock.compare(with: rows, now: now)
            state.anomalies = anomalies
            state.refused = refused
        }
    }

    /// Takes in what was refused since the look before.
    func hear(_ rejections: [PacketRecord], now: Moment) {
        guard !rejections.isEmpty else { return }
        fleet.withLock { $0.hear(rejections, now: now) }
        guard rejections.contains(where: { $0.refusal?.reason.stage == .time }) else { return }
        let table = keys.keyTable(now: now)
        state.withLock { $0.clock.hear(rejections, keys: table) }
    }
}

extension ClockStep {
    fileprivate var iso8601: String { Timestamp.iso8601(unixMilliseconds) }
}
