package import NanoCore

/// The blocks of addresses in a state folder, for a command line: beside a gateway, which takes over
/// what is changed here within a second, or without one.
package struct BlockFile: Sendable {
    private let file: SharedFile<BlockContent>

    package init(stateFolder: String) {
        file = SharedFile(folder: stateFolder)
    }

    /// The blocks that hold, those that end first at first.
    ///
    /// - Throws: ``KeystoreError`` when there is a file that cannot be read, or is wrong.
    package func read(now: Moment) throws(KeystoreError) -> [OffenderSnapshot] {
        try file.load()?.standing(at: now).map(\.snapshot) ?? []
    }

    /// Blocks an address or a network.
    ///
    /// - Returns: What was done, in a sentence.
    package func block(
        _ network: String, seconds: Int, now: Moment
    ) throws(KeystoreError) -> String {
        try change { (content) throws(KeystoreError) in
            try content.block(network, seconds: seconds, now: now)
        }
    }

    /// Lifts all blocks within an address or a network.
    package func unblock(_ network: String, now: Moment) throws(KeystoreError) -> String {
        try change { (content) throws(KeystoreError) in try content.unblock(network, now: now) }
    }

    private func change(
        _ body: (inout BlockContent) throws(KeystoreError) -> String
    ) throws(KeystoreError) -> String {
        try file.update(or: BlockContent(), body).sentence
    }
}

/// `blocks.json`: addresses that nobody is let in from, and until when.
struct BlockContent: SharedContent {
    struct Entry: Codable, Hashable {
        var network: String
        var sinceUnixMs: Int64
        var untilUnixMs: Int64
        /// Whether an operator has blocked it, and not the gateway itself.
        var byOperator: Bool

        /// Nil only for a text that no file is read with.
        var parsed: IPNetwork? { try? IPNetwork(network) }
    }

    static let fileName = "blocks.json"
    static let readVersion = 1
    private static let maximumBlocks = 20_000
    /// Milliseconds of Unix time: up to the end of the year 9999.
    private static let times: ClosedRange<Int64> = 0...253_402_300_799_999

    var version = BlockContent.readVersion
    private(set) var blocks: [Entry] = []

    init() {}

    var fault: String? {
        guard blocks.count <= Self.maximumBlocks else {
            return "blocks are \(blocks.count); at most \(Self.maximumBlocks) are allowed"
        }
        for (index, block) in blocks.enumerated() {
            if let fault = block.fault(within: Self.times) { return "blocks[\(index)].\(fault)" }
        }
        return nil
    }

    /// Those that have not ended, the first to end first.
    func standing(at now: Moment) -> [Entry] {
        blocks.filter { $0.untilUnixMs > now.unixMilliseconds }
            .sorted { ($0.untilUnixMs, $0.network) < ($1.untilUnixMs, $1.network) }
    }

    /// Blocks a network, in place of a block that it is under.
    mutating func block(
        _ text: String, seconds: Int, now: Moment
    ) throws(KeystoreError) -> String {
        let network = try Self.network(text)
        let until = now.unixMilliseconds + Int64(seconds) * 1_000
        blocks = standing(at: now).filter { $0.parsed != network }
        blocks.append(
            Entry(
                network: network.description, sinceUnixMs: now.unixMilliseconds,
                untilUnixMs: until, byOperator: true))
        return "\(network) is blocked until \(Timestamp.short(unixSeconds: until / 1_000))"
    }

    /// Lifts the blocks within a network.
    mutating func unblock(_ text: String, now: Moment) throws(KeystoreError) -> String {
        let network = try Self.network(text)
        let standing = standing(at: now)
        let left = standing.filter { $0.parsed.map(network.contains) != true }
        guard left.count < standing.count else {
            let around = standing.first { $0.parsed?.contains(network) == true }
            throw KeystoreError(
                "\(network) is not blocked" + (around.map { "; \($0.network) is" } ?? ""))
        }
        blocks = left
        let count = standing.count - left.count
        return "\(network) is not blocked any more"
            + (count > 1 ? ": \(count) blocks are lifted" : "")
    }

    /// Takes up what the gateway blocks of itself now, in place of what it did before.
    mutating func take(_ own: [Entry], now: Moment) {
        blocks = standing(at: now).filter(\.byOperator) + own
    }

    private static func network(_ text: String) throws(KeystoreError) -> IPNetwork {
        do throws(IPNetwork.Fault) {
            return try IPNetwork(text)
        } catch {
            let shown = SafeText.shortened(text, to: 60)
            switch error {
            case .malformed:
                throw KeystoreError(
                    "\(shown) is not a network; use an address, or a network like 10.0.0.0/8")
            case .hostBits(let meant):
                throw KeystoreError("\(shown) has bits behind its prefix; use \(meant)")
            }
        }
    }
}

extension BlockContent.Entry {
    /// What is wrong with it, beginning with the key; nil when nothing is.
    ///
    /// - Parameter times: What is allowed, in milliseconds of Unix time.
    fileprivate func fault(within times: ClosedRange<Int64>) -> String? {
        if parsed == nil {
            return
                "network is \(SafeText.shortened(network, to: 50)); use an address, or a network "
                + "like 10.0.0.0/8"
        }
        for (key, time) in [("since_unix_ms", sinceUnixMs), ("until_unix_ms", untilUnixMs)]
        where !times.contains(time) {
            return "\(key) is \(time); use milliseconds of Unix time, \(times.lowerBound) to "
                + "\(times.upperBound)"
        }
        return nil
    }

    var snapshot: OffenderSnapshot {
        var row = OffenderSnapshot(source: network)
        row.state = .blocked
        row.isByOperator = byOperator
        row.sinceUnixMilliseconds = sinceUnixMs
        row.untilUnixMilliseconds = untilUnixMs
        return row
    }
}
