import NanoCore

/// Devices with packets under way that have failed where others did not: all of them as the replay guard
/// names them, and a few by their names, for people.
struct FailingDevices {
    private var devices: Set<UInt64> = []
    private var names: [UInt64: DeviceName] = [:]

    /// Devices whose names are kept.
    static let mostNames = 8

    var count: Int { devices.count }
    var isEmpty: Bool { devices.isEmpty }
    /// Those names in their order.
    var named: [DeviceName] { names.values.sorted() }

    func contains(_ device: UInt64) -> Bool { devices.contains(device) }

    /// - Parameter names: Of some of them.
    mutating func note(_ batch: DeliveryBatch, names: [UInt64: DeviceName]) {
        for item in batch.items { devices.insert(item.device) }
        for (device, name) in names where self.names.count < Self.mostNames {
            self.names[device] = name
        }
    }

    mutating func remove(_ device: UInt64) {
        guard devices.remove(device) != nil else { return }
        names[device] = nil
    }
}

extension DeliveryBatch {
    /// The names in its frames, of so many devices at most.
    func names(atMost count: Int) -> [UInt64: DeviceName] {
        var names: [UInt64: DeviceName] = [:]
        for (place, item) in items.enumerated() where names[item.device] == nil {
            guard names.count < count else { break }
            guard let bounds = bounds(of: place) else { continue }
            let id = CBORScan.deviceID(in: bytes.span, bounds.payload)
            names[item.device] = DeviceName(item.model, id?.text(in: bytes.span) ?? "")
        }
        return names
    }
}
