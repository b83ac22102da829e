/// Why a connection is closed before a byte of a frame is judged.
public enum TurnedAwayReason: Int, CaseIterable, Sendable {
    /// As many connections are open as there may be.
    case full
    /// As many are open from its address as there may be.
    case sourceFull
    /// More come in than may.
    case rate
    /// More come in from its address than may.
    case sourceRate
    /// Its address is on the list of those who may not come in.
    case denied
    /// Its address is not on the list of those who may.
    case notAllowed
    /// It came from a proxy and did not begin with a whole header in time.
    case proxyHeader
    /// It was reset before it could be told whose it is, and not everybody may come in.
    case gone

    /// As metrics and JSON have it.
    public var name: String {
        switch self {
        case .full: "max_connections"
        case .sourceFull: "max_connections_per_source"
        case .rate: "connections_per_second"
        case .sourceRate: "connections_per_second_per_source"
        case .denied: "denied"
        case .notAllowed: "not_allowed"
        case .proxyHeader: "proxy_header"
        case .gone: "gone"
        }
    }

    /// For lists: `denied 12`.
    package var words: String {
        switch self {
        case .full: "too many open"
        case .sourceFull: "too many of one address"
        case .rate: "too fast"
        case .sourceRate: "too fast from one address"
        case .denied: "denied"
        case .notAllowed: "not allowed"
        case .proxyHeader: "no proxy header"
        case .gone: "gone at once"
        }
    }

    /// What an alarm names and advises; nil for what nobody has to do anything about.
    var remedy: (key: String, action: String)? {
        switch self {
        case .full:
            (
                "devices.max_connections",
                "raise it, or find out who keeps connections open"
            )
        case .sourceFull:
            (
                "devices.max_connections_per_source",
                "find out who opens so many, or raise it"
            )
        case .rate:
            (
                "devices.connections_per_second",
                "find out who connects so often, or raise it"
            )
        case .sourceRate:
            (
                "devices.connections_per_second_per_source",
                "find out who connects so often, or raise it"
            )
        case .denied: ("devices.deny", "have a firewall drop who comes from there")
        case .notAllowed:
            (
                "devices.allow",
                "add the network if these are devices of yours"
            )
        case .proxyHeader:
            (
                "devices.proxy_protocol",
                "have the proxy send headers of version 2, or take it out of the trusted ones"
            )
        case .gone: nil
        }
    }
}

/// Connections that were turned away, by reason.
public struct TurnedAwayConnections: Codable, Equatable, Sendable {
    /// By ``TurnedAwayReason/rawValue``.
    private var counts = [UInt64](repeating: 0, count: TurnedAwayReason.allCases.count)

    public init() {}

    public subscript(reason: TurnedAwayReason) -> UInt64 {
        get { counts[reason.rawValue] }
        set { counts[reason.rawValue] = newValue }
    }

    public var total: UInt64 { counts.reduce(0, &+) }

    /// What has come since an older count.
    func since(_ older: TurnedAwayConnections) -> TurnedAwayConnections {
        var newer = self
        for place in counts.indices { newer.counts[place] &-= older.counts[place] }
        return newer
    }
}
