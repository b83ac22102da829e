import NanoCore

/// A random history of devices with wrong clocks, late frames, replays, clock steps and restarts,
/// put to a replay guard and to the ``ReplayOracle`` at once.
struct ReplayHistory {
    enum Scenario: CaseIterable, Sendable {
        /// Everything fits into memory.
        case calm
        /// More devices than rings.
        case manyDevices
        /// Seconds are given up for want of memory.
        case littleMemory
        /// Clean and unclean restarts.
        case restarts
        /// The wall clock is set wrong by up to two hours or by a year, now and then anew.
        case clockSteps
        /// All of it.
        case everything

        var hasManyDevices: Bool { self == .manyDevices || self == .everything }
        var hasLittleMemory: Bool { self == .littleMemory || self == .everything }
        var hasRestarts: Bool { self == .restarts || self == .everything }
        var hasClockSteps: Bool { self == .clockSteps || self == .everything }
    }

    struct Outcome {
        var accepted = 0
        var refusedReplays = 0
        var stale = 0
        /// The first wrong answer, with its step.
        var fault: String?
    }

    private let scenario: Scenario
    private let configuration: ReplayGuard.Configuration
    private var random: SeededNumbers
    private var oracle: ReplayOracle
    private var wallSeconds: Int64 = 1_768_651_200
    private var wallError: Int64 = 0
    private var monotonic: UInt64 = 5_000_000_000_000
    private var sent: [ReplayOracle.Frame] = []

    init(_ scenario: Scenario, seed: UInt64) {
        self.scenario = scenario
        random = SeededNumbers(seed: seed)
        var configuration = ReplayGuard.Configuration()
        configuration.deviceCapacity = scenario.hasManyDevices ? 40 : 64
        configuration.memoryBudgetBytes = scenario.hasLittleMemory ? 30_000 : 1 << 30
        self.configuration = configuration
        oracle = ReplayOracle(
            deviceCapacity: configuration.deviceCapacity,
            isShortOfMemory: scenario.hasLittleMemory)
    }

    mutating func run(steps: Int) -> Outcome {
        var outcome = Outcome()
        var replay = SharedReplayGuard(
            configuration: configuration, hashKey: (random.next(), 3), shardCount: 1)
        for step in 0..<steps {
            passTime()
            if scenario.hasRestarts, random.below(2_000) == 0 {
                guard let restarted = restart(replay) else {
                    outcome.fault = "step \(step): could not be restored"
                    return outcome
                }
                replay = restarted
            }
            if scenario.hasClockSteps, random.below(3_000) == 0 {
                let wrongBy = clockError()
                wallSeconds += wrongBy - wallError
                wallError = wrongBy
            }
            let frame = nextFrame()
            guard isInWindow(frame.timestamp) else { continue }
            if let fault = put(frame, to: replay, &outcome) {
                outcome.fault = "step \(step): \(frame) \(fault)"
                return outcome
            }
        }
        return outcome
    }

    /// What a gateway does with a frame: look up, then insert.
    private mutating func put(
        _ frame: ReplayOracle.Frame, to replay: SharedReplayGuard, _ outcome: inout Outcome
    ) -> String? {
        let model: ModelID = frame.device % 3 == 0 ? .esp32Pressure : .custom
        let entry = ReplayGuard.Entry(
            model: model, timestamp: frame.timestamp, device: frame.device, tag: frame.tag,
            source: PacketSource(connection: 1, address: 1))
        let answer = replay.check(entry)
        if let fault = oracle.fault(answer, to: frame, at: monotonic) {
            return "\(fault): \(answer)"
        }
        // A forged frame is only looked up.
        if random.below(10) == 0 { return nil }
        let now = Moment(
            unixMilliseconds: wallSeconds * 1_000, monotonicNanoseconds: monotonic)
        let inserted = replay.insert(entry, now: now)
        if inserted != answer { return "insertion says \(inserted), look-up said \(answer)" }
        switch answer {
        case .fresh:
            oracle.accept(frame, of: model, at: monotonic)
            outcome.accepted += 1
            sent.append(frame)
        case .replay: outcome.refusedReplays += 1
        case .stale: outcome.stale += 1
        }
        return nil
    }

    /// Both clocks go on; now and then by minutes, so that seconds grow old.
    private mutating func passTime() {
        var milliseconds = random.below(200)
        if random.below(400) == 0 { milliseconds += random.below(400_000) }
        monotonic += milliseconds * 1_000_000
        wallSeconds += Int64(milliseconds) / 1_000 + (random.below(10) == 0 ? 1 : 0)
    }

    private mutating func clockError() -> Int64 {
        // What an unclean start refuses then lasts longer than the history.
        if !scenario.hasRestarts, random.below(4) == 0 { return 365 * 86_400 }
        return random.below(3) == 0 ? 0 : Int64(random.below(14_400)) - 7_200
    }

    private func isInWindow(_ timestamp: UInt32) -> Bool {
        Int64(timestamp) >= wallSeconds - 3_600 && Int64(timestamp) <= wallSeconds + 60
    }

    private mutating func nextFrame() -> ReplayOracle.Frame {
        if !sent.isEmpty, random.below(4) == 0 {
            // Mostly what was sent lately, sometimes anything.
            let reach = random.below(8) == 0 ? sent.count : min(sent.count, 2_000)
            return sent[sent.count - 1 - Int(random.below(UInt64(reach)))]
        }
        let device = random.below(scenario.hasManyDevices ? 60 : 50)
        // A device's clock is always wrong by the same amount; some send late what they kept.
        let skew = Int64(device % 7) * 9 - 20
        let late = random.below(20) == 0 ? Int64(random.below(3_700)) : Int64(random.below(3))
        let timestamp = UInt32(wallSeconds + skew - late)
        // A tag depends on all of its frame, so no two devices share one.
        return ReplayOracle.Frame(
            device: device, timestamp: timestamp, tag: random.below(1_000) << 6 | device)
    }

    /// A clean restart saves and restores, an unclean one forgets up to a minute ahead.
    private mutating func restart(_ replay: SharedReplayGuard) -> SharedReplayGuard? {
        let before = monotonic
        monotonic = 4_000_000_000_000 + random.below(1_000_000_000_000)
        let now = Moment(
            unixMilliseconds: wallSeconds * 1_000, monotonicNanoseconds: monotonic)
        if random.below(4) > 0 {
            let saved = replay.saved(
                now: Moment(
                    unixMilliseconds: wallSeconds * 1_000, monotonicNanoseconds: before))
            oracle.rebase(from: before, to: monotonic)
            return try? SharedReplayGuard(saved: saved, configuration: configuration, now: now)
        }
        // Clocks may have been set back since the newest frame; nothing accepted may come again.
        let newest = max(sent.map(\.timestamp).max() ?? 0, UInt32(wallSeconds + 60))
        let forgetful = SharedReplayGuard(
            configuration: configuration, hashKey: (random.next(), 5), shardCount: 1)
        forgetful.forget(timestamps: 0...newest)
        oracle.restartUnclean(forgetting: newest)
        wallSeconds += 120
        return forgetful
    }
}

extension SeededNumbers {
    fileprivate mutating func below(_ bound: UInt64) -> UInt64 { next() % bound }
}
