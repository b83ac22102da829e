import NanoCore

/// The devices of all lanes: one row for each, in the order in which they were found.
struct DeviceSum {
    private(set) var rows: [DeviceSnapshot] = []
    /// What the lanes know a device by, in the order of ``rows``.
    private var hashes: [UInt64] = []
    private var places = HashIndex()
    /// Refusals of devices that were met by lanes which do not list them.
    private var unlisted: [UInt64: UInt64] = [:]

    /// Makes room for a lane's devices.
    mutating func reserve(_ more: Int) {
        rows.reserveCapacity(rows.count + more)
        hashes.reserveCapacity(rows.count + more)
        places.reserve(rows.count + more)
    }

    /// Changes a device's row, which is made for one that no lane has told of.
    @inline(__always)
    mutating func change(
        _ device: UInt64, model: ModelID, id: String, _ change: (inout DeviceSnapshot) -> Void
    ) {
        if let place = places[device] { return change(&rows[place]) }
        places.insert(device, at: rows.count)
        hashes.append(device)
        rows.append(DeviceSnapshot(model: model, id: id))
        change(&rows[rows.count - 1])
    }

    /// Takes note of refusals that a lane has counted of devices that it does not list.
    mutating func noteUnlisted(_ refused: [UInt64: UInt64]) {
        if !refused.isEmpty { unlisted.merge(refused, uniquingKeysWith: &+) }
    }

    /// Counts those refusals with devices that another lane lists, once all lanes have told.
    mutating func addUnlisted() {
        for (device, refused) in unlisted {
            if let place = places[device] { rows[place].refused &+= refused }
        }
        unlisted = [:]
    }

    /// What the lanes know a device by; nil when none has told of it.
    func device(_ model: ModelID, _ id: String) -> UInt64? {
        rows.firstIndex { $0.model == model && $0.id == id }.map { hashes[$0] }
    }
}
