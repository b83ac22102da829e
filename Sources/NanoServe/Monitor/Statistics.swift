package import NanoCore

/// A snapshot as the JSON of `/stats`.
package enum Statistics {
    package static func json(_ snapshot: Snapshot) -> [UInt8] {
        JSONBody.object { body in
            let gateway = snapshot.gateway
            body.set("name", gateway.name)
            body.set("version", gateway.version)
            body.set("state", gateway.state.rawValue)
            body.set("state_reason", gateway.stateReason)
            body.set("time", Timestamp.iso8601(gateway.unixMilliseconds))
            body.set("uptime_s", gateway.uptimeSeconds)
            body.set("resident_bytes", gateway.residentBytes)
            body.set("cpu_s", gateway.cpuSeconds)
            body.set("drain_s", gateway.drainSeconds)
            body.set("grace_h", gateway.graceHours)
            body.set("audit_copies", list: gateway.auditCopies ?? []) { copy, body in
                body.set("route", copy.route)
                body.set("newest", copy.newest)
                if let copied = copy.copied { body.set("copied", copied) }
                body.set("fault", copy.fault)
            }
            body.set("clock") { clock(&$0, snapshot.clock) }
            body.set("devices", snapshot.deviceCount)
            body.set("connections") { connections(&$0, snapshot.connections) }
            body.set("offenders") { offenders(&$0, snapshot.offenders) }
            body.set("registry") { registry(&$0, snapshot.registry) }
            if let memory = snapshot.replayMemory {
                body.set("replay_memory") { replayMemory(&$0, memory) }
            }
            body.set("packets") { packets(&$0, snapshot.ledger) }
            body.set("refused") { refused(&$0, snapshot.ledger) }
            body.set("ledger") { ledger(&$0, snapshot) }
            body.set("journal") { body in
                body.set("used_bytes", snapshot.journal.usedBytes)
                body.set("budget_bytes", snapshot.journal.budgetBytes)
                body.set("full", snapshot.journal.isFull)
                body.set("when_full", snapshot.journal.expires ? "expire-oldest" : "block")
                if let durability = snapshot.journal.durability {
                    body.set("durability", durability)
                }
                if let free = snapshot.journal.diskFreeBytes { body.set("disk_free_bytes", free) }
                if let spare = snapshot.journal.diskSpareBytes {
                    body.set("disk_spare_bytes", spare)
                }
                body.set("unconfigured") { unconfigured(&$0, snapshot.journal.unconfigured) }
            }
            body.set("models") { body in
                models(&body, snapshot.models, haveSecrets: true)
                models(&body, snapshot.unknownModels, haveSecrets: false)
            }
            body.set("routes") { routes(&$0, snapshot.routes) }
            body.set("latency") { latency(&$0, snapshot.latency) }
            body.set("top_talkers", list: snapshot.topTalkers, talker)
            body.set("anomalies", list: snapshot.anomalies, anomaly)
            body.set("alarms", list: snapshot.alarms, alarm)
            body.set("ended_alarms", list: snapshot.endedAlarms, alarm)
            body.set("secrets", list: snapshot.secrets) { secret, body in
                Self.secret(secret, gateway.unixMilliseconds, &body)
            }
            body.set("certificates", list: snapshot.certificates, certificate)
        }
    }

    private static func replayMemory(_ body: inout JSONBody, _ memory: ReplayMemorySnapshot) {
        body.set("frames", memory.frames)
        body.set("devices", memory.devices)
        body.set("device_capacity", memory.deviceCapacity)
        body.set("devices_dropped", memory.droppedDevices)
        body.set("bytes", memory.bytes)
    }

    private static func connections(_ body: inout JSONBody, _ connections: ConnectionsSnapshot) {
        body.set("open", connections.open)
        body.set("total", connections.total)
        body.set("turned_away", connections.turnedAway.total)
        body.set("turned_away_by") { body in
            for reason in TurnedAwayReason.allCases {
                body.set(reason.name, connections.turnedAway[reason])
            }
        }
        body.set("closed_by_gateway", connections.closedByGateway)
        guard let tls = connections.tls else { return }
        body.set("tls") { body in
            body.set("open", tls.open)
            body.set("total", tls.total)
            body.set("newest_failures", list: tls.failures, failure)
        }
    }

    private static func failure(_ failure: HandshakeFailure, _ body: inout JSONBody) {
        body.set("address", failure.address)
        body.set("time", Timestamp.iso8601(failure.unixMilliseconds))
        body.set("reason", failure.reason.name)
        body.set("words", failure.words)
    }

    private static func certificate(_ certificate: CertificateSnapshot, _ body: inout JSONBody) {
        body.set("key", certificate.key)
        body.set("valid_until", Timestamp.iso8601(certificate.validUntilUnixMilliseconds))
        body.set("fault", certificate.fault)
    }

    private static func offenders(_ body: inout JSONBody, _ offenders: OffendersSnapshot) {
        body.set("offending", offenders.offending)
        body.set("blocked", offenders.blocked)
        body.set("blocks", offenders.blocks)
        body.set("sources", list: offenders.rows) { row, body in
            body.set("source", row.source)
            body.set("state", row.state.rawValue)
            body.set("by_operator", row.isByOperator)
            body.set("shared", row.isShared)
            body.set("refused_per_min", row.refusedPerMinute)
            body.set("connections_per_min", row.connectionsPerMinute)
            body.set("refused") { body in
                for refused in row.reasons { body.set(refused.reason.name, refused.count) }
            }
            body.set("since", Timestamp.iso8601(row.sinceUnixMilliseconds))
            body.set("until", row.untilUnixMilliseconds.map { Timestamp.iso8601($0) } ?? "")
        }
        body.set("holding", offenders.holding ?? 0)
        body.set("holds", list: offenders.holds ?? []) { hold, body in
            body.set("source", hold.source)
            body.set("devices", hold.devices)
            body.set("addresses", hold.addresses)
            body.set("since", Timestamp.iso8601(hold.sinceUnixMilliseconds))
            body.set("until", Timestamp.iso8601(hold.untilUnixMilliseconds))
        }
    }

    private static func registry(_ body: inout JSONBody, _ registry: RegistrySnapshot) {
        body.set("closed", registry.isClosed)
        body.set("known", registry.known)
        body.set("waiting", registry.waiting)
        body.set("rejected", registry.rejected)
        body.set("blocked", registry.blocked)
        body.set("forgotten", registry.forgotten)
        body.set("refused", registry.refused)
    }

    private static func clock(_ body: inout JSONBody, _ clock: ClockSnapshot) {
        body.set("state", clock.state.rawValue)
        body.set("estimated_error_s", clock.estimatedErrorSeconds)
        body.set("maximum_error_s", clock.maximumErrorSeconds)
        body.set("required", clock.mustBeSynchronised)
        if let consensus = clock.consensus {
            body.set("by_devices") { body in
                body.set("ahead_s", consensus.aheadSeconds)
                body.set("agreeing", consensus.agreeing)
                body.set("devices", consensus.devices)
                body.set("holds", consensus.holds)
            }
        }
        body.set("steps", clock.steps)
        if let step = clock.lastStep {
            body.set("last_step") { body in
                body.set("seconds", step.seconds)
                body.set("time", Timestamp.iso8601(step.unixMilliseconds))
            }
        }
    }

    private static func packets(_ body: inout JSONBody, _ ledger: LedgerSnapshot) {
        body.set("received", ledger.received)
        body.set("accepted", ledger.accepted)
        body.set("decoded", ledger.accepted)
        body.set("rejected", ledger.refused)
        body.set("retransmitted", ledger.retransmitted)
        body.set("bytes", ledger.bytes)
    }

    /// All reasons, so that whoever reads them need not ask which there are.
    private static func refused(_ body: inout JSONBody, _ ledger: LedgerSnapshot) {
        for reason in RefusalReason.allCases { body.set(reason.name, ledger[reason]) }
    }

    private static func ledger(_ body: inout JSONBody, _ snapshot: Snapshot) {
        let ledger = snapshot.ledger
        body.set("received", ledger.received)
        body.set("refused", ledger.refused)
        body.set("accepted", ledger.accepted)
        body.set("committing", ledger.committing)
        body.set("balances", ledger.balances && snapshot.routes.allSatisfy(\.balances))
    }

    private static func models(
        _ body: inout JSONBody, _ models: [ModelSnapshot], haveSecrets: Bool
    ) {
        for model in models {
            body.set(model.id.description) { body in
                body.set("has_secret", haveSecrets)
                if haveSecrets {
                    body.set("name", model.name)
                    body.set("minimum_level", model.minimumLevel.name)
                }
                body.set("devices", model.devices)
                body.set("accepted", model.accepted)
                body.set("refused", model.refused)
                body.set("route_failures", model.routeFailures)
                body.set("refused_by_reason") { body in
                    for reason in RefusalReason.allCases where model[reason] > 0 {
                        body.set(reason.name, model[reason])
                    }
                }
            }
        }
    }

    private static func latency(_ body: inout JSONBody, _ latency: LatencySnapshot) {
        body.set("decode") { quantiles(&$0, latency.decode) }
        body.set("route") { quantiles(&$0, latency.route) }
        body.set("end_to_end") { quantiles(&$0, latency.endToEnd) }
        body.set("commit") { quantiles(&$0, latency.commit) }
    }

    static func quantiles(_ body: inout JSONBody, _ times: QuantileSnapshot) {
        body.set("count", times.count)
        body.set("p50_us", times.p50Microseconds)
        body.set("p99_us", times.p99Microseconds)
        body.set("max_us", times.maximumMicroseconds)
    }

    private static func talker(_ talker: TalkerSnapshot, _ body: inout JSONBody) {
        body.set("address", talker.address)
        body.set("packets", talker.packets)
        body.set("refused", talker.refused)
    }

    private static func anomaly(_ anomaly: AnomalySnapshot, _ body: inout JSONBody) {
        body.set("kind", anomaly.kind.name)
        body.set("devices", anomaly.devices)
        body.set("examples", list: anomaly.examples) { example, body in
            body.set("model", example.model.description)
            body.set("device", SafeText.escaped(example.device))
            body.set("evidence", example.evidence)
        }
    }

    /// The alarms of `/stats` alone.
    package static func json(_ alarms: [AlarmSnapshot]) -> [UInt8] {
        JSONBody.object { $0.set("alarms", list: alarms, alarm) }
    }

    private static func alarm(_ alarm: AlarmSnapshot, _ body: inout JSONBody) {
        body.set("id", alarm.id)
        body.set("severity", alarm.severity.rawValue)
        body.set("since", Timestamp.iso8601(alarm.unixMilliseconds))
        if let ended = alarm.endedUnixMilliseconds {
            body.set("ended", Timestamp.iso8601(ended))
        }
        if let acknowledgement = alarm.acknowledgement {
            body.set("acknowledged_by", acknowledgement.by)
            body.set("acknowledged", Timestamp.iso8601(acknowledgement.unixMilliseconds))
        }
        body.set("title", alarm.title)
        body.set("text", alarm.text)
    }

    private static func secret(_ secret: SecretSnapshot, _ now: Int64, _ body: inout JSONBody) {
        body.set("model", secret.model.description)
        body.set("generation", secret.generation)
        body.set("state", secret.state.rawValue)
        body.set("origin", secret.origin)
        body.set("fingerprint", secret.fingerprint)
        body.set("created", Timestamp.iso8601(secret.createdUnixMilliseconds))
        body.set("age_s", UInt64(secret.ageSeconds(at: now)))
        if let limit = secret.rotateAfterSeconds { body.set("rotate_after_s", UInt64(limit)) }
        if let due = secret.dueInSeconds(at: now) { body.set("due_in_s", Int(due)) }
        if let end = secret.validUntilUnixMilliseconds {
            body.set("valid_until", Timestamp.iso8601(end))
        }
    }
}
