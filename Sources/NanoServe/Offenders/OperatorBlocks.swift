import NanoCore

/// What operators have blocked, and whom that keeps out who was heard before.
struct OperatorBlocks {
    /// Those that hold, the first to end first.
    private(set) var entries: [BlockContent.Entry] = []
    private var networks = NetworkList()
    private var byNetwork: [IPNetwork: BlockContent.Entry] = [:]
    /// Of blocks that have kept anybody out since the start: sources of genuine frames among these.
    private var honest: [IPNetwork: Set<IPNetwork>] = [:]
    /// Devices whose newest frame came from within a block, of this run or an earlier one.
    private var devices: [IPNetwork: Int] = [:]
    /// Those of this run by model, and those that were heard before it alone.
    private(set) var devicesByModel: [ModelID: Int] = [:]
    private(set) var formerByModel: [ModelID: Int] = [:]
    private var honestCount = 0

    /// Sources that are kept for all blocks together.
    static let honestCapacity = 4_096

    func contains(_ address: IPAddress) -> Bool { networks.contains(address) }

    /// Takes over what holds now; what is known of a block that goes on stays.
    mutating func replace(_ entries: [BlockContent.Entry]) {
        guard self.entries != entries else { return }
        self.entries = entries
        byNetwork = Dictionary(
            entries.compactMap { entry in entry.parsed.map { ($0, entry) } },
            uniquingKeysWith: { first, _ in first })
        networks = NetworkList(Array(byNetwork.keys))
        func holds(_ network: IPNetwork) -> Bool { networks.network(of: network.base) == network }
        honest = honest.filter { holds($0.key) }
        devices = devices.filter { holds($0.key) }
        if entries.isEmpty { (devicesByModel, formerByModel) = ([:], [:]) }
        honestCount = honest.values.reduce(0) { $0 + $1.count }
    }

    /// Whether an address is kept out; if so, that is noted.
    ///
    /// - Parameter isHonest: Whether a source has sent genuine frames within the last day.
    mutating func keepOut(_ address: IPAddress, isHonest: (IPNetwork) -> Bool) -> Bool {
        guard let network = networks.network(of: address) else { return false }
        let source = IPNetwork(sourceOf: address)
        let isNew =
            honestCount < Self.honestCapacity && isHonest(source)
            && honest[network, default: []].insert(source).inserted
        if isNew { honestCount += 1 }
        return true
    }

    /// Counts the devices that are behind the blocks.
    ///
    /// - Parameters:
    ///   - rows: The newest address of each device of this run, and its model.
    ///   - former: The same of devices that were heard before it alone.
    mutating func count(
        _ rows: [(model: ModelID, address: IPAddress)],
        former: [(model: ModelID, address: IPAddress)] = []
    ) {
        devices = [:]
        devicesByModel = countModels(rows)
        formerByModel = countModels(former)
    }

    private mutating func countModels(
        _ rows: [(model: ModelID, address: IPAddress)]
    ) -> [ModelID: Int] {
        var byModel: [ModelID: Int] = [:]
        for row in rows {
            guard let network = networks.network(of: row.address) else { continue }
            devices[network, default: 0] += 1
            byModel[row.model, default: 0] += 1
        }
        return byModel
    }

    /// Blocks that keep out who was heard before and has tried since, the one with most devices first.
    var holds: [BlockHold] {
        honest.compactMap { network, sources in
            guard let entry = byNetwork[network] else { return nil }
            return BlockHold(
                source: entry.network, devices: devices[network] ?? 0, addresses: sources.count,
                sinceUnixMilliseconds: entry.sinceUnixMs, untilUnixMilliseconds: entry.untilUnixMs)
        }.sorted {
            ($0.devices, $0.addresses, $1.source) > ($1.devices, $1.addresses, $0.source)
        }
    }
}
