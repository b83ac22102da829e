import NIOCore

/// Batches of a route that wait for their next attempt. Only its route's event loop touches them.
///
/// They take none of the requests that a destination bears at once: one that it never takes keeps
/// nobody else waiting.
final class RestingBatches {
    private struct Entry {
        let batch: DeliveryBatch
        let timer: Scheduled<Void>
    }

    private let loop: any EventLoop
    private var entries: [UInt64: Entry] = [:]
    private var last: UInt64 = 0
    /// Those whose time has come, the first to come first.
    private var due: [DeliveryBatch] = []

    /// Ends the rest of what came back to the journal for want of room here.
    private var returnsTimer: (number: UInt64, task: Scheduled<Void>)?
    /// Such rests since there was room.
    private var returnsRests = 0

    private let limits: (packets: Int, bytes: Int)

    /// - Parameter limits: Packets that may rest, and bytes of them.
    init(loop: any EventLoop, limits: (packets: Int, bytes: Int)) {
        self.loop = loop
        self.limits = limits
    }

    /// Whether what came back to the journal for want of room here is not to be tried yet.
    var areReturnsResting: Bool { returnsTimer != nil }

    /// Lets all rest that comes back to the journal for want of room here. It has no time of its own
    /// there, and would be sent again at once.
    ///
    /// - Parameters:
    ///   - delay: How many milliseconds, by the number of such rests since there was room.
    ///   - wake: Called when the time has come.
    func restReturns(milliseconds delay: (Int) -> Int64, wake: @escaping () -> Void) {
        guard returnsTimer == nil else { return }
        returnsRests += 1
        let amount = TimeAmount.milliseconds(delay(returnsRests))
        last += 1
        let number = last
        let task = loop.assumeIsolated().scheduleTask(in: amount) {
            // Event loops also run what was cancelled by another task of the same turn.
            guard self.returnsTimer?.number == number else { return }
            self.returnsTimer = nil
            wake()
        }
        returnsTimer = (number, task)
    }

    private func endRestOfReturns() {
        returnsTimer?.task.cancel()
        returnsTimer = nil
    }

    /// Packets in all of them.
    private(set) var packets = 0
    /// Bytes of those.
    private(set) var bytes = 0

    /// Whether more may rest; otherwise they wait in the journal.
    var hasRoom: Bool { packets < limits.packets && bytes < limits.bytes }

    /// Lets a batch rest.
    ///
    /// - Parameter wake: Called when its time has come, unless it has been taken before.
    func add(_ batch: DeliveryBatch, milliseconds: Int64, wake: @escaping () -> Void) {
        packets += batch.items.count
        bytes += batch.bytes.count
        if packets < limits.packets / 2 { returnsRests = 0 }
        last += 1
        let number = last
        let timer = loop.assumeIsolated().scheduleTask(in: .milliseconds(milliseconds)) {
            // Event loops also run what was cancelled by another task of the same turn.
            guard self.entries.removeValue(forKey: number) != nil else { return }
            self.due.append(batch)
            wake()
        }
        entries[number] = Entry(batch: batch, timer: timer)
    }

    /// A batch that has rested; nil when there is none.
    func takeDue() -> DeliveryBatch? {
        guard !due.isEmpty else { return nil }
        let batch = due.removeFirst()
        packets -= batch.items.count
        bytes -= batch.bytes.count
        return batch
    }

    /// Ends all rests.
    ///
    /// - Returns: The batches, in no order.
    func takeAll() -> [DeliveryBatch] {
        defer { (entries, due, packets, bytes) = ([:], [], 0, 0) }
        for entry in entries.values { entry.timer.cancel() }
        endRestOfReturns()
        return entries.values.map(\.batch) + due
    }
}
