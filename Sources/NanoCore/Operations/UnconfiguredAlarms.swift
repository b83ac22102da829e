/// Alarms for packets that wait for destinations which are not configured: one for each, for as long as
/// some wait.
enum UnconfiguredAlarms {
    static func findings(_ snapshot: Snapshot) -> [AlarmFinding] {
        snapshot.journal.unconfigured.filter { $0.waiting > 0 }.map { other in
            let name = SafeText.escaped(other.name)
            let verb = other.waiting == 1 ? "waits" : "wait"
            return AlarmFinding(
                id: "unconfigured/\(name)", severity: .warning,
                title: "\(name) is not configured",
                text: "\(PlainWords.count(other.waiting, "packet")) \(verb) for it; configure "
                    + "\(name) again, or give them up: nanogridata ctl skip \(name)",
                holdNanoseconds: 0)
        }
    }
}
