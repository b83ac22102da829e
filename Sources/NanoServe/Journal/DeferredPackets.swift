/// Packets of a destination that were passed over, since their devices have others under way.
///
/// Each is found when its device has none under way any more, however many wait here.
struct DeferredPackets {
    /// A packet with a copy of its record, so that it does not keep its whole block in memory.
    struct Packet {
        let block: LogBlock
        let record: LogRecord
        let place: UInt32

        init(_ record: LogRecord, at offset: Int, place: UInt32, of block: LogBlock) {
            let bytes = Array(block.bytes[offset..<record.end])
            self.block = LogBlock(block.head, at: block.position, bytes: bytes)
            self.record = LogRecord(bytes, at: 0) ?? record
            self.place = place
        }

        var log: LogPlace { LogPlace(position: block.position, record: place) }
    }

    /// The packets of each device, in order.
    private var queues: [UInt64: [Packet]] = [:]
    /// Devices that have none under way, in the order in which that came to be so.
    private var free: [UInt64] = []
    private(set) var count = 0
    private var bytes = 0

    let limit: Int
    private static let limitBytes = 8 << 20

    /// - Parameter limit: Packets that there may be.
    init(limit: Int = 0) {
        self.limit = limit
    }

    var isEmpty: Bool { count == 0 }
    var hasRoom: Bool { count < limit && bytes < Self.limitBytes }
    /// Whether there is so much room that also what may stay here for long is taken in.
    var hasAmpleRoom: Bool { count < limit / 2 && bytes < Self.limitBytes / 2 }

    /// Whether some can be taken.
    var hasFree: Bool { !free.isEmpty }

    func holds(_ device: UInt64) -> Bool { queues[device] != nil }
    func count(of device: UInt64) -> Int { queues[device]?.count ?? 0 }
    func first(of device: UInt64) -> Packet? { queues[device]?.first }

    mutating func append(_ packet: Packet) {
        queues[packet.record.device, default: []].append(packet)
        count += 1
        bytes += packet.record.end
    }

    /// Notes that a device has no packets under way any more.
    ///
    /// - Returns: Whether there are some of its here.
    mutating func noteFree(_ device: UInt64) -> Bool {
        guard holds(device) else { return false }
        free.append(device)
        return true
    }

    /// Takes packets of devices that have none under way, at most so many, in the order of the log.
    mutating func takeFree(_ limit: Int) -> [Packet] {
        var taken: [Packet] = []
        var devices = 0
        for device in free {
            guard taken.count < limit else { break }
            devices += 1
            guard var queue = queues.removeValue(forKey: device) else { continue }
            let some = min(queue.count, limit - taken.count)
            taken += queue.prefix(some)
            queue.removeFirst(some)
            if !queue.isEmpty { queues[device] = queue }
        }
        free.removeFirst(devices)
        forget(taken)
        return taken.sorted { $0.log < $1.log }
    }

    private mutating func forget(_ packets: [Packet]) {
        count -= packets.count
        bytes -= packets.reduce(0) { $0 + $1.record.end }
    }

    /// Takes out all packets, or those in front of a segment.
    mutating func removeAll(before segment: UInt64 = .max) -> [Packet] {
        var removed: [Packet] = []
        for (device, queue) in queues {
            let gone = queue.prefix { $0.block.position.segment < segment }
            guard !gone.isEmpty else { continue }
            removed += gone
            queues[device] = gone.count < queue.count ? Array(queue[gone.endIndex...]) : nil
        }
        free.removeAll { queues[$0] == nil }
        forget(removed)
        return removed
    }

    /// The packet that lies first in the log.
    var oldest: Packet? {
        queues.values.compactMap(\.first).min { $0.log < $1.log }
    }
}
