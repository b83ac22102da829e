import NanoCore

/// A fleet of honest devices as a gateway counts them, for hours that pass in seconds.
///
/// Devices send at their own pace, early and late; packets get lost; now and then one sends several at
/// once, or is away for a while and sends what it has kept with its old timestamps.
struct WatchedFleet {
    struct Unit {
        let id: String
        let interval: Double
        var next: Double
        /// Seconds that its clock is ahead, and how far it wanders in a second.
        var ahead: Double
        var drift: Double
        var isOff = false
        /// Packets that it has kept while it was away.
        var kept = 0
        /// How many times as often it sends as usual.
        var speed = 1.0
        var row: DeviceSnapshot
    }

    var watch: FleetWatch
    var units: [Unit] = []
    private(set) var seconds = 0.0
    private var random: SeededNumbers

    static let lookSeconds = 5.0

    init(
        seed: UInt64, intervals: [Double], rules: WatchRules = WatchRules(), capacity: Int = 20_000
    ) {
        watch = FleetWatch(rules: rules, capacity: capacity)
        random = SeededNumbers(seed: seed)
        for (number, interval) in intervals.enumerated() {
            let id = "D-\(number)"
            units.append(
                Unit(
                    id: id, interval: interval,
                    next: Double.random(in: 0...interval, using: &random),
                    ahead: Double.random(in: -2...2, using: &random),
                    drift: Double.random(in: -50e-6...50e-6, using: &random),
                    row: DeviceSnapshot(model: .custom, id: id)))
        }
    }

    /// Lets time pass, and looks every five seconds.
    ///
    /// - Parameter each: Told of what is found at each look; false ends it.
    mutating func pass(
        _ duration: Double, listens: Bool = true,
        _ each: ([AnomalySnapshot], Double) -> Bool = { _, _ in true }
    ) {
        let end = seconds + duration
        while seconds < end {
            seconds += Self.lookSeconds
            for index in units.indices {
                var unit = units[index]
                send(&unit)
                units[index] = unit
            }
            watch.look(
                units.map(\.row).filter { $0.accepted > 0 }, listens: listens, now: moment)
            guard each(watch.anomalies, seconds) else { return }
        }
    }

    /// Lets time pass in which nobody looks and nobody sends.
    mutating func stop(_ duration: Double) {
        seconds += duration
        for index in units.indices { units[index].next += duration }
    }

    /// Seconds until a device is found to be other than usual in some way; nil when it never is.
    mutating func secondsUntil(_ kind: AnomalyKind, of id: String, within limit: Double) -> Double?
    {
        let start = seconds
        var found: Double?
        pass(limit) { anomalies, now in
            let isFound = anomalies.contains { anomaly in
                anomaly.kind == kind && anomaly.examples.contains { $0.device == id }
            }
            if isFound { found = now - start }
            return !isFound
        }
        return found
    }

    /// Lets time pass in which nobody sends.
    mutating func later(_ duration: Double) -> Moment {
        seconds += duration
        return moment
    }

    var moment: Moment {
        Moment(
            unixMilliseconds: 1_790_000_000_000 + Int64(seconds * 1_000),
            monotonicNanoseconds: 9_000_000_000 + UInt64(seconds * 1e9))
    }

    private mutating func send(_ unit: inout Unit) {
        while unit.next <= seconds {
            let interval = unit.interval / unit.speed
            defer {
                unit.next += interval * Double.random(in: 0.8...1.2, using: &random)
            }
            guard !unit.isOff else { continue }
            if unit.kept > 0 {
                receive(unit.kept, &unit, late: interval * 2)
                unit.kept = 0
                continue
            }
            switch Double.random(in: 0...1, using: &random) {
            case ..<0.02: continue
            case ..<0.025:
                receive(Int.random(in: 3...12, using: &random), &unit, late: 0)
            case ..<0.027:
                unit.next += interval * 3
                unit.kept = 3
            default: receive(1, &unit, late: Double.random(in: 0...0.9, using: &random))
            }
        }
    }

    private func receive(_ count: Int, _ unit: inout Unit, late: Double) {
        let clock = unit.next + unit.ahead + unit.drift * unit.next
        unit.row.accepted += UInt64(count)
        unit.row.lastSeenUnixMilliseconds = moment.unixMilliseconds
        unit.row.clockOffsetSeconds = (clock - late).rounded(.down) - unit.next.rounded(.down)
    }
}
