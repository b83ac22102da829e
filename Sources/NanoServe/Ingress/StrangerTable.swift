import NanoCore

/// Devices whose genuine frames a lane has refused because of what the registry has of them: those
/// that it does not know, or those that it turns away. Beyond its capacity the one that was silent for
/// longest makes room.
struct StrangerTable {
    struct Stranger {
        var name: DeviceName
        /// The device's hash, as the registry knows it.
        var hash: UInt64
        /// Milliseconds of Unix time.
        var firstSeen: Int64
        var lastSeen: Int64
        var frames: UInt64 = 0
        var generation: Int
        /// Where its newest frame came from.
        var peer: PeerReference
        /// That frame's own time, in Unix seconds.
        var timestamp: UInt32
        /// When it came, in milliseconds of Unix time: what comes later with the same time may be a
        /// recording of it.
        var placedAt: Int64
    }

    private(set) var strangers: [Stranger] = []
    private var places: [UInt64: Int] = [:]
    /// Frames refused because of their device, of devices that were turned away too.
    private(set) var refused: UInt64 = 0
    /// Devices that had to make room.
    private(set) var forgotten: UInt64 = 0

    static let capacity = 256

    /// Counts a refusal of a device that need not be listed.
    mutating func count() {
        refused &+= 1
    }

    /// What is refused here is not remembered by the replay guard, so that anybody may send a recording
    /// of it once more: only a frame with a later time than all before says where the device is.
    ///
    /// - Parameters:
    ///   - timestamp: The frame's own, in Unix seconds.
    ///   - name: Called for a device that is not listed yet.
    mutating func note(
        _ hash: UInt64, generation: Int, timestamp: UInt32, from peer: PeerReference,
        at unixMilliseconds: Int64, name: () -> DeviceName
    ) {
        refused &+= 1
        let place = places[hash] ?? add(hash, name(), peer, unixMilliseconds)
        strangers[place].frames &+= 1
        guard timestamp >= strangers[place].timestamp else { return }
        strangers[place].lastSeen = unixMilliseconds
        strangers[place].generation = generation
        guard timestamp > strangers[place].timestamp else { return }
        strangers[place].timestamp = timestamp
        strangers[place].peer = peer
        strangers[place].placedAt = unixMilliseconds
    }

    /// Lists those no longer whose frames are heard now, or are refused for another reason.
    mutating func keep(where isMeant: (RefusalDetail?) -> Bool, by roll: DeviceRoll) {
        strangers.removeAll { !isMeant(roll.objection(to: $0.hash)) }
        places = Dictionary(
            strangers.enumerated().map { ($1.hash, $0) }, uniquingKeysWith: { $1 })
    }

    private mutating func add(
        _ hash: UInt64, _ name: DeviceName, _ peer: PeerReference, _ now: Int64
    ) -> Int {
        let stranger = Stranger(
            name: name, hash: hash, firstSeen: now, lastSeen: now, generation: 0, peer: peer,
            timestamp: 0, placedAt: now)
        let isFull = strangers.count >= Self.capacity
        let oldest = strangers.indices.min { strangers[$0].lastSeen < strangers[$1].lastSeen }
        guard isFull, let oldest else {
            strangers.append(stranger)
            places[hash] = strangers.count - 1
            return strangers.count - 1
        }
        forgotten &+= 1
        places[strangers[oldest].hash] = nil
        strangers[oldest] = stranger
        places[hash] = oldest
        return oldest
    }
}

/// The strangers of all lanes: one row for each.
struct StrangerSum {
    private struct Sighting {
        var row: RegistryRow
        /// The newest own time of its frames, in Unix seconds.
        var timestamp: UInt32 = 0
        /// When the first frame of that time came, in milliseconds of Unix time.
        var placedAt = Int64.max
    }

    private var byName: [DeviceName: Sighting] = [:]
    private(set) var refused: UInt64 = 0
    private(set) var forgotten: UInt64 = 0

    /// What is known of a device; nil for one that nothing has come from.
    subscript(name: DeviceName) -> RegistryRow? { byName[name]?.row }

    /// The first to come first.
    var rows: [RegistryRow] {
        byName.values.map(\.row).sorted { left, right in
            let times = (left.firstSeenUnixMilliseconds, right.firstSeenUnixMilliseconds)
            return times.0 == times.1 ? left.name < right.name : times.0 < times.1
        }
    }

    mutating func add(_ table: StrangerTable, address: (Int) -> String) {
        refused &+= table.refused
        forgotten &+= table.forgotten
        for stranger in table.strangers { add(stranger, address(stranger.peer.talker)) }
    }

    /// A device that changed lanes is one device. A recording is no news of it on another lane either:
    /// as on one lane, the frame with the latest time says where it is, the first of several.
    private mutating func add(_ stranger: StrangerTable.Stranger, _ host: String) {
        var sighting = byName[stranger.name] ?? Sighting(row: RegistryRow(name: stranger.name))
        defer { byName[stranger.name] = sighting }
        let first = sighting.row.firstSeenUnixMilliseconds
        sighting.row.firstSeenUnixMilliseconds =
            first == 0 ? stranger.firstSeen : min(first, stranger.firstSeen)
        sighting.row.frames &+= stranger.frames
        guard stranger.timestamp >= sighting.timestamp else { return }
        let isLater = stranger.timestamp > sighting.timestamp
        if isLater || stranger.lastSeen >= sighting.row.lastSeenUnixMilliseconds {
            sighting.row.lastSeenUnixMilliseconds = stranger.lastSeen
            sighting.row.generation = stranger.generation
        }
        if isLater || stranger.placedAt < sighting.placedAt {
            sighting.row.address = "\(host):\(stranger.peer.port)"
            sighting.placedAt = stranger.placedAt
        }
        sighting.timestamp = stranger.timestamp
    }
}
