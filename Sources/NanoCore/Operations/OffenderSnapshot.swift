/// Sources that flood or flap, and those that are blocked.
public struct OffendersSnapshot: Codable, Sendable {
    /// The worst first, then what operators have blocked, the first to end first; of each at most
    /// ``maximumRows``.
    public var rows: [OffenderSnapshot] = []
    /// All sources that offend and are not blocked, and all that are.
    public var offending = 0
    public var blocked = 0
    /// Blocks that the gateway has begun of itself, since the start.
    public var blocks: UInt64 = 0
    /// Blocks of operators that keep devices out, the one with most first, at most ``maximumRows``; nil of
    /// gateways that do not tell.
    public var holds: [BlockHold]?
    /// How many such blocks there are, listed or not; nil of gateways that do not tell.
    public var holding: Int?

    /// Sources of the gateway's own finding that are listed, and blocks of operators.
    public static let maximumRows = 100

    public init() {}
}

/// A source of refused frames or fruitless connections, or one that an operator has blocked.
public struct OffenderSnapshot: Codable, Sendable {
    public enum State: String, CaseIterable, Codable, Sendable {
        /// It is told of, and nothing else.
        case watched
        case slowed
        case blocked
    }

    /// An address; for IPv6 a network of 64 bits; what an operator has blocked may be any network.
    public var source: String
    public var state = State.watched
    public var isByOperator = false
    /// It sends frames that are refused.
    public var isFlooding = false
    /// It connects again and again for nothing.
    public var isFlapping = false
    /// Genuine frames came from it lately too, so that it is not blocked as a whole.
    public var isShared = false
    public var refusedPerMinute = 0
    public var connectionsPerMinute = 0
    /// Since it is watched.
    public var refused: UInt64 = 0
    public var connections: UInt64 = 0
    /// The commonest reasons of its refused frames.
    public var reasons: [RefusalCount] = []
    public var sinceUnixMilliseconds: Int64 = 0
    /// When its block ends.
    public var untilUnixMilliseconds: Int64?

    public init(source: String) {
        self.source = source
    }

    /// What it does, in words: `3,120 frames refused a minute, mac_mismatch 2,900`.
    package var evidence: String {
        var parts: [String] = []
        if isFlooding || refused > 0 {
            parts.append("\(PlainWords.count(UInt64(refusedPerMinute))) frames refused a minute")
            parts += reasons.prefix(2).map { "\($0.reason.name) \(PlainWords.count($0.count))" }
        }
        if isFlapping {
            parts.append(
                "\(PlainWords.count(UInt64(connectionsPerMinute))) connections a minute for nothing"
            )
        }
        return parts.joined(separator: ", ")
    }
}

/// A block of an operator that keeps out devices which were heard before, and have tried since.
public struct BlockHold: Codable, Equatable, Sendable {
    /// What is blocked: an address or a network.
    public var source: String
    /// Devices whose newest frame came from there, since the gateway's start or within a day before it.
    public var devices: Int
    /// Addresses of genuine frames within the last day or two that were kept out.
    public var addresses: Int
    public var sinceUnixMilliseconds: Int64
    /// When the block ends.
    public var untilUnixMilliseconds: Int64

    public init(
        source: String, devices: Int, addresses: Int, sinceUnixMilliseconds: Int64,
        untilUnixMilliseconds: Int64
    ) {
        self.source = source
        self.devices = devices
        self.addresses = addresses
        self.sinceUnixMilliseconds = sinceUnixMilliseconds
        self.untilUnixMilliseconds = untilUnixMilliseconds
    }

    /// Whether all devices that are kept out are counted. Those that nobody has written down are known by
    /// their addresses alone, and may be several behind each.
    package var isCounted: Bool { devices >= addresses }

    /// Who is kept out: `3 devices`, `the devices of 2 addresses (how many is not known yet)`.
    package var whom: String {
        if isCounted { return PlainWords.count(UInt64(devices), "device") }
        let count = PlainWords.count(UInt64(addresses))
        return
            "the devices of \(count) \(addresses == 1 ? "address" : "addresses") (how many is not "
            + "known yet)"
    }
}

/// How many frames were refused for a reason.
public struct RefusalCount: Codable, Equatable, Sendable {
    public var reason: RefusalReason
    public var count: UInt64

    public init(_ reason: RefusalReason, _ count: UInt64) {
        self.reason = reason
        self.count = count
    }
}
