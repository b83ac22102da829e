/// Which devices are heard, by the keyed hash of model and id that the replay guard uses too.
///
/// Looking a device up allocates nothing and waits for nobody. Until somebody says otherwise all
/// devices are heard.
public struct DeviceRoll: Sendable {
    /// Nil where devices need not be known.
    private let known: Set<UInt64>?
    private let turnedAway: Set<UInt64>

    /// - Parameters:
    ///   - known: Devices that are heard; nil for all.
    ///   - turnedAway: Devices that are not, known or not.
    public init(known: Set<UInt64>? = nil, turnedAway: Set<UInt64> = []) {
        self.known = known
        self.turnedAway = turnedAway
    }

    /// Why a device is not heard; nil for one that is.
    @inline(__always)
    package func objection(to device: UInt64) -> RefusalDetail? {
        if !turnedAway.isEmpty, turnedAway.contains(device) { return .deviceBlocked }
        guard let known, !known.contains(device) else { return nil }
        return .deviceUnknown
    }
}
