/// Some destinations, by their positions in ``RoutingRules/destinations``.
public struct RouteMask: OptionSet, Hashable, Sendable {
    /// One bit a destination, the first lowest.
    public let rawValue: UInt32

    @inline(__always)
    public init(rawValue: UInt32) {
        self.rawValue = rawValue
    }

    /// The one destination at this position, 0…31.
    public init(destination index: Int) {
        rawValue = 1 << UInt32(index)
    }

    /// Whether the destination at this position is among them.
    public func contains(destination index: Int) -> Bool {
        contains(RouteMask(destination: index))
    }

    /// The positions of the destinations, ascending.
    public var indices: [Int] {
        (0..<UInt32.bitWidth).filter { contains(destination: $0) }
    }
}
