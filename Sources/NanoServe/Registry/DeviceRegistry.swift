import NanoCore
import Synchronization

/// The registry as a running gateway goes by it: what operators have decided, and the devices that
/// the configuration names.
final class DeviceRegistry: Sendable {
    let rules: RegistryRules
    private let hash: SipHash
    private let file: WatchedFile<RegistryContent>
    private let decided: Mutex<Decisions>

    /// - Parameter hash: That of the replay guard.
    /// - Throws: ``KeystoreError`` when there is a registry that cannot be gone by.
    init(stateFolder: String, rules: RegistryRules, hash: SipHash) throws(KeystoreError) {
        self.rules = rules
        self.hash = hash
        file = try WatchedFile(SharedFile(folder: stateFolder))
        decided = Mutex(Decisions(file.content, rules))
    }

    /// What was decided about devices. What operators say comes before the configuration.
    var standings: [DeviceName: DeviceStanding] { decided.withLock { $0.standings } }

    /// Devices that only the configuration says something about.
    var configured: Set<DeviceName> { decided.withLock { $0.configured } }

    /// What was decided, for judgement.
    var roll: DeviceRoll {
        let standings = standings
        func hashes(_ isMeant: (DeviceStanding) -> Bool) -> Set<UInt64> {
            Set(standings.filter { isMeant($0.value) }.map { hash(of: $0.key) })
        }
        return DeviceRoll(
            known: rules.isClosed ? hashes { $0 == .known } : nil,
            turnedAway: hashes { $0 != .known })
    }

    /// Whether a device's frames are refused whatever is in them.
    func turnsAway(_ name: DeviceName) -> Bool {
        decided.withLock { decided in
            guard let standing = decided.standings[name] else { return rules.isClosed }
            return standing != .known
        }
    }

    private func hash(of name: DeviceName) -> UInt64 {
        hash.hash(name.model.rawValue, name.id)
    }

    /// Why the file that lies there cannot be gone by; nil when it can.
    var fault: String? { file.fault }

    /// Takes over what a command line has changed.
    ///
    /// - Returns: Whether there was anything.
    func refresh() throws(KeystoreError) -> Bool {
        guard try file.refresh() else { return false }
        decide()
        return true
    }

    /// Takes a step.
    func perform(_ step: RegistryStep) throws(KeystoreError) -> SharedChange {
        let change = try file.change { (content) throws(KeystoreError) in
            try content.take(step)
        }
        decide()
        return change
    }

    /// Goes by what the file has now, read under the lock: of two changes the later one stays.
    private func decide() {
        decided.withLock { $0 = Decisions(file.content, rules) }
    }

    /// What there is to be told.
    ///
    /// - Parameters:
    ///   - strangers: Devices that were not known; they wait unless they are only refused.
    ///   - turnedAway: What was heard of the rejected and the blocked.
    func snapshot(
        _ strangers: StrangerSum, turnedAway: StrangerSum, parts: SnapshotParts
    ) -> RegistrySnapshot {
        let decided = decided.withLock { $0 }
        var snapshot = RegistrySnapshot()
        snapshot.isClosed = rules.isClosed
        snapshot.rejected = decided.rejected
        snapshot.blocked = decided.turnedAway.count - snapshot.rejected
        snapshot.known = decided.standings.count - decided.turnedAway.count
        snapshot.refused = strangers.refused &+ turnedAway.refused
        snapshot.forgotten = strangers.forgotten
        let waiting = rules.unknown == .quarantine ? strangers.rows : []
        snapshot.waiting = waiting.count
        snapshot.longestWaiting = waiting.first
        guard parts.contains(.devices) else { return snapshot }
        snapshot.rows = waiting
        for row in decided.turnedAway {
            var row = row
            if let heard = turnedAway[row.name] {
                let standing = row.standing
                row = heard
                row.standing = standing
            }
            snapshot.rows.append(row)
        }
        return snapshot
    }
}

/// What holds about devices, made once for each change: a plant has many, and is looked at often.
private struct Decisions {
    let standings: [DeviceName: DeviceStanding]
    let configured: Set<DeviceName>
    /// The rejected, then the blocked.
    let turnedAway: [RegistryRow]
    let rejected: Int

    init(_ content: RegistryContent, _ rules: RegistryRules) {
        var standings = content.standings
        let configured = Set(rules.known.filter { [standings] in standings[$0] == nil })
        self.configured = configured
        for name in configured { standings[name] = .known }
        let refused = standings.filter { $0.value != .known }.sorted { left, right in
            left.value == right.value ? left.key < right.key : left.value == .rejected
        }
        self.standings = standings
        turnedAway = refused.map { RegistryRow(name: $0.key, standing: $0.value) }
        rejected = refused.count { $0.value == .rejected }
    }
}
