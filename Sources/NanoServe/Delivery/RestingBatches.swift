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

    init(loop: any EventLoop) {
        self.loop = loop
    }

    /// Packets in all of them.
    private(set) var packets = 0
    /// Bytes of those.
    private(set) var bytes = 0

    /// Whether more may rest; otherwise they wait in the journal.
    var hasRoom: Bool {
        let limits = RouteLedger.returnedLimits
        return packets < limits.packets && bytes < limits.bytes
    }

    /// Lets a batch rest.
    ///
    /// - Parameter wake: Called when its time has come, unless it has been taken before.
    func add(_ batch: DeliveryBatch, milliseconds: Int64, wake: @escaping () -> Void) {
        packets += batch.items.count
        bytes += batch.bytes.count
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
        return entries.values.map(\.batch) + due
    }
}
