import NanoCore

extension Settings {
    /// What is in effect, a line each part, without secrets.
    public var summary: [String] {
        let parts = summaryParts
        let width = parts.map(\.name.count).max() ?? 0
        return parts.map { name, text in
            name + String(repeating: " ", count: width + 1 - name.count) + SafeText.escaped(text)
        }
    }

    private var summaryParts: [(name: String, text: String)] {
        var parts = [
            ("name", name),
            ("devices", listener),
            ("doors", ingress.doors.summary),
            ("offenders", ingress.doors.offenders.summary),
            ("registry", ingress.registry.summary),
            ("admin", admin.summary(stateFolder: state.folder)),
            ("monitor", monitor.summary),
            ("state", state.folder),
            ("logging", "\(logging.level), \(logging.format.rawValue), to \(logTarget)"),
            ("journal", journalSummary),
            ("dead letters", "\(deadLetters.maximumCount) a route, then the oldest expire"),
            ("delivery", "\(drainSeconds) s at a stop"),
            ("replay", replaySummary),
            ("limits", limitsSummary),
            ("clock", clock.summary),
            ("watch", watch.summary),
        ]
        if let tls = ingress.tls { parts.insert(("tls", tls.summary), at: 3) }
        if embedded.isEnabled {
            parts.append(
                ("embedded", "ALBA on \(embedded.albaPort), CYCLE on \(embedded.cyclePort)"))
        }
        parts += intake.models.map { ("model \($0.id)", describe($0)) }
        parts += routes.destinations.map { ("route \($0.name)", Self.describe($0)) }
        parts += routes.rules.map { ("rule", Self.describe($0)) }
        return parts
    }

    private var journalSummary: String {
        let size = journal.maxBytes.map { "\($0 >> 20) MiB" } ?? "20 GB or half of the free disk"
        let age = journal.maxAgeHours.map { ", \($0) h" } ?? ""
        return "\(size)\(age), then \(journal.whenFull.rawValue); durability "
            + "\(journal.durability.rawValue); \(journal.memoryBytes >> 20) MiB of memory"
    }

    private var listener: String {
        let host = ingress.host == Self.allAddresses ? "all addresses" : ingress.host
        let share = ingress.maxConnectionsPerSource.map { ", \($0) an address" } ?? ""
        return "\(host) port \(ingress.port), \(ingress.maxConnections) connections\(share)"
    }

    private var logTarget: String { logging.file ?? "standard error" }

    private var replaySummary: String {
        let key = intake.replay.keyMode == .frame ? "frame" : "model-timestamp"
        return "key \(key), \(intake.replay.memoryBudgetBytes >> 20) MiB, "
            + "\(intake.replay.deviceCapacity) devices"
    }

    private var limitsSummary: String {
        let limits = [
            ("connection", intake.limits.connection), ("source", intake.limits.source),
            ("device", intake.limits.device),
        ].compactMap { name, rate in
            rate.map { "\(name) \($0.framesPerSecond) frames/s, burst \($0.burstFrames)" }
        }
        return limits.isEmpty ? "none" : limits.joined(separator: "; ")
    }

    private func describe(_ model: Intake.Model) -> String {
        let variable = secrets.provided.first { $0.model == model.id }?.variable
        return "\(model.name), \(model.profile.name), minimum level \(model.minimumLevel.name), "
            + (model.keying == .device ? "a key for each device, " : "")
            + (model.encryption == .none ? "" : "encrypted with \(model.encryption.rawValue), ")
            + (model.rotateAfterSeconds.map {
                "a new secret after \(TimeSpan(seconds: $0).text), "
            } ?? "")
            + (variable.map { "secret from \($0)" } ?? "no secret in the environment")
    }

    private static func describe(_ destination: Destination) -> String {
        var text = destination.endpoint.shown
        if destination.endpoint.server != nil || destination.program != nil {
            let attempt = destination.program == nil ? "request" : "run"
            text +=
                ", \(PlainWords.count(UInt64(destination.batchEvents), "event")) a \(attempt), "
                + "\(destination.concurrency) at a time, timeout "
                + "\(destination.timeoutMilliseconds) ms\(destination.access.shown)"
        }
        if destination.takesRows, !destination.copiesAudit { text += ", without the audit trail" }
        return text + (destination.startsPaused ? ", paused" : "")
    }

    private static func describe(_ rule: RoutingRules.Rule) -> String {
        let models = rule.models.map { models in
            " of " + models.sorted().map(\.description).joined(separator: ", ")
        }
        return rule.type.name + (models ?? "") + " → " + rule.destinations.joined(separator: ", ")
    }
}
