import NanoCore

/// One device that is looked at.
extension ConsoleModel {
    /// The device that a key is about: the one under the cursor, or the one that is open.
    var chosenDevice: DeviceSnapshot? {
        switch view {
        case .devices: cursor.map { devices[$0] }
        case .device: devices.first
        default: nil
        }
    }

    /// Opens a device. The gateway keeps its packets from now on.
    mutating func open(_ name: DeviceName) -> [Effect] {
        go(to: .device, showing: nil)
        look(at: name)
        return keepPackets(of: name)
    }

    /// Opens a device that is not listed as heard. The gateway has no packets of it that it could keep.
    mutating func open(_ row: RegistryRow) -> [Effect] {
        if shown.devices.contains(where: { DeviceName($0) == row.name }) { return open(row.name) }
        go(to: .device, showing: nil)
        look(at: row.name)
        return []
    }

    /// Has the gateway keep the packets of the device that one has come back to.
    func keepPackets(unless before: DeviceName?) -> [Effect] {
        guard view == .device, let device, device != before else { return [] }
        return keepPackets(of: device)
    }

    /// What the gateway keeps is changed by nobody who only looks, nor from the past.
    private func keepPackets(of name: DeviceName) -> [Effect] {
        guard !attachment.changesNothing, rewound == nil else { return [] }
        return [.perform(.follow(name.model, device: name.id))]
    }

    /// Opens a device by its name. Where the devices have not come yet, its view says if there is none.
    mutating func open(device name: DeviceName) -> [Effect] {
        if let row = shown.registry.rows.first(where: { $0.name == name }) { return open(row) }
        guard !hasDevices || shown.devices.contains(where: { DeviceName($0) == name }) else {
            say("\(name.words) has not been seen since the start", isFault: true)
            return []
        }
        return open(name)
    }

    mutating func look(at name: DeviceName?) {
        device = name
        showsAllValues = false
        drawDeviceCurve()
    }

    /// From a device to its packets among those of all others.
    mutating func listPackets(of device: DeviceSnapshot) {
        let sender =
            device.isNamed
            ? "device:\(Filter.value(device.id))" : "address:\(Filter.value(device.id))"
        go(to: .packets, showing: ViewKind.packets.filter("model:\(device.model) \(sender)"))
    }

    /// What the registry has of the device that is open; nil in another view.
    var openRegistryRow: RegistryRow? {
        guard view == .device, let device else { return nil }
        return live.registry.rows.first { $0.name == device }
            ?? chosenDevice.map { RegistryRow(name: $0.name, standing: $0.standing) }
    }

    /// The device that is open, where it is not heard and has not been since the start.
    var unheardRow: RegistryRow? {
        guard view == .device, devices.isEmpty, let device else { return nil }
        return shown.registry.rows.first { $0.name == device }
    }
}
