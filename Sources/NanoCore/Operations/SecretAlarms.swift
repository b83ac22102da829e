/// Alarms for secrets that should have been replaced by now: one for each model.
enum SecretAlarms {
    /// What the ids of these alarms begin with.
    static let prefix = "secret/"

    static func findings(_ snapshot: Snapshot) -> [AlarmFinding] {
        let now = snapshot.gateway.unixMilliseconds
        return snapshot.secrets.filter { $0.isOverdue(at: now) }.map { secret in
            let staged = snapshot.secrets.first { $0.model == secret.model && $0.state == .staged }
            let age = PlainWords.time(seconds: Double(secret.ageSeconds(at: now)))
            let limit = PlainWords.time(seconds: Double(secret.rotateAfterSeconds ?? 0))
            let action =
                staged.map { "promote generation \($0.generation) when the devices use it" }
                ?? "stage a new one"
            // Over with the step that replaces it.
            var finding = AlarmFinding(
                id: "\(prefix)\(secret.model)", severity: .warning, title: "secret overdue",
                text:
                    "\(snapshot.title(of: secret.model)) uses one that is \(age) old, "
                    + "due after \(limit); \(action)", holdNanoseconds: 0)
            finding.model = secret.model
            return finding
        }
    }
}

extension AlarmSnapshot {
    /// Whether it is about a secret, which is looked at where the secrets are listed.
    package var isAboutSecret: Bool { id.hasPrefix(SecretAlarms.prefix) }
}
