import NanoCore

/// A snapshot in Prometheus' text format 0.0.4.
///
/// Labels are bounded by configuration: reasons, models and routes; never devices or addresses.
enum Metrics {
    static let contentType = "text/plain; version=0.0.4; charset=utf-8"

    static func text(_ snapshot: Snapshot) -> [UInt8] {
        var text = MetricsText()
        gateway(&text, snapshot)
        offenders(&text, snapshot.offenders)
        registry(&text, snapshot.registry)
        packets(&text, snapshot)
        clock(&text, snapshot.clock)
        if let memory = snapshot.replayMemory { replayMemory(&text, memory) }
        journal(&text, snapshot.journal)
        models(&text, snapshot.models)
        secrets(&text, snapshot)
        routes(&text, snapshot.routes)
        latency(&text, snapshot)
        return text.bytes
    }

    private static func gateway(_ text: inout MetricsText, _ snapshot: Snapshot) {
        let gateway = snapshot.gateway
        text.gauge(
            "nanogridata_info", "Version of the gateway.",
            [
                .init(1, ["version": gateway.version])
            ])
        text.gauge(
            "nanogridata_ready", "Whether devices may be sent here: 1 or 0.",
            [
                .init(Readiness.reasons(snapshot).isEmpty ? 1 : 0)
            ])
        text.gauge(
            "nanogridata_uptime_seconds", "Time since the start.",
            [
                .init(gateway.uptimeSeconds)
            ])
        text.gauge(
            "nanogridata_resident_memory_bytes", "Memory of the process.",
            [
                .init(Double(gateway.residentBytes))
            ])
        text.counter(
            "nanogridata_cpu_seconds_total", "Processor time of the process.",
            [
                .init(gateway.cpuSeconds)
            ])
        text.gauge(
            "nanogridata_devices", "Devices seen since the start.",
            [
                .init(Double(snapshot.deviceCount))
            ])
        text.gauge(
            "nanogridata_devices_anomalous", "Devices that are other than usual, by the way of it.",
            AnomalyKind.allCases.map { kind in
                let anomaly = snapshot.anomalies.first { $0.kind == kind }
                return .init(Double(anomaly?.devices ?? 0), ["kind": kind.name])
            })
        text.gauge(
            "nanogridata_audit_copy_behind_entries",
            "Entries of the audit trail that a database has not, by its route.",
            (gateway.auditCopies ?? []).compactMap { copy in
                copy.behind.map { .init($0, ["route": copy.route]) }
            })
        let connections = snapshot.connections
        text.gauge(
            "nanogridata_connections", "Open device connections.",
            [
                .init(Double(connections.open))
            ])
        text.counter(
            "nanogridata_connections_total", "Device connections accepted.",
            [
                .init(connections.total)
            ])
        text.counter(
            "nanogridata_connections_turned_away_total",
            "Closed before a byte of a frame was judged, by reason.",
            TurnedAwayReason.allCases.map {
                .init(connections.turnedAway[$0], ["reason": $0.name])
            })
        text.counter(
            "nanogridata_connections_closed_total",
            "Closed by the gateway: idle, too costly, or to make room.",
            [.init(connections.closedByGateway)])
        tls(&text, snapshot)
    }

    /// Nothing where no TLS is configured.
    private static func tls(_ text: inout MetricsText, _ snapshot: Snapshot) {
        if let tls = snapshot.connections.tls {
            text.gauge(
                "nanogridata_tls_connections", "Open device connections over TLS.",
                [.init(Double(tls.open))])
            text.counter(
                "nanogridata_tls_connections_total", "TLS handshakes of devices done.",
                [.init(tls.total)])
        }
        guard !snapshot.certificates.isEmpty else { return }
        text.gauge(
            "nanogridata_certificate_expiry_timestamp_seconds",
            "When the first certificate of a file is not valid any more, by the file's key.",
            snapshot.certificates.map {
                .init(Double($0.validUntilUnixMilliseconds) / 1_000, ["key": $0.key])
            })
    }

    private static func offenders(_ text: inout MetricsText, _ offenders: OffendersSnapshot) {
        text.gauge(
            "nanogridata_offenders", "Addresses that flood or flap and are not blocked.",
            [.init(UInt64(offenders.offending))])
        text.gauge(
            "nanogridata_blocked_addresses", "Blocks of addresses that hold.",
            [.init(UInt64(offenders.blocked))])
        text.counter(
            "nanogridata_address_blocks_total", "Blocks that the gateway has begun of itself.",
            [.init(offenders.blocks)])
    }

    private static func registry(_ text: inout MetricsText, _ registry: RegistrySnapshot) {
        text.gauge(
            "nanogridata_registry_devices", "Devices by what was decided about them.",
            [
                .init(UInt64(registry.known), ["standing": "known"]),
                .init(UInt64(registry.waiting), ["standing": "waiting"]),
                .init(UInt64(registry.rejected), ["standing": "rejected"]),
                .init(UInt64(registry.blocked), ["standing": "blocked"]),
            ])
        text.counter(
            "nanogridata_registry_refused_total",
            "Genuine frames refused because of their device.", [.init(registry.refused)])
    }

    private static func packets(_ text: inout MetricsText, _ snapshot: Snapshot) {
        let ledger = snapshot.ledger
        text.counter(
            "nanogridata_received_bytes_total", "Bytes read from devices.",
            [
                .init(ledger.bytes)
            ])
        text.counter(
            "nanogridata_packets_received_total", "Packets judged.",
            [
                .init(ledger.received)
            ])
        text.counter(
            "nanogridata_packets_accepted_total", "Packets accepted.",
            [
                .init(ledger.accepted)
            ])
        text.gauge(
            "nanogridata_packets_committing", "Packets on their way into the journal.",
            [
                .init(Double(ledger.committing))
            ])
        text.counter(
            "nanogridata_packets_refused_total", "Packets refused, by reason.",
            RefusalReason.allCases.map { .init(ledger[$0], ["reason": $0.name]) })
        text.counter(
            "nanogridata_packets_retransmitted_total",
            "Of those refused as replays, the ones that came again from where they came first.",
            [.init(ledger.retransmitted)])
    }

    /// Families without a sample are left out: nothing is said where nothing is known.
    private static func clock(_ text: inout MetricsText, _ clock: ClockSnapshot) {
        let isSynchronised: [MetricsText.Sample] =
            clock.state == .unknown ? [] : [.init(clock.state == .synchronised ? 1 : 0)]
        text.gauge(
            "nanogridata_clock_synchronised",
            "Whether something keeps the machine's clock right: 1 or 0.", isSynchronised)
        text.gauge(
            "nanogridata_clock_estimated_error_seconds",
            "How wrong the system believes its clock to be.",
            clock.estimatedErrorSeconds.map { [.init($0)] } ?? [])
        text.gauge(
            "nanogridata_clock_maximum_error_seconds", "How wrong the clock can be at most.",
            clock.maximumErrorSeconds.map { [.init($0)] } ?? [])
        text.gauge(
            "nanogridata_clock_ahead_of_devices_seconds",
            "The clock less the median of the devices', where two thirds of them agree.",
            clock.consensus.flatMap { $0.holds ? [.init($0.aheadSeconds)] : nil } ?? [])
        text.counter(
            "nanogridata_clock_steps_total", "How often the clock was set.", [.init(clock.steps)])
    }

    private static func replayMemory(_ text: inout MetricsText, _ memory: ReplayMemorySnapshot) {
        text.gauge(
            "nanogridata_replay_memory_frames", "Frames that the replay memory knows exactly.",
            [.init(memory.frames)])
        text.gauge(
            "nanogridata_replay_memory_devices", "Devices that it remembers one by one.",
            [.init(memory.devices)])
        text.gauge(
            "nanogridata_replay_memory_bytes", "Bytes that both take.", [.init(memory.bytes)])
        text.counter(
            "nanogridata_replay_memory_devices_dropped_total",
            "Devices that made room for others while frames of theirs could still be sent again.",
            [.init(memory.droppedDevices)])
    }

    private static func journal(_ text: inout MetricsText, _ journal: JournalSnapshot) {
        text.gauge(
            "nanogridata_journal_used_bytes", "Room that packets take which wait.",
            [.init(journal.usedBytes)])
        text.gauge(
            "nanogridata_journal_budget_bytes", "Room that there is for packets that wait.",
            [.init(journal.budgetBytes)])
        text.counter(
            "nanogridata_journal_unconfigured_expired_total",
            "Packets of destinations that are not configured given up, by cause.",
            ExpiryCause.allCases.map { cause in
                .init(
                    journal.unconfigured.reduce(0) { $0 + $1.expiredBy[cause] },
                    ["cause": cause.name])
            })
    }

    private static func models(_ text: inout MetricsText, _ models: [ModelSnapshot]) {
        func samples(_ value: (ModelSnapshot) -> UInt64) -> [MetricsText.Sample] {
            models.map { .init(value($0), ["model": $0.id.description]) }
        }
        text.counter(
            "nanogridata_model_packets_accepted_total", "Packets accepted, by model.",
            samples(\.accepted))
        text.counter(
            "nanogridata_model_packets_refused_total", "Packets refused, by model.",
            samples(\.refused))
        text.counter(
            "nanogridata_model_route_failures_total", "Deliveries that failed, by model.",
            samples(\.routeFailures))
        text.gauge(
            "nanogridata_model_devices", "Devices seen since the start, by model.",
            samples { UInt64($0.devices) })
    }

    private static func secrets(_ text: inout MetricsText, _ snapshot: Snapshot) {
        let now = snapshot.gateway.unixMilliseconds
        func samples(_ value: (SecretSnapshot) -> Double) -> [MetricsText.Sample] {
            snapshot.secrets.filter { $0.state == .current }
                .map { .init(value($0), ["model": $0.model.description]) }
        }
        text.gauge(
            "nanogridata_secret_age_seconds", "Time since a model's secret became current.",
            samples { Double($0.ageSeconds(at: now)) })
        text.gauge(
            "nanogridata_secret_rotation_overdue",
            "Whether a model's secret is older than its rotate_after: 1 or 0.",
            samples { $0.isOverdue(at: now) ? 1 : 0 })
    }
}
