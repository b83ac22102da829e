/// One destination's account and cursor, as the journal's lock protects them.
struct RouteLedger {
    var accepted: UInt64 = 0
    var delivered: UInt64 = 0
    var waiting: UInt64 = 0
    var inFlight: UInt64 = 0
    var deadLetters: UInt64 = 0

    /// Packets that were taken together and are not settled.
    struct Flight {
        var packets: Int
        var oldestMonotonicNanoseconds: UInt64
    }

    /// Where it reads on, in each of the journal's chains.
    var cursors: [JournalChain.Cursor] = []
    /// Batches that came back undelivered, to be taken before anything new.
    var returned: [DeliveryBatch] = []
    /// By the number that a batch was given when it was taken.
    var flights: [UInt64: Flight] = [:]
    var isPaused = false
    /// Nobody will look before being woken, which has to happen when so many packets wait; nil
    /// while somebody is about to look anyway.
    var wakesAtWaiting: UInt64?
    /// The destination takes everything at once, so nothing has to wait for it.
    var takesAtOnce = false
}

/// A destination's numbers at one moment.
struct RouteAccount: Sendable {
    var accepted: UInt64
    var delivered: UInt64
    var waiting: UInt64
    var inFlight: UInt64
    var deadLetters: UInt64
    var isPaused: Bool
    /// When the oldest packet that waits or is in flight was received; nil when there is none.
    var oldestMonotonicNanoseconds: UInt64?

    var isUnfinished: Bool { waiting + inFlight > 0 }
    /// Whether there is anything that time alone will bring to an end.
    var isUnderWay: Bool { inFlight > 0 || (waiting > 0 && !isPaused) }
}
