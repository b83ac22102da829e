import NanoCore

/// The order of the devices.
struct DeviceSort: Sendable {
    enum Column: Int, CaseIterable, Sendable {
        case device, model, rate, accepted, refused, offset, lastSeen, address
    }

    var column = Column.device
    var isAscending = true

    /// Sorts by the column, and by identity where that is equal, so that no row jumps about.
    func sorted(_ devices: [DeviceSnapshot]) -> [DeviceSnapshot] {
        switch column {
        case .device: by(devices.map(\.id), devices)
        case .model: by(devices.map(\.model), devices)
        case .rate: by(devices.map(\.packetsPerSecond), devices)
        case .accepted: by(devices.map(\.accepted), devices)
        case .refused: by(devices.map(\.refused), devices)
        case .offset: by(devices.map(\.clockOffsetSeconds), devices)
        case .lastSeen: by(devices.map(\.lastSeenUnixMilliseconds), devices)
        case .address: by(devices.map(\.address), devices)
        }
    }

    /// Sorts places rather than rows, which are large.
    private func by<Key: Comparable>(
        _ keys: [Key], _ devices: [DeviceSnapshot]
    ) -> [DeviceSnapshot] {
        let places = devices.indices.sorted { left, right in
            if keys[left] != keys[right] { return (keys[left] < keys[right]) == isAscending }
            let (first, second) = (devices[left], devices[right])
            return first.model != second.model ? first.model < second.model : first.id < second.id
        }
        return places.map { devices[$0] }
    }
}
