import NanoCore

/// The order of the devices.
struct DeviceSort: Sendable {
    enum Column: Int, CaseIterable, Sendable {
        case device, model, rate, accepted, refused, offset, lastSeen, address
    }

    var column = Column.device
    var isAscending = true

    /// The identity of a device's row.
    static func identity(_ device: DeviceSnapshot) -> String { "\(device.model)/\(device.id)" }

    /// Sorts by the column, and by identity where that is equal, so that no row jumps about.
    func sorted(_ devices: [DeviceSnapshot]) -> [DeviceSnapshot] {
        switch column {
        case .device: by(devices) { $0.id }
        case .model: by(devices) { $0.model }
        case .rate: by(devices) { $0.packetsPerSecond }
        case .accepted: by(devices) { $0.accepted }
        case .refused: by(devices) { $0.refused }
        case .offset: by(devices) { $0.clockOffsetSeconds }
        case .lastSeen: by(devices) { $0.lastSeenUnixMilliseconds }
        case .address: by(devices) { $0.address }
        }
    }

    private func by<Key: Comparable>(
        _ devices: [DeviceSnapshot], _ key: (DeviceSnapshot) -> Key
    ) -> [DeviceSnapshot] {
        devices.sorted { left, right in
            let (first, second) = (key(left), key(right))
            if first != second { return isAscending ? first < second : second < first }
            return (left.model, left.id) < (right.model, right.id)
        }
    }
}
