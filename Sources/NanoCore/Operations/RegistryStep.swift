/// What an operator decides about devices, and what becomes of the registry then.
public enum RegistryStep: Equatable, Sendable {
    /// Hear a device from now on, whatever was decided before.
    case approve(DeviceName)
    /// Do not hear a device that is not known, and ask no more.
    case reject(DeviceName)
    /// Do not hear a device, known or not, until it is unblocked.
    case block(DeviceName)
    /// Let a blocked device be what it was before: known, rejected, or undecided.
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
    package func apply(to decisions: inout [DeviceName: DeviceDecision]) throws(RegistryFault)
        -> String
    {
        switch self {
        case .approve(let name):
            let before = decisions.updateValue(DeviceDecision(.known), forKey: name)
            return "\(name.words) is known"
                + (before?.standing == .known ? " already" : " from now on")
        case .reject(let name):
            guard decisions[name]?.standing != .known else {
                throw RegistryFault("\(name.words) is known; block it, or remove it")
            }
            decisions[name] = DeviceDecision(.rejected)
            return "\(name.words) is rejected"
        case .block(let name):
            let before = decisions[name]
            guard before?.standing != .blocked else {
                return "\(name.words) is blocked already, until somebody unblocks it"
            }
            decisions[name] = DeviceDecision(.blocked, before: EarlierStanding(before?.standing))
            return "\(name.words) is blocked until somebody unblocks it"
        case .unblock(let name):
            guard let decision = decisions[name], decision.standing == .blocked else {
                throw RegistryFault("\(name.words) is not blocked")
            }
            // Releases that did not note what was before made every device known.
            let before = decision.before ?? .known
            decisions[name] = before.standing.map { DeviceDecision($0) }
            return "\(name.words) is not blocked any more, and "
                + (decision.before == nil
                    ? "known: what it was before is not noted" : "\(before.rawValue) as before")
        case .remove(let name):
            guard let before = decisions.removeValue(forKey: name) else {
                throw RegistryFault("\(name.words) is not in the registry")
            }
            return "\(name.words) is out of the registry; it was \(before.standing.rawValue)"
        case .adopt(let names):
            let new = (names ?? []).filter { decisions[$0] == nil }
            for name in new { decisions[name] = DeviceDecision(.known) }
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

/// What was decided about a device, and what before that.
package struct DeviceDecision: Equatable, Sendable {
    package let standing: DeviceStanding
    /// Of a blocked device: what it is again when it is unblocked; nil where that was not noted.
    package let before: EarlierStanding?

    package init(_ standing: DeviceStanding, before: EarlierStanding? = nil) {
        self.standing = standing
        self.before = before
    }
}

/// What a device was before its block.
package enum EarlierStanding: String, CaseIterable, Sendable {
    case known, rejected
    /// Nothing was decided about it.
    case undecided

    init(_ standing: DeviceStanding?) {
        self = standing.flatMap { EarlierStanding(rawValue: $0.rawValue) } ?? .undecided
    }

    /// Nil for undecided.
    var standing: DeviceStanding? { DeviceStanding(rawValue: rawValue) }
}

/// Why a step cannot be taken, in a sentence.
package struct RegistryFault: Error {
    package let words: String

    init(_ words: String) {
        self.words = words
    }
}
