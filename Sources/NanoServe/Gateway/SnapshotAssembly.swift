import Foundation
import Glibc
import NanoCore

/// Adds up what the parts of a gateway know.
struct SnapshotAssembly {
    let lanes: [Lane]
    let routes: [Route]
    let journal: Journal
    let keys: any KeySource
    let rules: RoutingRules
    let adoptions: AdoptionBook
    let registry: DeviceRegistry
    let census: DeviceCensus

    /// A snapshot without what only the gateway itself knows.
    func assemble(_ parts: SnapshotParts, now: Moment) -> Snapshot {
        var sum = LaneSum()
        for lane in lanes { lane.add(to: &sum, parts: parts, now: now) }
        sum.devices.addUnlisted()
        let accounts = journal.ledgers
        var deliveries = DeliverySum()
        for route in routes { route.add(to: &deliveries) }
        let commits = journal.commitTimes
        deliveries.route.merge(commits.settled)
        deliveries.endToEnd.merge(commits.settled)

        var snapshot = Snapshot()
        snapshot.parts = parts
        snapshot.ledger = ledger(sum.counters, committed: journal.committed)
        let table = keys.keyTable(now: now).models
        let devices = census.count(sum.names)
        snapshot.models = table.map { model($0, devices[$0.model] ?? 0, sum, deliveries) }
        snapshot.unknownModels = unknownModels(but: Set(table.map(\.model)), sum)
        snapshot.routes = zip(routes, accounts).map { route, account in
            self.route(route, account, in: snapshot, parts: parts, now: now)
        }
        let usage = journal.usage
        snapshot.journal.usedBytes = UInt64(usage.bytes)
        snapshot.journal.budgetBytes = UInt64(usage.budgetBytes)
        snapshot.journal.isFull = journal.isFull
        snapshot.journal.expires = journal.configuration.whenFull == .expireOldest
        snapshot.journal.diskFreeBytes = (try? journal.log.storage.freeBytes()).map { UInt64($0) }
        snapshot.journal.diskSpareBytes = UInt64(journal.configuration.spareBytes)
        snapshot.journal.durability = journal.configuration.durability.rawValue
        snapshot.journal.unconfigured = journal.unconfigured
        snapshot.latency.commit = commits.all.summary
        snapshot.latency.decode = sum.decode.summary
        snapshot.latency.route = deliveries.route.summary
        snapshot.latency.endToEnd = deliveries.endToEnd.summary
        snapshot.deviceCount = devices.values.reduce(0, +)
        snapshot.topTalkers = Array(
            sum.talkers.values.sorted { $0.packets > $1.packets }.prefix(10))
        snapshot.secrets = keys.snapshots(now: now)
        // Those of before the start behind those of this one.
        let former = parts.contains(.devices) ? adoptions.former(but: sum.devices.rows) : []
        let known = parts.contains(.devices) ? sum.devices.rows + former : []
        if parts.contains(.devices) {
            addAdoption(known, to: &snapshot, now)
            snapshot.formerDevices = former.filter { $0.isActive(at: now.unixMilliseconds) }
        }
        snapshot.registry = registry.snapshot(
            sum.strangers, turnedAway: sum.turnedAway, parts: parts)
        snapshot.devices = sum.devices.rows
        let standings = parts.contains(.devices) ? registry.standings : [:]
        if parts.contains(.devices) {
            snapshot.registry.adoption = adoption(
                known, ofThisRun: sum.devices.rows.count, sum.strangers, standings)
        }
        if !standings.isEmpty {
            for index in snapshot.devices.indices {
                snapshot.devices[index].standing = standings[snapshot.devices[index].name]
            }
        }
        snapshot.packets = newestLast(sum.packets)
        snapshot.rejections = newestLast(sum.rejections)
        return snapshot
    }

    /// Adds which devices use which generation of their models' secrets.
    private func addAdoption(
        _ rows: [DeviceSnapshot], to snapshot: inout Snapshot, _ now: Moment
    ) {
        snapshot.adoptions = SecretAdoption.byModel(
            rows, nowUnixMilliseconds: now.unixMilliseconds)
        for index in snapshot.secrets.indices {
            let secret = snapshot.secrets[index]
            snapshot.secrets[index].devices =
                snapshot.adoptions[secret.model]?.count(of: secret.generation) ?? 0
        }
    }

    /// What an adoption of all devices would do, as ``Gateway`` does it.
    private func adoption(
        _ rows: [DeviceSnapshot], ofThisRun present: Int, _ strangers: StrangerSum,
        _ standings: [DeviceName: DeviceStanding]
    ) -> RegistryAdoption {
        var adoption = RegistryAdoption()
        // Devices without an id are one of their model to the registry.
        var unnamed: Set<ModelID> = []
        let configured = registry.configured
        let waits = registry.rules.unknown == .quarantine
        let waiting = waits ? Set(strangers.rows.map(\.name)) : []
        for (place, row) in rows.enumerated() {
            if !row.isNamed, !unnamed.insert(row.model).inserted { continue }
            let name = row.name
            let isConfigured = configured.contains(name)
            if standings[name] != nil, !isConfigured {
                adoption.decided += 1
                continue
            }
            if isConfigured { adoption.configured += 1 }
            if place < present { adoption.heard += 1 } else { adoption.heardBefore += 1 }
            if !waiting.isEmpty, waiting.contains(name) { adoption.waiting += 1 }
        }
        return adoption
    }

    /// A route's part, with what it takes the ledger and the models to know.
    private func route(
        _ route: Route, _ account: RouteAccount, in snapshot: Snapshot, parts: SnapshotParts,
        now: Moment
    ) -> RouteSnapshot {
        var part = route.snapshot(account, parts: parts, now: now)
        let ledger = snapshot.ledger
        part.waitingBytes =
            ledger.received > 0
            ? part.waiting.multipliedReportingOverflow(by: ledger.bytes / ledger.received)
                .partialValue : 0
        part.devices = snapshot.models.filter { model in
            PayloadType.allCases.contains { type in
                rules.destinations(type: type, model: model.id)
                    .contains(destination: route.place)
            }
        }.reduce(0) { $0 + $1.devices }
        return part
    }

    /// - Parameter committed: Packets that are on the disk; others that have passed judgement are
    ///   still on their way there.
    private func ledger(
        _ counters: [IntakeCounters], committed: UInt64
    ) -> LedgerSnapshot {
        var ledger = LedgerSnapshot()
        for counter in counters {
            ledger.received &+= counter.received
            ledger.accepted &+= counter.accepted
            ledger.bytes &+= counter.bytes
            ledger.retransmitted &+= counter.retransmitted
            for index in ledger.refusedByReason.indices {
                ledger.refusedByReason[index] &+= counter.refusedByReason[index]
            }
        }
        ledger.committing = ledger.accepted - min(ledger.accepted, committed)
        ledger.accepted -= ledger.committing
        return ledger
    }

    private func model(
        _ entry: ModelKeys, _ devices: Int, _ sum: LaneSum, _ deliveries: DeliverySum
    ) -> ModelSnapshot {
        var model = ModelSnapshot(id: entry.model)
        model.name = entry.name
        model.minimumLevel = entry.minimumLevel
        model.keying = entry.derivations.isEmpty ? .model : .device
        model.encryption = entry.encryption
        model.profile = entry.profile
        model.devices = devices
        model.routeFailures = deliveries.failuresByModel[entry.model] ?? 0
        add(sum.counters, to: &model)
        return model
    }

    /// Models without a secret that frames were counted for.
    private func unknownModels(but known: Set<ModelID>, _ sum: LaneSum) -> [ModelSnapshot] {
        (0...UInt8.max).map(ModelID.init(rawValue:)).compactMap { id in
            guard !known.contains(id),
                sum.counters.contains(where: { $0.hasCounted(id) })
            else { return nil }
            var model = ModelSnapshot(id: id)
            add(sum.counters, to: &model)
            return model
        }
    }

    private func add(_ counters: [IntakeCounters], to model: inout ModelSnapshot) {
        for counter in counters {
            model.accepted &+= counter.accepted(of: model.id)
            model.retransmitted &+= counter.retransmitted(of: model.id)
            for (index, count) in counter.refused(of: model.id).enumerated() {
                model.refusedByReason[index] &+= count
            }
        }
    }

    private func newestLast(_ records: [PacketRecord]) -> [PacketRecord] {
        records.sorted { $0.isJudged(before: $1) }
    }
}

/// What the system knows of this process.
enum ProcessUsage {
    /// Resident memory in bytes; 0 where the system does not tell.
    static var residentBytes: UInt64 {
        guard let text = try? String(contentsOfFile: "/proc/self/statm", encoding: .utf8),
            let pages = UInt64(text.split(separator: " ").dropFirst().first ?? "")
        else { return 0 }
        return pages * UInt64(sysconf(Int32(_SC_PAGESIZE)))
    }

    /// Processor time since the start, in seconds.
    static var cpuSeconds: Double {
        var usage = rusage()
        getrusage(RUSAGE_SELF.rawValue, &usage)
        let microseconds =
            usage.ru_utime.tv_sec * 1_000_000 + usage.ru_utime.tv_usec
            + usage.ru_stime.tv_sec * 1_000_000 + usage.ru_stime.tv_usec
        return Double(microseconds) / 1e6
    }
}
