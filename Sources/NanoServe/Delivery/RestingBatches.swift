import NIOCore

/// Batches of a route that wait for their next attempt. Only its route's event loop touches them.
final class RestingBatches {
    private struct Entry {
        let batch: DeliveryBatch
        let timer: Scheduled<Void>
    }

    private let loop: any EventLoop
    private var entries: [UInt64: Entry] = [:]
    private var last: UInt64 = 0

    init(loop: any EventLoop) {
        self.loop = loop
    }

    /// Lets a batch rest.
    ///
    /// - Parameter attempt: Called when its time has come, unless it has been taken before.
    func add(
        _ batch: DeliveryBatch, milliseconds: Int64, attempt: @escaping (DeliveryBatch) -> Void
    ) {
        last += 1
        let number = last
        let timer = loop.assumeIsolated().scheduleTask(in: .milliseconds(milliseconds)) {
            // Event loops also run what was cancelled by another task of the same turn.
            guard self.entries.removeValue(forKey: number) != nil else { return }
            attempt(batch)
        }
        entries[number] = Entry(batch: batch, timer: timer)
    }

    /// Ends all rests.
    ///
    /// - Returns: The batches, in no order.
    func takeAll() -> [DeliveryBatch] {
        defer { entries = [:] }
        for entry in entries.values { entry.timer.cancel() }
        return entries.values.map(\.batch)
    }
}
