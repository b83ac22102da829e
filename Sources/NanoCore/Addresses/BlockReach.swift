/// Whom a block of addresses cuts off, of the devices that sent lately.
package struct BlockReach: Equatable, Sendable {
    /// Devices that sent something genuine within the last hour.
    package private(set) var heard = 0
    /// Those of them that did so from within the block.
    package private(set) var within = 0
    /// From how many addresses and ports they did.
    package private(set) var connections = 0

    private static let milliseconds: Int64 = 3_600_000

    /// - Parameter unixMilliseconds: The time now.
    package init(
        of network: IPNetwork, among devices: [DeviceSnapshot], now unixMilliseconds: Int64
    ) {
        var places: Set<String> = []
        for device in devices where device.accepted > 0 {
            guard unixMilliseconds - device.lastSeenUnixMilliseconds <= Self.milliseconds else {
                continue
            }
            heard += 1
            guard network.contains(host: AddressSource.host(of: device.address)) else { continue }
            within += 1
            places.insert(device.address)
        }
        connections = places.count
    }

    /// Whether these are more than half of the devices.
    package var isMost: Bool { within * 2 > heard }

    /// How many devices there are behind it, as a sentence.
    package var sentence: String {
        let all = PlainWords.count(UInt64(heard), "device")
        let head = "Of \(all) that sent within the last hour, "
        guard within > 0 else { return head + "none did so from there." }
        return head + "\(PlainWords.count(UInt64(within))) did so from there, over "
            + "\(PlainWords.count(UInt64(connections), "connection"))."
    }
}
