/// Alarms about the gateway's own clock.
enum ClockAlarms {
    /// Time that the clock gets to be brought right, after a start for instance.
    private static let patienceNanoseconds: UInt64 = 300_000_000_000
    private static let holdNanoseconds: UInt64 = 30_000_000_000
    /// In which devices that send what they have kept are told from a wrong clock: some looks.
    private static let offPatienceNanoseconds: UInt64 = 15_000_000_000
    /// How long it is told that the clock was set.
    private static let stepNanoseconds: UInt64 = 600_000_000_000
    /// What of the limit keeps an alarm standing.
    private static let standingShare = 0.5

    static func findings(
        _ clock: ClockSnapshot, _ rules: ClockRules, _ standing: Set<String>, now: Moment
    ) -> [AlarmFinding] {
        [
            unsynchronised(clock, rules), off(clock, rules, standing), stepped(clock, now),
        ].compactMap(\.self)
    }

    private static func unsynchronised(
        _ clock: ClockSnapshot, _ rules: ClockRules
    ) -> AlarmFinding? {
        guard rules.alarmsUnsynchronised, clock.state == .unsynchronised else { return nil }
        return AlarmFinding(
            id: "clock/unsynchronised", severity: .warning, title: "clock not synchronised",
            text: "the system says that nothing keeps this machine's clock right; start chrony or "
                + "systemd-timesyncd",
            patienceNanoseconds: patienceNanoseconds, holdNanoseconds: holdNanoseconds)
    }

    private static func off(
        _ clock: ClockSnapshot, _ rules: ClockRules, _ standing: Set<String>
    ) -> AlarmFinding? {
        let id = "clock/off"
        let share = standing.contains(id) ? standingShare : 1
        guard let consensus = clock.consensus, consensus.holds,
            abs(consensus.aheadSeconds) >= rules.offsetSeconds * share
        else { return nil }
        let time = PlainWords.shortTime(seconds: abs(consensus.aheadSeconds))
        let side = consensus.aheadSeconds > 0 ? "ahead of" : "behind"
        // Few of many devices, where one address has made the others up.
        let more =
            consensus.agreeing * 3 < consensus.devices * 2 ? ", from most addresses" : ""
        return AlarmFinding(
            id: id, severity: .critical, title: "gateway's clock is wrong",
            text: "it is \(time) \(side) \(PlainWords.count(UInt64(consensus.agreeing))) of "
                + "\(PlainWords.count(UInt64(consensus.devices), "device")) that have spoken\(more); "
                + "check this machine's time source",
            patienceNanoseconds: offPatienceNanoseconds, holdNanoseconds: holdNanoseconds)
    }

    private static func stepped(_ clock: ClockSnapshot, _ now: Moment) -> AlarmFinding? {
        guard let step = clock.lastStep,
            now.monotonicNanoseconds &- step.monotonicNanoseconds < stepNanoseconds
        else { return nil }
        let time = Timestamp.short(unixSeconds: step.unixMilliseconds / 1_000)
        return AlarmFinding(
            id: "clock/step", severity: .warning, title: "gateway's clock was set",
            text:
                "\(step.words), at \(time) of the new time, or the machine slept so long; check what "
                + "sets this machine's clock",
            holdNanoseconds: 0)
    }
}
