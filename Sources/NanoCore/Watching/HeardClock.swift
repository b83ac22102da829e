/// What a device's timestamps have said of its clock within some minutes.
///
/// A frame may come late, and never early: of all timestamps the one that is newest for its time of
/// arrival tells most. Those of a device that sends what it has kept say nothing until they have caught up
/// with the time.
struct HeardClock: Sendable {
    /// Where the device was heard last; nil for an address that cannot be read.
    private(set) var source: IPNetwork?
    /// How far ahead of the gateway's the clock is, in seconds.
    private(set) var ahead: Double
    /// When that was heard, in Unix milliseconds.
    private var aheadAt: Int64
    /// When the device was heard last, in Unix milliseconds.
    private(set) var heardAt: Int64
    /// Whether the newest timestamp is nearer to the time than those before.
    private(set) var isCatchingUp = false

    init(ahead seconds: Double, at unixMilliseconds: Int64, from source: IPNetwork?) {
        self.source = source
        ahead = seconds
        aheadAt = unixMilliseconds
        heardAt = unixMilliseconds
    }

    /// What it says of the gateway's clock.
    var vote: ClockConsensus.Vote { ClockConsensus.Vote(ahead: ahead, source: source) }

    /// Takes in how far ahead the newest timestamp was; one that is known says nothing new.
    ///
    /// - Parameter since: What was heard before, in Unix milliseconds, counts no more.
    mutating func note(
        ahead seconds: Double, at unixMilliseconds: Int64, from source: IPNetwork?, since: Int64
    ) {
        guard unixMilliseconds > heardAt else { return }
        self.source = source
        let isForgotten = aheadAt < since
        isCatchingUp = !isForgotten && seconds > ahead + ClockConsensus.toleranceSeconds
        heardAt = unixMilliseconds
        guard isForgotten || seconds >= ahead else { return }
        ahead = seconds
        aheadAt = unixMilliseconds
    }
}
