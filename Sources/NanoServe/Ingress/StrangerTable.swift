import NanoCore

/// Devices whose genuine frames a lane has refused because the registry does not have them. Beyond
/// its capacity the one that was silent for longest makes room.
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
        var peer: PeerReference
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

    /// - Parameter name: Called for a device that is not listed yet.
    mutating func note(
        _ hash: UInt64, generation: Int, from peer: PeerReference, at unixMilliseconds: Int64,
        name: () -> DeviceName
    ) {
        refused &+= 1
        let place = places[hash] ?? add(hash, name(), peer, unixMilliseconds)
        strangers[place].frames &+= 1
        strangers[place].lastSeen = unixMilliseconds
        strangers[place].generation = generation
        strangers[place].peer = peer
    }

    /// Lists those no longer that are known now, or turned away.
    mutating func keep(unknownTo roll: DeviceRoll) {
        strangers.removeAll { roll.objection(to: $0.hash) != .deviceUnknown }
        places = Dictionary(
            strangers.enumerated().map { ($1.hash, $0) }, uniquingKeysWith: { $1 })
    }

    private mutating func add(
        _ hash: UInt64, _ name: DeviceName, _ peer: PeerReference, _ now: Int64
    ) -> Int {
        let stranger = Stranger(
            name: name, hash: hash, firstSeen: now, lastSeen: now, generation: 0, peer: peer)
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
    private var byName: [DeviceName: RegistryRow] = [:]
    private(set) var refused: UInt64 = 0
    private(set) var forgotten: UInt64 = 0

    /// The first to come first.
    var rows: [RegistryRow] {
        byName.values.sorted { left, right in
            let times = (left.firstSeenUnixMilliseconds, right.firstSeenUnixMilliseconds)
            return times.0 == times.1 ? left.name < right.name : times.0 < times.1
        }
    }

    mutating func add(_ table: StrangerTable, address: (Int) -> String) {
        refused &+= table.refused
        forgotten &+= table.forgotten
        for stranger in table.strangers { add(stranger, address(stranger.peer.talker)) }
    }

    /// A device that changed lanes is one device.
    private mutating func add(_ stranger: StrangerTable.Stranger, _ host: String) {
        var row = byName[stranger.name] ?? RegistryRow(name: stranger.name)
        let first = row.firstSeenUnixMilliseconds
        row.firstSeenUnixMilliseconds =
            first == 0 ? stranger.firstSeen : min(first, stranger.firstSeen)
        row.frames &+= stranger.frames
        if stranger.lastSeen >= row.lastSeenUnixMilliseconds {
            row.lastSeenUnixMilliseconds = stranger.lastSeen
            row.generation = stranger.generation
            row.address = "\(host):\(stranger.peer.port)"
        }
        byName[stranger.name] = row
    }
}
