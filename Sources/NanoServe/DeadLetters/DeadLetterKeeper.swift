/// What a route needs of whoever keeps its dead letters. Called on the route's event loop, which it
/// never holds up.
protocol DeadLetterKeeper: AnyObject, Sendable {
    /// Stores condemned packets of a destination.
    ///
    /// - Parameter done: Called when they are on the disk, on any thread; with nil when the gateway
    ///   stops and they are not.
    func bury(
        _ letters: [DeadLetter], place: Int, done: @escaping @Sendable (DeadLetterBurial?) -> Void)
    /// Removes letters that were delivered after all.
    func remove(_ numbers: [Int64], place: Int)
    /// Takes letters back that a destination has not delivered; they are still to be sent.
    func release(_ numbers: [Int64], place: Int)
    /// Whether it is worth to ``fetch(_:place:_:)``.
    func hasMarked(place: Int) -> Bool
    /// Hands out letters that are to be sent once more, the oldest first. They have to be claimed
    /// before they are sent, or released.
    ///
    /// - Parameters:
    ///   - waiting: Numbers of letters that have to be sent before others of the same devices, which
    ///     are left out.
    ///   - completion: Called on any thread; with none when there are none.
    func fetch(
        _ count: Int, place: Int, behind waiting: Set<Int64>,
        _ completion: @escaping @Sendable ([DeadLetter]) -> Void)
    /// Claims letters that have been handed out, to send them.
    ///
    /// - Returns: Those that may be sent, which are under way now; the others are to be dropped.
    func claim(_ numbers: [Int64], place: Int) -> Set<Int64>
}

/// What has become of condemned packets.
struct DeadLetterBurial: Sendable {
    /// Packets that had been stored before a crash, and were counted then.
    var known: UInt64 = 0
    /// Older letters of the destination that had to make room.
    var expired: UInt64 = 0
}
