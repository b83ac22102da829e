/// Accepted packets that a stopped gateway has not delivered; they are gone with its memory.
public struct UndeliveredPackets: Error, Equatable, CustomStringConvertible {
    public let description: String

    /// Nil when nothing is left behind.
    init?(_ counts: [(route: String, packets: UInt64)]) {
        let left = counts.filter { $0.packets > 0 }
        guard !left.isEmpty else { return nil }
        let routes = left.map { "\($0.route) \($0.packets)" }.joined(separator: ", ")
        description =
            "stopped with accepted packets undelivered, which are lost: \(routes); mend or resume "
            + "these routes before a stop, or raise delivery.drain_s"
    }
}
