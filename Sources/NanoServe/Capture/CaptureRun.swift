import NanoCore

/// A capture that runs: takes from the lanes' queues and writes, until its order is met.
struct CaptureRun: ~Copyable {
    private let order: CaptureOrder
    private var files: CaptureFiles
    private let queues: [CaptureQueue]
    private let endsAt: UInt64?
    private(set) var snapshot = CaptureSnapshot()

    /// - Parameter queues: One for each lane.
    /// - Throws: ``StateFolder/Fault`` when the first file cannot be made.
    init(order: CaptureOrder, folder: String, queues: [CaptureQueue], now: Moment) throws {
        self.order = order
        self.queues = queues
        files = try CaptureFiles(folder: folder, order: order, now: now)
        endsAt = order.seconds.map { now.monotonicNanoseconds + UInt64($0) * 1_000_000_000 }
        snapshot.format = order.format.rawValue
        snapshot.startedUnixMilliseconds = now.unixMilliseconds
        note()
    }

    /// Writes what has come.
    ///
    /// - Returns: Why the capture ends here; nil while it goes on.
    mutating func advance(now: Moment) -> String? {
        var packets: [CaptureQueue.Packet] = []
        for queue in queues {
            let (taken, missed) = queue.take()
            packets += taken
            snapshot.missed += missed
        }
        // Each lane has its own order, which is that of time.
        packets.sort { $0.unixMilliseconds < $1.unixMilliseconds }
        defer { note() }
        do {
            if let ending = try write(packets) { return ending }
        } catch {
            return "\(error)"
        }
        guard let endsAt, now.monotonicNanoseconds >= endsAt else { return nil }
        return "its time is over"
    }

    /// Closes the files.
    mutating func finish(_ ending: String) -> CaptureSnapshot {
        var ending = ending
        do {
            try files.finish()
        } catch {
            ending += "; \(error)"
        }
        snapshot.isRunning = false
        snapshot.ending = ending
        return snapshot
    }

    private mutating func write(_ packets: [CaptureQueue.Packet]) throws -> String? {
        let bytes = packets.reduce(0) { $0 + $1.bytes.count * 4 }
        guard packets.isEmpty || files.hasRoom(for: bytes) else {
            snapshot.missed += UInt64(packets.count)
            return "the disk has less than \(PlainWords.bytes(UInt64(CaptureFiles.reservedBytes))) "
                + "left, which the journal may need"
        }
        for (index, packet) in packets.enumerated() {
            var encoded: [UInt8] = []
            PacketDump.append(
                packet.record(id: snapshot.packets), as: order.format, into: &encoded)
            do {
                try files.append(encoded)
            } catch {
                snapshot.missed += UInt64(packets.count - index)
                throw error
            }
            snapshot.packets += 1
            if let most = order.packets, snapshot.packets >= most { return "all packets written" }
            let most = order.bytes ?? (order.ring == nil ? CaptureOrder.usualBytes : nil)
            if let most, files.bytes >= most { return "all bytes written" }
        }
        return nil
    }

    private mutating func note() {
        snapshot.bytes = files.bytes
        snapshot.files = files.kept.count
        snapshot.path = files.path
        snapshot.keptPackets = files.kept.reduce(0) { $0 + $1.packets }
        snapshot.keptBytes = files.kept.reduce(0) { $0 + $1.bytes }
    }
}
