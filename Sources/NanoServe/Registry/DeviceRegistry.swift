import NanoCore

/// The registry as a running gateway goes by it: what operators have decided, and the devices that
/// the configuration names.
final class DeviceRegistry: Sendable {
    let rules: RegistryRules
    private let hash: SipHash
    private let file: WatchedFile<RegistryContent>

    /// - Parameter hash: That of the replay guard.
    /// - Throws: ``KeystoreError`` when there is a registry that cannot be gone by.
    init(stateFolder: String, rules: RegistryRules, hash: SipHash) throws(KeystoreError) {
        self.rules = rules
        self.hash = hash
        file = try WatchedFile(SharedFile(folder: stateFolder))
    }

    /// What was decided about devices. What operators say comes before the configuration.
    var standings: [DeviceName: DeviceStanding] {
        var standings = file.content.standings
        for name in rules.known where standings[name] == nil { standings[name] = .known }
        return standings
    }

    /// The same, for judgement.
    var roll: DeviceRoll {
        let standings = standings
        func hashes(_ isMeant: (DeviceStanding) -> Bool) -> Set<UInt64> {
            Set(standings.filter { isMeant($0.value) }.map { hash(of: $0.key) })
        }
        return DeviceRoll(
            known: rules.isClosed ? hashes { $0 == .known } : nil,
            turnedAway: hashes { $0 != .known })
    }

    private func hash(of name: DeviceName) -> UInt64 {
        hash.hash(name.model.rawValue, name.id)
    }

    /// Takes over what a command line has changed.
    ///
    /// - Returns: Whether there was anything.
    func refresh() throws(KeystoreError) -> Bool {
        try file.refresh()
    }

    /// Takes a step.
    ///
    /// - Returns: What was done, in a sentence.
    func perform(_ step: RegistryStep) throws(KeystoreError) -> String {
        try file.change { (content) throws(KeystoreError) in try content.take(step) }
    }

    /// What there is to be told.
    ///
    /// - Parameter strangers: Devices that were not known; they wait unless they are only refused.
    func snapshot(_ strangers: StrangerSum, parts: SnapshotParts) -> RegistrySnapshot {
        let standings = standings
        var snapshot = RegistrySnapshot()
        snapshot.isClosed = rules.isClosed
        snapshot.known = standings.count { $0.value == .known }
        snapshot.rejected = standings.count { $0.value == .rejected }
        snapshot.blocked = standings.count - snapshot.known - snapshot.rejected
        snapshot.refused = strangers.refused
        snapshot.forgotten = strangers.forgotten
        let waiting = rules.unknown == .quarantine ? strangers.rows : []
        snapshot.waiting = waiting.count
        snapshot.longestWaiting = waiting.first
        guard parts.contains(.devices) else { return snapshot }
        let turnedAway = standings.filter { $0.value != .known }.sorted { left, right in
            left.value == right.value ? left.key < right.key : left.value == .rejected
        }
        snapshot.rows =
            waiting + turnedAway.map { RegistryRow(name: $0.key, standing: $0.value) }
        return snapshot
    }
}
