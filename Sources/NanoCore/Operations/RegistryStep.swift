/// What an operator decides about devices, and what becomes of the registry then.
public enum RegistryStep: Equatable, Sendable {
    /// Hear a device from now on, whatever was decided before.
    case approve(DeviceName)
    /// Do not hear a device that is not known, and ask no more.
    case reject(DeviceName)
    /// Do not hear a device, known or not, until it is unblocked.
    case block(DeviceName)
    /// Hear a blocked device again.
    case unblock(DeviceName)
    /// Forget what was decided about a device.
    case remove(DeviceName)
    /// Know devices that nothing was decided about; nil for all that the gateway has seen.
    case adopt([DeviceName]?)

    /// As the audit trail has it.
    package var action: AuditAction {
        switch self {
        case .approve: .approveDevice
        case .reject: .rejectDevice
        case .block: .blockDevice
        case .unblock: .unblockDevice
        case .remove: .removeDevice
        case .adopt: .adoptDevices
        }
    }

    /// What it is done to, as the audit trail has it.
    package var target: String {
        switch self {
        case .approve(let name), .reject(let name), .block(let name), .unblock(let name),
            .remove(let name):
            "\(name.model) \(name.id)"
        case .adopt(let names): names.map { "\($0.count) devices" } ?? "all devices seen"
        }
    }

    /// What has been done, in a sentence.
    ///
    /// - Throws: ``RegistryFault`` when there is nothing that it could be done to.
    package func apply(to standings: inout [DeviceName: DeviceStanding]) throws(RegistryFault)
        -> String
    {
        switch self {
        case .approve(let name):
            let before = standings.updateValue(.known, forKey: name)
            return "\(name.words) is known" + (before == .known ? " already" : " from now on")
        case .reject(let name):
            guard standings[name] != .known else {
                throw RegistryFault("\(name.words) is known; block it, or remove it")
            }
            standings[name] = .rejected
            return "\(name.words) is rejected"
        case .block(let name):
            standings[name] = .blocked
            return "\(name.words) is blocked until somebody unblocks it"
        case .unblock(let name):
            guard standings[name] == .blocked else {
                throw RegistryFault("\(name.words) is not blocked")
            }
            standings[name] = .known
            return "\(name.words) is known, and not blocked any more"
        case .remove(let name):
            guard let before = standings.removeValue(forKey: name) else {
                throw RegistryFault("\(name.words) is not in the registry")
            }
            return "\(name.words) is out of the registry; it was \(before.rawValue)"
        case .adopt(let names):
            let new = (names ?? []).filter { standings[$0] == nil }
            for name in new { standings[name] = .known }
            let rest = (names ?? []).count - new.count
            return "\(PlainWords.count(UInt64(new.count), "device")) adopted as known"
                + (rest > 0 ? "; what was decided about \(rest) more stays" : "")
        }
    }
}

/// What an operator has decided about a device.
public enum DeviceStanding: String, CaseIterable, Codable, Sendable {
    case known
    /// Not known, and nobody has to be asked again.
    case rejected
    /// Turned away until somebody unblocks it.
    case blocked
}

/// Why a step cannot be taken, in a sentence.
package struct RegistryFault: Error {
    package let words: String

    init(_ words: String) {
        self.words = words
    }
}
