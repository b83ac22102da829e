import NanoCore
import Synchronization

/// Every accepted packet once, and for each destination a cursor over them.
///
/// This journal lives in memory of bounded size. A destination that stands still keeps its packets
/// here and holds no other destination up; when the memory is used up the gateway stops reading
/// from devices, so that nothing is dropped.
final class Journal: Sendable {
    private let state: Mutex<JournalState>
    private let routeCount: Int
    private let roomReturned = Mutex<(@Sendable () -> Void)?>(nil)

    /// - Parameter budgetBytes: Memory for packets that wait; at least four blocks are used.
    init(routeCount: Int, budgetBytes: Int) {
        self.routeCount = routeCount
        state = Mutex(
            JournalState(
                routeCount: routeCount, budgetBlocks: max(4, budgetBytes / JournalBlock.capacity)))
    }

    /// Sets what is called, on any thread, when there is room again after the journal was full.
    func onRoomReturned(_ action: @escaping @Sendable () -> Void) {
        roomReturned.withLock { $0 = action }
    }

    /// Marks a destination that takes everything at once.
    func markTakesAtOnce(route: Int) {
        state.withLock { $0.ledgers[route].takesAtOnce = true }
    }

    var isFull: Bool { state.withLock { $0.isFull } }

    /// Bytes of blocks in use and the most there may be.
    var usage: (bytes: Int, budgetBytes: Int) {
        state.withLock { $0.usage }
    }

    /// Takes in the accepted packets of one read, all of them, whether there is room or not: they
    /// have been judged, and the reading stops afterwards.
    ///
    /// - Returns: The destinations to wake, whether the reading has to stop, and the packets that
    ///   were settled at once, each as often as it had destinations that take everything.
    func append(
        _ packets: [StagedPacket], from source: Span<UInt8>
    ) -> (wake: RouteMask, isFull: Bool, settled: UInt64) {
        state.withLock { state in
            var wake: RouteMask = []
            let before = state.settledAtOnce
            for packet in packets {
                var stored = packet
                stored.routes = state.account(for: packet.routes, wake: &wake)
                if !stored.routes.isEmpty { state.store(stored, from: source) }
            }
            return (wake, state.isFull, state.settledAtOnce &- before)
        }
    }

    /// Takes the next packets for a destination, at most so many; nil when there are none or it is
    /// paused. What is taken is in flight until it is resolved or returned.
    func take(route: Int, limit: Int) -> DeliveryBatch? {
        state.withLock { $0.take(route, limit) }
    }

    /// Notes that a destination waits, to be woken when so many packets wait for it, unless they do
    /// already.
    ///
    /// - Returns: Whether it may wait; if not, nobody will wake it.
    func fallAsleep(route: Int, untilWaiting count: Int) -> Bool {
        state.withLock { state in
            let ledger = state.ledgers[route]
            let mayWait = ledger.isPaused || ledger.waiting < UInt64(count)
            state.ledgers[route].wakesAtWaiting = mayWait ? UInt64(count) : nil
            return mayWait
        }
    }

    /// Packets that wait for a destination.
    func waiting(route: Int) -> UInt64 {
        state.withLock { $0.ledgers[route].waiting }
    }

    /// Settles packets for good.
    func resolve(route: Int, batch: DeliveryBatch, as outcome: DeliveryOutcome) {
        let hasRoomAgain = state.withLock { state in
            let count = UInt64(batch.items.count)
            switch outcome {
            case .delivered: state.ledgers[route].delivered += count
            case .deadLetter: state.ledgers[route].deadLetters += count
            case .retry: preconditionFailure("a packet to be tried again is not settled")
            }
            state.land(route, batch)
            for item in batch.items { state.settle(item) }
            return state.noticeRoom()
        }
        if hasRoomAgain { roomReturned.withLock { $0 }?() }
    }

    /// Puts packets back to the front of those that wait.
    func giveBack(route: Int, batch: DeliveryBatch) {
        state.withLock { state in
            state.land(route, batch)
            state.ledgers[route].waiting += UInt64(batch.items.count)
            state.ledgers[route].returned.append(batch)
        }
    }

    func isPaused(route: Int) -> Bool {
        state.withLock { $0.ledgers[route].isPaused }
    }

    /// - Returns: Whether that changed anything.
    func setPaused(_ isPaused: Bool, route: Int) -> Bool {
        state.withLock { state in
            guard state.ledgers[route].isPaused != isPaused else { return false }
            state.ledgers[route].isPaused = isPaused
            return true
        }
    }

    /// Every destination's account at one moment.
    var ledgers: [RouteAccount] {
        state.withLock { state in (0..<routeCount).map { state.accountSnapshot(route: $0) } }
    }
}
