import NanoCore

extension Settings {
    /// What is in effect, a line each part, without secrets.
    public var summary: [String] {
        var lines = [
            Self.line("name", name),
            Self.line("devices", listener),
            Self.line("monitor", "\(monitor.host) port \(monitor.port)"),
            Self.line("state", state.folder),
            Self.line("logging", "\(logging.level), \(logging.format.rawValue), to \(logTarget)"),
            Self.line("journal", journalSummary),
            Self.line(
                "dead letters", "\(deadLetters.maximumCount) a route, then the oldest expire"),
            Self.line("delivery", "\(drainSeconds) s at a stop"),
            Self.line("replay", replaySummary),
            Self.line("limits", limitsSummary),
        ]
        if embedded.isEnabled {
            lines.append(
                Self.line(
                    "embedded", "ALBA on \(embedded.albaPort), CYCLE on \(embedded.cyclePort)"))
        }
        lines += intake.models.map { Self.line("model \($0.id)", describe($0)) }
        lines += routes.destinations.map { Self.line("route \($0.name)", Self.describe($0)) }
        lines += routes.rules.map { Self.line("rule", Self.describe($0)) }
        return lines
    }

    private var journalSummary: String {
        let size = journal.maxBytes.map { "\($0 >> 20) MiB" } ?? "20 GB or half of the free disk"
        let age = journal.maxAgeHours.map { ", \($0) h" } ?? ""
        return "\(size)\(age), then \(journal.whenFull.rawValue); durability "
            + "\(journal.durability.rawValue); \(journal.memoryBytes >> 20) MiB of memory"
    }

    private static func line(_ name: String, _ text: String) -> String {
        let gap = String(repeating: " ", count: max(1, 16 - name.count))
        return name + gap + SafeText.escaped(text)
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
            + (variable.map { "secret from \($0)" } ?? "no secret in the environment")
    }

    private static func describe(_ destination: Destination) -> String {
        var text = destination.endpoint.shown
        if destination.endpoint.server != nil || destination.program != nil {
            let attempt = destination.program == nil ? "request" : "run"
            text +=
                ", \(destination.batchEvents) events a \(attempt), "
                + "\(destination.concurrency) at a time, timeout "
                + "\(destination.timeoutMilliseconds) ms\(destination.access.shown)"
        }
        return text + (destination.startsPaused ? ", paused" : "")
    }

    private static func describe(_ rule: RoutingRules.Rule) -> String {
        let models = rule.models.map { models in
            " of " + models.sorted().map(\.description).joined(separator: ", ")
        }
        return rule.type.name + (models ?? "") + " → " + rule.destinations.joined(separator: ", ")
    }
}
