import NanoCore
import Testing

/// Whom a block of addresses cuts off.
@Suite struct BlockReachTests {
    private let now: Int64 = 1_790_000_000_000

    private func device(_ id: String, at address: String, secondsAgo: Int64) -> DeviceSnapshot {
        var row = DeviceSnapshot(model: ModelID(rawValue: 0x10), id: id)
        (row.address, row.accepted) = (address, 5)
        row.lastSeenUnixMilliseconds = now - secondsAgo * 1_000
        return row
    }

    private func reach(_ network: String) throws -> BlockReach {
        var silent = device("D", at: "10.0.0.4:5", secondsAgo: 1)
        silent.accepted = 0
        return BlockReach(
            of: try IPNetwork(network),
            among: [
                device("A", at: "10.0.0.1:5", secondsAgo: 1),
                device("B", at: "10.0.0.1:5", secondsAgo: 3_600),
                device("C", at: "[2001:db8::9]:5", secondsAgo: 9),
                device("E", at: "10.0.0.5:5", secondsAgo: 3_601), silent,
            ], now: now)
    }

    @Test func `devices of the last hour are counted, and their connections`() throws {
        let reach = try reach("10.0.0.0/8")
        #expect((reach.heard, reach.within, reach.connections) == (3, 2, 1))
        #expect(reach.isMost)
        #expect(
            reach.sentence
                == "Of 3 devices that sent within the last hour, 2 did so from there, over "
                + "1 connection.")
    }

    @Test func `devices that were heard before the start alone count where they are known`() throws
    {
        var unplaced = device("U", at: "", secondsAgo: 5)
        unplaced.accepted = 0
        var former = device("F", at: "10.0.0.9:5", secondsAgo: 9)
        former.accepted = 0
        var old = former
        old.lastSeenUnixMilliseconds = now - 7_200_000
        let network = try IPNetwork("10.0.0.0/8")
        let hour = BlockReach(of: network, among: [], former: [former, old, unplaced], now: now)
        #expect((hour.heard, hour.within) == (1, 1))
        let day = BlockReach(
            of: network, among: [], former: [former, old, unplaced], within: .day, now: now)
        #expect(
            day.sentence
                == "Of 2 devices that sent within the last day, 2 did so from there, over "
                + "1 connection.")
    }

    @Test func `half of them or fewer are not most`() throws {
        #expect(try reach("2001:db8::/64").isMost == false)
        #expect(try reach("192.0.2.0/24").within == 0)
        #expect(
            try reach("192.0.2.0/24").sentence
                == "Of 3 devices that sent within the last hour, none did so from there.")
    }

    @Test(arguments: [
        ("10.0.0.1", false), ("10.0.0.0/31", true), ("0.0.0.0/0", true),
        ("2001:db8::/64", false), ("2001:db8::1", false), ("2001:db8::/63", true), ("::/0", true),
    ])
    func `more than a source is a network`(text: String, isWide: Bool) throws {
        #expect(try IPNetwork(text).hasManySources == isWide)
    }
}
