import NIOCore
import NanoCore

/// A device or an attacker, with its connection.
struct FleetMember: Sendable {
    /// Makes the frames; an attacker's are what it spoils.
    var device: SimulatedDevice
    /// Nil for an honest device with a good clock.
    let fault: FleetFault?
    /// Nil while it is not connected.
    var channel: (any Channel)?
    var connectedAt = NIODeadline.uptimeNanoseconds(0)
    /// Connections in a row that did not last.
    var failures = 0
    /// Whether it has to wait before it connects again.
    var mustBackOff = false
    /// What a slow attacker has yet to send.
    var trickle: ArraySlice<UInt8> = []

    /// The members of a whole fleet, honest ones first.
    static func all(of configuration: FleetConfiguration) -> [FleetMember] {
        var random = SplitMix64(seed: configuration.seed)
        var members: [FleetMember] = []
        for (model, count) in configuration.deviceCounts {
            let habits = DeviceHabits(of: model, in: configuration)
            guard let secret = configuration.secrets[model] else { continue }
            for number in 0..<count {
                let device = SimulatedDevice(
                    model: model, number: number + 1, secret: secret, habits: habits,
                    random: random.split())
                members.append(FleetMember(device: device, fault: nil))
            }
        }
        let honest = members
        guard !honest.isEmpty else { return [] }
        for fault in FleetFault.allCases {
            for number in 0..<configuration.count(of: fault) {
                let place = Int(random.next() % UInt64(honest.count))
                members.append(
                    faulty(fault, number, honest[place].device, configuration, &random))
            }
        }
        return members
    }

    /// A member with a fault that is of the same model as a device.
    private static func faulty(
        _ fault: FleetFault, _ number: Int, _ device: SimulatedDevice,
        _ configuration: FleetConfiguration, _ random: inout SplitMix64
    ) -> FleetMember {
        let valid = configuration.secrets[device.model] ?? []
        let secret = fault == .wrongGeneration ? random.bytes(32) : valid
        let imitation = SimulatedDevice(
            model: device.model, number: 9_000 + number, secret: secret,
            habits: DeviceHabits(of: device.model, in: configuration),
            isClockWrong: fault == .clockDrift, random: random.split())
        return FleetMember(device: imitation, fault: fault)
    }
}
