import NanoCore

/// Addresses that have sent something to a lane, with what they sent.
struct TalkerTable {
    private struct Talker {
        var address: String
        var packets: UInt64 = 0
        var refused: UInt64 = 0
    }

    /// The first stands for all addresses beyond the capacity.
    private var talkers = [Talker(address: "others")]
    private var places: [String: Int] = [:]
    private static let capacity = 8_192

    /// The place of an address, from now on.
    mutating func place(of address: String) -> Int {
        if let place = places[address] { return place }
        guard talkers.count < Self.capacity else { return 0 }
        talkers.append(Talker(address: address))
        places[address] = talkers.count - 1
        return talkers.count - 1
    }

    func address(at place: Int) -> String { talkers[place].address }

    mutating func countAccepted(_ place: Int, packets: Int) {
        talkers[place].packets &+= UInt64(packets)
    }

    mutating func countRefused(_ place: Int) {
        talkers[place].packets &+= 1
        talkers[place].refused &+= 1
    }

    /// Adds what this lane knows to what others know.
    func add(to sums: inout [String: TalkerSnapshot]) {
        for talker in talkers where talker.packets > 0 {
            let known = sums[talker.address]
            sums[talker.address] = TalkerSnapshot(
                address: talker.address, packets: talker.packets + (known?.packets ?? 0),
                refused: talker.refused + (known?.refused ?? 0))
        }
    }
}
