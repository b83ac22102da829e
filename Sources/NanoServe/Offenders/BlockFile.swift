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
        try file.update(or: BlockContent(), body).change.sentence
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
        /// The ends that it had before it was made longer, the earliest first.
        var earlierUntilUnixMs: [Int64]?

        /// Nil only for a text that no file is read with.
        var parsed: IPNetwork? { try? IPNetwork(network) }
    }

    static let fileName = "blocks.json"
    static let readVersion = 1
    private static let maximumBlocks = 20_000
    /// Ends that are kept of a block that is made longer again and again.
    fileprivate static let maximumEnds = 8
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

    /// Blocks a network, or makes its block longer. One that lasts longer already stays as it is, since
    /// whoever made it meant it to.
    mutating func block(
        _ text: String, seconds: Int, now: Moment
    ) throws(KeystoreError) -> String {
        let network = try Self.network(text)
        let standing = standing(at: now)
        let earlier = standing.first { $0.parsed == network }
        let until = now.unixMilliseconds + Int64(seconds) * 1_000
        if let earlier, earlier.byOperator, earlier.untilUnixMs >= until {
            return "\(network) is blocked already, until \(earlier.end)"
        }
        var block = Entry(
            network: network.description, sinceUnixMs: now.unixMilliseconds,
            untilUnixMs: max(until, earlier?.untilUnixMs ?? until), byOperator: true)
        if let earlier { block.takePlace(of: earlier, now: now) }
        blocks = standing.filter { $0.parsed != network } + [block]
        return "\(network) is blocked until \(block.end)"
    }

    /// Takes the last block of a network back, and nothing that was blocked before: a block that it had
    /// made longer ends again when it did.
    mutating func takeBack(_ text: String, now: Moment) throws(KeystoreError) -> String {
        let network = try Self.network(text)
        blocks = standing(at: now)
        guard let place = blocks.firstIndex(where: { $0.byOperator && $0.parsed == network })
        else { throw KeystoreError("no operator has blocked \(network) any more") }
        if blocks[place].shorten(now: now) {
            return "\(network) is blocked until \(blocks[place].end) again"
        }
        blocks.remove(at: place)
        return "\(network) is not blocked any more" + around(network)
    }

    /// Lifts the blocks within a network.
    mutating func unblock(_ text: String, now: Moment) throws(KeystoreError) -> String {
        let network = try Self.network(text)
        let standing = standing(at: now)
        let left = standing.filter { $0.parsed.map(network.contains) != true }
        guard left.count < standing.count else {
            blocks = standing
            throw notBlocked(network)
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

    private func notBlocked(_ network: IPNetwork) -> KeystoreError {
        KeystoreError("\(network) is not blocked" + around(network))
    }

    /// Says which block a network is in; nothing where it is in none.
    private func around(_ network: IPNetwork) -> String {
        blocks.first { $0.parsed?.contains(network) == true }.map { "; \($0.network) is" } ?? ""
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
        let ends = (earlierUntilUnixMs ?? []).enumerated().map {
            ("earlier_until_unix_ms[\($0)]", $1)
        }
        let all = [("since_unix_ms", sinceUnixMs), ("until_unix_ms", untilUnixMs)] + ends
        for (key, time) in all where !times.contains(time) {
            return "\(key) is \(time); use milliseconds of Unix time, \(times.lowerBound) to "
                + "\(times.upperBound)"
        }
        return nil
    }

    /// When it ends, for people.
    fileprivate var end: String { Timestamp.short(unixSeconds: untilUnixMs / 1_000) }

    /// Remembers the end of the block that this one makes longer.
    fileprivate mutating func takePlace(of block: Self, now: Moment) {
        sinceUnixMs = block.sinceUnixMs
        let ends = (block.earlierUntilUnixMs ?? []) + [block.untilUnixMs]
        earlierUntilUnixMs = Array(
            ends.filter { $0 > now.unixMilliseconds }.suffix(BlockContent.maximumEnds))
    }

    /// Goes back to the end before, if there was one that is still to come.
    ///
    /// - Returns: Whether there was.
    fileprivate mutating func shorten(now: Moment) -> Bool {
        var ends = earlierUntilUnixMs ?? []
        guard let last = ends.popLast(), last > now.unixMilliseconds else { return false }
        untilUnixMs = last
        earlierUntilUnixMs = ends.isEmpty ? nil : ends
        return true
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
