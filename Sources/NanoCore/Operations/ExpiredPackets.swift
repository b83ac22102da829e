/// Why packets are given up though nobody has asked for it.
public enum ExpiryCause: Int, CaseIterable, Sendable {
    /// The journal had no room for them any more.
    case room
    /// They were older than is configured.
    case age
    /// The disk does not have them any more, or not as they were.
    case damage
    /// There were more dead letters than are kept.
    case deadLetterLimit

    /// As metrics and JSON have it.
    public var name: String {
        switch self {
        case .room: "no_room"
        case .age: "too_old"
        case .damage: "damaged"
        case .deadLetterLimit: "dead_letter_limit"
        }
    }

    /// For sentences: `120 packets expired for lack of room`.
    package var words: String {
        switch self {
        case .room: "for lack of room"
        case .age: "for their age"
        case .damage: "for damage on the disk"
        case .deadLetterLimit: "in favour of newer dead letters"
        }
    }
}

/// Packets that expired, by cause.
public struct ExpiredPackets: Codable, Equatable, Sendable {
    /// By ``ExpiryCause/rawValue``.
    private var counts = [UInt64](repeating: 0, count: ExpiryCause.allCases.count)

    public init() {}

    public subscript(cause: ExpiryCause) -> UInt64 {
        get { counts[cause.rawValue] }
        set { counts[cause.rawValue] = newValue }
    }

    public var total: UInt64 { counts.reduce(0, &+) }

    /// Takes packets back that had been given up too early.
    ///
    /// - Returns: How many of them were counted here.
    package mutating func takeBack(_ count: UInt64) -> UInt64 {
        var left = count
        for place in counts.indices {
            let known = min(left, counts[place])
            counts[place] -= known
            left -= known
        }
        return count - left
    }

    /// What has come since an older count of the same packets.
    package func since(_ older: ExpiredPackets) -> ExpiredPackets {
        var newer = self
        for place in counts.indices {
            newer.counts[place] -= min(counts[place], older.counts[place])
        }
        return newer
    }
}
