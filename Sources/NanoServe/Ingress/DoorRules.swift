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
    /// What is done about those who send what is refused, or connect for nothing.
    public var offenders = OffenderRules()

    /// Rules that let everybody in.
    public init() {}

    /// What there is against an address; nil for one that the system does not know any more, as
    /// its connection was reset at once. Health checks do so, and nobody is denied by that; but it
    /// could be anybody's, so it is let in only where all are.
    func objection(to address: IPAddress?) -> TurnedAwayReason? {
        guard let address else {
            return allow == nil && deny.isEmpty && proxies.isEmpty ? nil : .gone
        }
        if deny.contains(address) { return .denied }
        return allow.map { $0.contains(address) } == false ? .notAllowed : nil
    }
}
