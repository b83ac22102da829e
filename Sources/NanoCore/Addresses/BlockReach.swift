/// Whom a block of addresses cuts off, of the devices that sent lately.
package struct BlockReach: Equatable, Sendable {
    /// How far back devices are counted.
    package enum Span: Sendable {
        case hour, day

        var milliseconds: Int64 { self == .hour ? 3_600_000 : 24 * 3_600_000 }
    }

    package let span: Span
    /// Devices that sent something genuine within that time.
    package private(set) var heard = 0
    /// Those of them that did so from within the block.
    package private(set) var within = 0
    /// From how many addresses and ports they did.
    package private(set) var connections = 0

    /// - Parameters:
    ///   - former: Devices that were heard before the gateway's start alone, where that is known.
    ///   - unixMilliseconds: The time now.
    package init(
        of network: IPNetwork, among devices: [DeviceSnapshot], former: [DeviceSnapshot] = [],
        within span: Span = .hour, now unixMilliseconds: Int64
    ) {
        self.span = span
        var places: Set<String> = []
        // From where a device has sent that an earlier release wrote down is not known.
        let earlier = former.filter { !$0.address.isEmpty }
        for device in devices.filter({ $0.accepted > 0 }) + earlier {
            guard unixMilliseconds - device.lastSeenUnixMilliseconds <= span.milliseconds else {
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
        let head = "Of \(all) that sent within the last \(span == .hour ? "hour" : "day"), "
        guard within > 0 else { return head + "none did so from there." }
        return head + "\(PlainWords.count(UInt64(within))) did so from there, over "
            + "\(PlainWords.count(UInt64(connections), "connection"))."
    }
}
