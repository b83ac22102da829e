public import NanoCore

extension Gateway {
    public func snapshot(_ parts: SnapshotParts) -> Snapshot {
        let now = Moment.now
        let assembly = SnapshotAssembly(
            lanes: lanes, routes: routes, journal: journal, keys: keys, rules: rules,
            adoptions: adoptions, registry: registry, census: census)
        var snapshot = assembly.assemble(parts, now: now)
        desk.annotate(&snapshot.rejections)
        if parts.contains(.log) { snapshot.log = log() }
        if parts.contains(.audit) { snapshot.audit = auditGlance.newest }
        snapshot.journal.deadLetterFault = deadLetters.fault ?? ""
        snapshot.connections = listener.gate.counts
        snapshot.certificates = certificates.snapshots
        snapshot.capture = capture.snapshot
        snapshot.offenders = offenders.snapshot(now: now)
        offenders.mark(&snapshot)
        snapshot.clock = watch.clock
        snapshot.replayMemory = ReplayMemorySnapshot(
            house.replayGuard.statistics,
            deviceCapacity: house.replayGuard.configuration.deviceCapacity)
        snapshot.anomalies = watch.anomalies
        snapshot.markRefused(watch.refused)
        snapshot.gateway.name = configuration.name
        snapshot.gateway.version = Release.version
        snapshot.gateway.unixMilliseconds = now.unixMilliseconds
        snapshot.gateway.uptimeSeconds =
            Double(now.monotonicNanoseconds - started.monotonicNanoseconds) / 1e9
        snapshot.gateway.startedUnixMilliseconds = started.unixMilliseconds
        snapshot.gateway.residentBytes = ProcessUsage.residentBytes
        snapshot.gateway.cpuSeconds = ProcessUsage.cpuSeconds
        snapshot.gateway.drainSeconds = configuration.drainSeconds
        snapshot.gateway.graceHours = configuration.graceHours
        snapshot.gateway.keystoreFault = keys.fault
        snapshot.gateway.registryFault = registry.fault
        snapshot.gateway.blocksFault = offenders.fault
        snapshot.gateway.auditCopies = auditMirrors.map(\.snapshot)
        status.withLock { status in
            snapshot.gateway.state = status.phase
            snapshot.gateway.auditDamage = auditDamage.sentence
            snapshot.gateway.devicePort = status.devicePort
            snapshot.gateway.tlsPort = status.tlsPort
            snapshot.gateway.monitorPort = status.monitorPort
            snapshot.alarms = status.board.alarms
            snapshot.endedAlarms = status.board.ended
            for index in snapshot.routes.indices {
                snapshot.routes[index].flow = status.board.flow(snapshot.routes[index].name)
            }
        }
        snapshot.gateway.replayLoss = ReplayLoss(
            forgotten: forgottenAtStart, unixSeconds: now.unixSeconds)
        if snapshot.gateway.state == .running, let reason = hindrance(snapshot.gateway, now: now) {
            snapshot.gateway.state = .blocked
            snapshot.gateway.stateReason = reason
        }
        return snapshot
    }

    /// The newest accepted packets of all lanes.
    func packets(now: Moment) -> [PacketRecord] {
        var sum = LaneSum()
        for lane in lanes { lane.add(to: &sum, parts: [.packets], now: now) }
        return sum.packets
    }

    /// For how long a packet may wait to be committed before that is a hindrance.
    private static let commitPatienceSeconds: UInt64 = 5

    /// Why nothing can be accepted at the moment; nil when something can.
    private func hindrance(_ gateway: GatewaySnapshot, now: Moment) -> String? {
        let isFull = journal.isFull
        if isFull, let fault = journal.fault {
            return "the journal cannot be written: \(fault); devices have to wait: make room, or "
                + "mend the disk"
        }
        let seconds = journal.committingSeconds(now: now)
        if seconds >= Self.commitPatienceSeconds {
            return "packets have waited for the journal for \(seconds) s, and the disk gives no "
                + "error; they count as accepted when it has them: look at the disk"
        }
        guard isFull else { return gateway.replayLoss?.sentence }
        let (bytes, budget) = journal.usage
        guard bytes >= budget / 8 * 7 else {
            return journal.isCrowded
                ? "packets come faster than the disk takes them; devices have to wait for it"
                : "there is room in the journal again; devices are about to go on"
        }
        return
            "\(PlainWords.bytes(UInt64(bytes))) of packets are in the journal, which is all there "
            + "is room for; devices have to wait: resume or mend a route"
    }
}

extension Snapshot {
    /// Marks the devices that these are.
    fileprivate mutating func markRefused(_ names: Set<DeviceName>) {
        guard !names.isEmpty else { return }
        for index in devices.indices where names.contains(DeviceName(devices[index])) {
            devices[index].isRefused = true
        }
    }
}
