/// The alarm for devices that wait for somebody to approve them: one for all.
enum RegistryAlarms {
    static func findings(_ snapshot: Snapshot) -> [AlarmFinding] {
        let registry = snapshot.registry
        guard registry.waiting > 0 else { return [] }
        let verb = registry.waiting == 1 ? "waits" : "wait"
        var text = "\(PlainWords.count(UInt64(registry.waiting), "device")) \(verb) for approval"
        if let row = registry.longestWaiting {
            text += registry.waiting == 1 ? ": " : ", the first of them "
            text += "\(row.name.words) from \(SafeText.escaped(row.address))"
        }
        return [
            AlarmFinding(
                id: AlarmSnapshot.registryID, severity: .warning, title: "devices wait",
                text: "\(text); w in Devices lists them, and a there approves one",
                holdNanoseconds: 0)
        ]
    }
}

extension AlarmSnapshot {
    /// The alarm for devices that wait.
    package static let registryID = "registry"
}
