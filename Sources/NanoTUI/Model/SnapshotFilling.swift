import NanoCore

extension Snapshot {
    /// The larger parts that it is seen to have.
    var filledParts: SnapshotParts {
        var parts: SnapshotParts = []
        if !devices.isEmpty { parts.insert(.devices) }
        if !packets.isEmpty { parts.insert(.packets) }
        if !rejections.isEmpty { parts.insert(.rejections) }
        if !log.isEmpty { parts.insert(.log) }
        if !audit.isEmpty { parts.insert(.audit) }
        return parts
    }

    /// Takes over these parts of another.
    mutating func fill(_ parts: SnapshotParts, from other: Snapshot) {
        if parts.contains(.devices) {
            devices = other.devices
            adoptions = other.adoptions
            formerDevices = other.formerDevices
            registry.rows = other.registry.rows
        }
        if parts.contains(.packets) { packets = other.packets }
        if parts.contains(.rejections) { rejections = other.rejections }
        if parts.contains(.log) { log = other.log }
        if parts.contains(.audit) { audit = other.audit }
        guard parts.contains(.deadLetters) else { return }
        for index in routes.indices {
            let route = other.routes.first { $0.name == routes[index].name }
            routes[index].newestDeadLetters = route?.newestDeadLetters ?? []
        }
    }
}
