public import NanoCore

/// Who may come in at the device port, and how often.
public struct DoorRules: Equatable, Sendable {
    /// Who may come in; nil for everybody. ``deny`` holds before it.
    public var allow: NetworkList?
    /// Who may not come in.
    public var deny = NetworkList()
    /// Proxies that tell in a header for whom they come.
    public var proxies = NetworkList()
    /// Connections of all together that are let in; nil for no limit.
    public var rate: Rate?
    /// Connections of one address that are let in; nil for no limit.
    public var ratePerAddress: Rate?

    /// Rules that let everybody in.
    public init() {}

    /// What the lists have against an address. One that the system does not know any more is
    /// nobody's who is allowed, and may be anybody's who is denied.
    func objection(to address: IPAddress?) -> TurnedAwayReason? {
        if let address {
            if deny.contains(address) { return .denied }
            return allow.map { $0.contains(address) } == false ? .notAllowed : nil
        }
        if allow != nil { return .notAllowed }
        return deny.isEmpty ? nil : .denied
    }
}
