/// Alarms for the gateway as a whole: that it takes nothing in, or soon will not.
enum GatewayAlarms {
    /// Share of the journal in use from which it is nearly full, and down to which it stays so.
    private static let nearlyFullShare = 0.8
    private static let standingShare = 0.7
    /// No loss lasts longer unless a clock was wrong: it begins with the tolerance of timestamps.
    private static let longLossSeconds: Int64 = 600

    static func findings(
        _ snapshot: Snapshot, _ trends: AlarmTrends, _ standing: Set<String>
    ) -> [AlarmFinding] {
        [
            replayLoss(snapshot.gateway), forgetful(snapshot, trends), blocked(snapshot.gateway),
            filling(snapshot, trends, standing), unburied(snapshot.journal),
            tampered(snapshot.gateway), sealed(snapshot.gateway),
            unread(
                snapshot.gateway.registryFault, id: "registry-file", title: "registry not readable",
                "also of devices rejected or blocked"),
            unread(
                snapshot.gateway.blocksFault, id: "blocks-file", title: "blocks not readable",
                "also of addresses blocked or let in"),
        ].compactMap(\.self) + (snapshot.gateway.auditCopies ?? []).compactMap(uncopied)
    }

    private static func replayLoss(_ gateway: GatewaySnapshot) -> AlarmFinding? {
        guard let loss = gateway.replayLoss else { return nil }
        let action =
            loss.secondsLeft <= longLossSeconds
            ? "wait for it, and stop the gateway with q or SIGTERM next time"
            : "the clock was ahead when it was lost: with the clock right, stop the gateway, remove "
                + "replay.guard from the state folder, and start it"
        return AlarmFinding(
            id: "replay-memory", severity: .critical, title: "replay memory lost",
            text: "\(loss.sentence); \(action)", holdNanoseconds: 0)
    }

    /// Names that are made up under the key of a model look like this, too.
    private static func forgetful(
        _ snapshot: Snapshot, _ trends: AlarmTrends
    ) -> AlarmFinding? {
        guard let memory = snapshot.replayMemory, let before = trends.previous?.replayMemory,
            memory.droppedDevices > before.droppedDevices
        else { return nil }
        let dropped = PlainWords.count(memory.droppedDevices)
        let capacity = PlainWords.count(UInt64(memory.deviceCapacity))
        return AlarmFinding(
            id: "replay-devices", severity: .warning, title: "too many devices to remember",
            text: "the replay memory holds \(capacity) devices, and \(dropped) have made room for "
                + "others since the start: what these kept back for minutes may be refused as "
                + "replay_stale; raise replay.devices, or, if the names are made up, rotate their "
                + "model's secret and set devices.registry: closed",
            holdNanoseconds: 60_000_000_000)
    }

    private static func blocked(_ gateway: GatewaySnapshot) -> AlarmFinding? {
        guard gateway.state == .blocked, gateway.stateReason != gateway.replayLoss?.sentence else {
            return nil
        }
        return AlarmFinding(
            id: "blocked", severity: .critical, title: "reading stopped",
            text: gateway.stateReason)
    }

    private static func unburied(_ journal: JournalSnapshot) -> AlarmFinding? {
        guard !journal.deadLetterFault.isEmpty else { return nil }
        return AlarmFinding(
            id: "dead-letters", severity: .critical, title: "dead letters not stored",
            text: "\(SafeText.escaped(journal.deadLetterFault)); what destinations refuse for good "
                + "waits; make room, or mend the disk")
    }

    /// Stands until the next start: somebody has to look.
    private static func tampered(_ gateway: GatewaySnapshot) -> AlarmFinding? {
        guard !gateway.auditDamage.isEmpty else { return nil }
        return AlarmFinding(
            id: "audit", severity: .critical, title: "audit trail damaged",
            text: "\(SafeText.escaped(gateway.auditDamage)); a new chain covers what was found; "
                + "keep a copy, and run nanogridata audit verify")
    }

    /// For how long a copy may be behind before that is an alarm.
    private static let copyPatienceNanoseconds: UInt64 = 60_000_000_000

    private static func uncopied(_ copy: AuditCopySnapshot) -> AlarmFinding? {
        guard !copy.fault.isEmpty else { return nil }
        let missing =
            switch copy.behind {
            case nil: "nobody knows how many entries of it wait"
            case 1: "1 entry of it waits"
            case let count?: "\(PlainWords.count(count)) entries of it wait"
            }
        return AlarmFinding(
            id: "audit-copy/\(copy.route)", severity: .warning, title: "audit trail not copied",
            text:
                "\(missing) for \(copy.route): \(SafeText.escaped(copy.fault)); the file has all of "
                + "it; mend the database, and it is copied",
            patienceNanoseconds: copyPatienceNanoseconds, holdNanoseconds: 0)
    }

    /// Stands until the keystore can be read: a secret that was revoked in it is accepted meanwhile.
    private static func sealed(_ gateway: GatewaySnapshot) -> AlarmFinding? {
        guard let fault = gateway.keystoreFault else { return nil }
        return AlarmFinding(
            id: "keystore", severity: .critical, title: "keystore not readable",
            text: "it was changed, and the secrets from before hold, also those revoked since; "
                + SafeText.escaped(fault), holdNanoseconds: 0)
    }

    /// Stands until a file that operators decide by can be read: what they decided since does not hold.
    private static func unread(
        _ fault: String?, id: String, title: String, _ whose: String
    ) -> AlarmFinding? {
        fault.map { fault in
            AlarmFinding(
                id: id, severity: .critical, title: title,
                text:
                    "\(SafeText.escaped(fault)); what it said before holds, \(whose) since; mend it, "
                    + "or put a copy back", holdNanoseconds: 0)
        }
    }

    /// What the journal takes, beside what limits it.
    private static func usage(of journal: JournalSnapshot) -> String {
        let (used, budget) = (
            PlainWords.bytes(journal.usedBytes), PlainWords.bytes(journal.budgetBytes)
        )
        guard !journal.room.isOfDisk else {
            let left = PlainWords.bytes(journal.room.bytes)
            return "\(used) are in use, and the disk has room for \(left) more"
        }
        return journal.usedBytes > journal.budgetBytes
            ? "\(used) are in use, and the limit is \(budget)" : "\(used) of \(budget) are in use"
    }

    private static func filling(
        _ snapshot: Snapshot, _ trends: AlarmTrends, _ standing: Set<String>
    ) -> AlarmFinding? {
        let journal = snapshot.journal
        let share = standing.contains("journal") ? standingShare : nearlyFullShare
        guard journal.usedBytes > 0, journal.fullShare >= share, !journal.isFull else {
            return nil
        }
        let isOver = journal.usedBytes > journal.budgetBytes
        var text = usage(of: journal)
        var action = "make room at the destinations"
        if let route = snapshot.routes.max(by: { $0.waiting < $1.waiting }), route.waiting > 0 {
            text += ", most of it for \(route.name)"
            action = route.state == .paused ? "resume \(route.name)" : "mend \(route.name)"
        }
        guard !snapshot.routes.contains(where: { trends.newlyExpired($0)[.room] > 0 }) else {
            return AlarmFinding(
                id: "journal", severity: .critical, title: "journal full",
                text: "\(text); the oldest packets expire; \(action)")
        }
        guard !isOver || !journal.expires else {
            return AlarmFinding(
                id: "journal", severity: .warning, title: "journal over its limit",
                text: "\(text); as soon as packets come, the oldest expire until the limit is "
                    + "kept; \(action), or raise journal.max_bytes")
        }
        if let seconds = trends.secondsUntilFull(journal), seconds >= 1 {
            let what = journal.room.isOfDisk ? "the disk full" : "full"
            text += ", \(what) in \(PlainWords.time(seconds: seconds)) at this rate"
        }
        let expires = journal.expires && !journal.room.isOfDisk
        let end = expires ? "the oldest packets expire" : "devices have to wait"
        return AlarmFinding(
            id: "journal", severity: .warning, title: "journal nearly full",
            text: "\(text), and then \(end); \(action)")
    }
}
