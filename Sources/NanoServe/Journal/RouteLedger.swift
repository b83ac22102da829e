import NanoCore

/// One destination's account and cursor, as the journal's lock protects them.
struct RouteLedger {
    var accepted: UInt64 = 0
    var delivered: UInt64 = 0
    var waiting: UInt64 = 0
    var inFlight: UInt64 = 0
    /// Packets that the destination refused for good, and that are stored.
    var deadLetters: UInt64 = 0
    /// Packets that were given up unasked.
    var expiredBy = ExpiredPackets()
    /// Packets that an operator gave up.
    var skipped: UInt64 = 0

    /// Packets that were taken together and are not settled.
    struct Flight {
        var packets: Int
        /// Whether they are dead letters, which are in a file of their own.
        var isRedriven: Bool
        /// Whether an operator has given up what of them does not arrive.
        var isSkipped = false
        /// The first block that one of them is of.
        var firstBlock: UInt64
        var oldestMonotonicNanoseconds: UInt64
    }

    /// Where a destination reads on, and when the packet there was received.
    struct OnDisk {
        var position: LogPosition
        var oldestMonotonicNanoseconds: UInt64
    }

    var cursor: RouteCursor
    /// What is known of packets that wait on the disk alone.
    var onDisk: OnDisk?
    /// Packets that the cursor has passed, since their devices have others under way.
    var deferred = DeferredPackets()
    /// Devices whose packets the cursor has passed for good.
    var stragglers = Stragglers()
    /// Devices with packets under way that have failed where others did not.
    var failing = FailingDevices()
    /// Devices whose packets alone have failed while nothing else is taken: what follows of them must not keep
    /// others from showing that the destination is well.
    var suspected: Set<UInt64> = []
    /// Whether what was passed over last ended the looking, and there may be more at hand.
    var isUnfinished = false
    /// Whether the cursor has read all that was at hand.
    var isAtEnd = false
    /// Whether stragglers are looked for before what is new, which they are every other time.
    var isStragglersTurn = false
    /// Batches that came back undelivered, to be taken before anything new.
    var returned: [DeliveryBatch] = []
    /// Packets of those that there may be, and bytes of them.
    var returnedLimits = (packets: Int.max, bytes: Int.max)
    /// The first block that has not left the disk, and why those before it have; nil while none was given up.
    var goneBefore: (block: UInt64, cause: ExpiryCause)?
    /// By the number that a batch was given when it was taken.
    var flights: [UInt64: Flight] = [:]
    /// Packets under way, or returned, of each device: what follows of it has to wait for them.
    var busy: [UInt64: Int32] = [:]
    var isPaused = false
    /// Whether that outlives the process.
    var isPausedByOperator = false
    /// Nobody will look before being woken, which has to happen when so many packets wait; nil
    /// while somebody is about to look anyway.
    var wakesAtWaiting: UInt64?
    /// The last attempt to take something found nothing at hand, until something changes.
    var isHindered = false
    /// Where the disk is being read for the cursor, and for stragglers: what it does not read of one
    /// does not hold up the other.
    var loading: (cursor: LogPosition?, stragglers: LogPosition?) = (nil, nil)
    /// Whether ``waiting`` is what lies behind the cursor, to the packet.
    var isExact = true
    /// The destination takes everything at once, so nothing has to wait for it.
    var takesAtOnce = false

    /// Blocks and runs of blocks that may be unsettled.
    static let openLimit = 16_384

    init(cursor: RouteCursor, waiting: UInt64, stragglers: Stragglers = Stragglers()) {
        self.cursor = cursor
        self.stragglers = stragglers
        self.waiting = waiting + stragglers.count
        accepted = self.waiting
    }

    /// What to go on with after a restart.
    ///
    /// - Parameter isIdle: Whether nothing is left to do up to the end of what was read.
    func saved(isIdle: Bool) -> SavedCursor {
        var saved = cursor.saved(isIdle: isIdle)
        if let stragglers = stragglers.saved(saved, reread: cursor.reread) {
            saved = SavedCursor(position: stragglers.start, stragglers: stragglers)
        }
        saved.unsettled = isExact ? unsettled : nil
        return saved
    }

    /// Packets of the log that are neither delivered nor given up. What is under way of files that are gone,
    /// or was skipped, is in it no more.
    private var unsettled: UInt64 {
        let gone = goneBefore?.block ?? 0
        return flights.values.reduce(waiting) { sum, flight in
            flight.isRedriven || flight.isSkipped || flight.firstBlock < gone
                ? sum : sum + UInt64(flight.packets)
        }
    }

    /// The oldest file that is needed after a restart.
    var oldestSegment: UInt64 { saved(isIdle: false).position.segment }

    /// Whether there is nothing behind the cursor, nor anything it has passed that is not settled.
    var isIdle: Bool { waiting == 0 && inFlight == 0 }

    /// Where the first packet may lie that waits on the disk.
    var onDiskFrom: LogPosition { stragglers.start.map { min($0, cursor.next) } ?? cursor.next }

    /// Puts a batch to those that are taken first, in the order in which its packets came.
    mutating func putBack(_ batch: DeliveryBatch) {
        guard let first = batch.items.first else { return }
        let place = returned.firstIndex {
            guard let other = $0.items.first else { return true }
            return (first.block, first.record) < (other.block, other.record)
        }
        returned.insert(batch, at: place ?? returned.endIndex)
    }

    /// Which of the batches that came back has its turn; nil when it is that of what did not come back,
    /// which every other turn is.
    func returnedPlace(_ turn: Int) -> Int? {
        guard !returned.isEmpty, turn % 2 == 0 || !hasRoomForReturns else { return nil }
        return turn / 2 % returned.count
    }

    /// Whether more may come back: while all of it fails, no more than some packets are held in memory.
    var hasRoomForReturns: Bool {
        returnedPackets < returnedLimits.packets
            && returned.reduce(0) { $0 + $1.bytes.count } < returnedLimits.bytes
    }

    private var returnedPackets: Int { returned.reduce(0) { $0 + $1.items.count } }

    /// Packets that wait behind where the cursor reads on: those that came back, were passed over, or left.
    var passedOver: UInt64 { UInt64(deferred.count + returnedPackets) + stragglers.count }

    /// Whether there may be stragglers' packets where the cursor has not come by since the start: the reader
    /// does not go before it.
    var hasLeftAhead: Bool { !stragglers.isEmpty && cursor.hasDoneAhead }

    /// Packets that wait, but for those that have to wait for others of their devices.
    var takeable: UInt64 {
        // More may wait than is known.
        guard isExact else { return waiting }
        var held: UInt64 = 0
        if !deferred.hasFree { held += UInt64(deferred.count) }
        if !stragglers.areReady { held += stragglers.count }
        return waiting - min(held, waiting)
    }

    /// Whether there are devices whose packets can be left behind where there is no room to pass them over.
    var mayLeaveSome: Bool { !failing.isEmpty || !suspected.isEmpty }

    /// Whether a device has neither packets under way, nor such as were passed over in memory.
    func isFree(_ device: UInt64) -> Bool { busy[device] == nil && !deferred.holds(device) }

    /// Forgets the stragglers once nothing of theirs is left anywhere.
    mutating func forgetStragglers() {
        if isIdle, isExact, !stragglers.isEmpty, stragglers.count == 0 {
            stragglers = Stragglers(packetsAhead: stragglers.packetsAhead)
        }
    }

    /// Takes packets out of those that wait. Should there be more than were known, they had been
    /// given up too early.
    mutating func takeFromWaiting(_ count: UInt64) {
        let known = min(count, waiting)
        waiting -= known
        let regained = expiredBy.takeBack(count - known)
        accepted += count - known - regained
    }

    /// Takes packets out of those that the destination refused for good. Should there be more than
    /// were known, somebody else has written to the file.
    ///
    /// - Returns: How many were not known.
    @discardableResult
    mutating func takeFromDeadLetters(_ count: UInt64) -> UInt64 {
        let known = min(count, deadLetters)
        deadLetters -= known
        accepted += count - known
        return count - known
    }

    mutating func markBusy(_ batch: DeliveryBatch) {
        for item in batch.items {
            busy[item.device, default: 0] += 1
            stragglers.noteBusy(item.device)
        }
    }

    mutating func settle(_ batch: DeliveryBatch) {
        for item in batch.items {
            if let position = item.leftAt {
                stragglers.settle(
                    item.device, at: LogPlace(position: position, record: item.record))
                cursor.settleLater(block: item.block, record: item.record)
            } else {
                cursor.settle(block: item.block, record: item.record)
            }
            guard let count = busy[item.device] else { continue }
            guard count == 1 else {
                busy[item.device] = count - 1
                continue
            }
            busy[item.device] = nil
            if !failing.isEmpty { failing.remove(item.device) }
            if !suspected.isEmpty { suspected.remove(item.device) }
            if !deferred.noteFree(item.device), !stragglers.isEmpty {
                stragglers.noteFree(item.device)
            }
        }
        isHindered = false
    }
}

/// A destination's numbers at one moment.
struct RouteAccount: Sendable {
    var accepted: UInt64
    var delivered: UInt64
    var waiting: UInt64
    var inFlight: UInt64
    var deadLetters: UInt64
    var expiredBy: ExpiredPackets
    var skipped: UInt64
    var isPaused: Bool
    /// Devices of which packets fail while others are taken.
    var failingDevices: Int
    /// The names of some of them.
    var failing: [DeviceName]
    /// Packets that wait for others of their devices, or that came back.
    var heldBack: UInt64
    /// When the oldest packet that waits or is in flight was received; nil when there is none.
    var oldestMonotonicNanoseconds: UInt64?

    /// Packets that were given up unasked, whatever the cause.
    var expired: UInt64 { expiredBy.total }
    /// Packets that are neither delivered nor given up.
    var unfinished: UInt64 { waiting + inFlight }
    /// Whether there is anything that time alone will bring to an end.
    var isUnderWay: Bool { inFlight > 0 || (waiting > 0 && !isPaused) }
}
