import NanoCore

@testable import NanoServe

/// Packets of the simulation: each is its number.
enum SimulatedPackets {
    static let devices = 7
    private static let timestamp: UInt32 = 1_700_000_000

    static func device(of number: Int) -> Int { number % devices }

    /// Whether no destination ever takes it.
    static func isPoison(_ number: Int) -> Bool { number % 29 == 3 }

    /// All destinations get the even packets, the first one alone the odd ones.
    static func routes(of number: Int) -> RouteMask {
        number % 2 == 0
            ? [RouteMask(destination: 0), RouteMask(destination: 1)] : RouteMask(destination: 0)
    }

    /// A whole frame, with a payload of some length that begins with the number.
    static func frame(_ number: Int, padding: Int) -> [UInt8] {
        var payload: [UInt8] = []
        payload.append(littleEndian: UInt64(number))
        payload += [UInt8](repeating: 9, count: padding)
        return FrameBuilder(
            model: .custom, type: .telemetry, level: .none, timestamp: timestamp
        ).build(payload: payload, key: nil)
    }

    static func staged(_ number: Int, at frame: Range<Int>, now: Moment) -> StagedPacket {
        StagedPacket(
            frame: frame,
            entry: ReplayGuard.Entry(
                model: .custom, timestamp: timestamp, device: UInt64(device(of: number)),
                tag: UInt64(number), source: PacketSource(connection: 1, address: 1)),
            routes: routes(of: number), receivedAt: now)
    }

    static func numbers(in batch: DeliveryBatch) -> [Int] {
        batch.items.map {
            Int(batch.bytes.integer(at: $0.frame.lowerBound + FrameHeader.length, UInt64.self))
        }
    }

    /// Those whose records are on a disk.
    static func numbers(in journal: Journal) throws -> Set<Int> {
        var numbers: Set<Int> = []
        for block in try journal.log.read(from: journal.log.start, bytes: .max).blocks {
            var offset = 0
            while let record = block.record(at: offset) {
                numbers.insert(Int(record.tag))
                offset = record.end
            }
        }
        return numbers
    }
}
