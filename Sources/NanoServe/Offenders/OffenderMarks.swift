import NanoCore

/// Whom operators' blocks keep out.
extension Offenders {
    func isBlockedByOperator(_ address: IPAddress) -> Bool {
        state.withLock { $0.manual.contains(address) }
    }

    /// Whether there is any block of an operator.
    var hasOperatorBlocks: Bool { state.withLock { !$0.manual.entries.isEmpty } }

    /// Counts the devices that blocks of operators keep out.
    ///
    /// - Parameter former: Devices that only earlier runs of the gateway have heard.
    func count(_ devices: [DeviceSnapshot], former: [DeviceSnapshot]) {
        func placed(_ rows: some Sequence<DeviceSnapshot>) -> [(ModelID, IPAddress)] {
            rows.compactMap { device in Self.address(of: device).map { (device.model, $0) } }
        }
        let (present, earlier) = (placed(devices.filter { $0.accepted > 0 }), placed(former))
        state.withLock { $0.manual.count(present, former: earlier) }
    }

    /// Marks the devices that blocks of operators keep out, and says of each model how many these are.
    func mark(_ snapshot: inout Snapshot) {
        let (isIdle, byModel, formerByModel) = state.withLock { state in
            (state.manual.entries.isEmpty, state.manual.devicesByModel, state.manual.formerByModel)
        }
        for index in snapshot.models.indices {
            let model = snapshot.models[index].id
            snapshot.models[index].blockedDevices = byModel[model] ?? 0
            snapshot.models[index].blockedFormerDevices = formerByModel[model] ?? 0
        }
        guard !isIdle, !snapshot.devices.isEmpty else { return }
        let addresses = snapshot.devices.map(Self.address)
        let isOut = state.withLock { state in
            addresses.map { $0.map(state.manual.contains) ?? false }
        }
        for (index, isOut) in isOut.enumerated() where isOut {
            snapshot.devices[index].isAddressBlocked = true
        }
    }

    private static func address(of device: DeviceSnapshot) -> IPAddress? {
        IPAddress(AddressSource.host(of: device.address))
    }
}
