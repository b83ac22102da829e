import NanoCore

@testable import NanoServe

extension Journal {
    /// A journal on a disk in memory.
    static func simulated(
        routes: Int = 1, disk: SimulatedDisk = SimulatedDisk(), memoryBytes: Int = 1 << 20,
        maximumBytes: Int = 64 << 20, spareBytes: Int = 0,
        whenFull: Settings.Journal.WhenFull = .block,
        deferredPackets: Int = 4_096, loadBytes: Int = 512 << 10,
        returnedPackets: Int = 16_384
    ) throws -> Journal {
        var configuration = Configuration(routes: (0..<routes).map { "route\($0)" })
        configuration.memoryBytes = memoryBytes
        configuration.maximumBytes = maximumBytes
        configuration.spareBytes = spareBytes
        configuration.whenFull = whenFull
        configuration.deferredPackets = deferredPackets
        configuration.returned.packets = returnedPackets
        configuration.loadBytes = loadBytes
        let journal = try Journal(configuration, storage: disk, hashKey: (3, 4))
        // Tests that don't look for waiting take what is on disk at once.
        journal.onLoad { [unowned journal] route, position in
            _ = try? journal.load(route: route, from: position)
        }
        return journal
    }

    /// A journal on a disk in memory, as a supervisor gets it: what fails at a start is started again.
    static func reopened(
        routes: Int, disk: SimulatedDisk, memoryBytes: Int, maximumBytes: Int,
        deferredPackets: Int = 4_096, loadBytes: Int = 512 << 10,
        returnedPackets: Int = 16_384
    ) throws -> Journal {
        var attempts = 0
        while true {
            do {
                return try simulated(
                    routes: routes, disk: disk, memoryBytes: memoryBytes,
                    maximumBytes: maximumBytes, deferredPackets: deferredPackets,
                    loadBytes: loadBytes, returnedPackets: returnedPackets)
            } catch let fault as StorageFault {
                attempts += 1
                guard attempts < 10 else { throw fault }
            }
        }
    }

    /// Takes packets, also such that have to be read from the disk first.
    func takeLoaded(route: Int, limit: Int) -> DeliveryBatch? {
        for _ in 0..<1_000 {
            if let batch = take(route: route, limit: limit) { return batch }
            guard !isPaused(route: route), takeable(route: route) > 0,
                !fallAsleep(route: route, untilWaiting: 1)
            else { return nil }
        }
        return nil
    }

    /// Delivers what waits for the first destination.
    ///
    /// - Parameter limit: No more is taken once so many were.
    /// - Returns: Its numbers, in the order in which they were taken.
    func deliver(limit: Int = .max) -> [Int] {
        var seen: [Int] = []
        while seen.count < limit, let batch = takeLoaded(route: 0, limit: 10) {
            seen += batch.numbers
            resolve(route: 0, batch: batch, as: .delivered)
        }
        return seen
    }

    /// Commits a block of packets for the first destination; every frame begins with its number.
    ///
    /// - Parameter device: That of a number; each has one of its own by default.
    func commit(
        numbered numbers: Range<Int>, bytes: Int = 200, now: Moment,
        of device: (Int) -> UInt64 = { UInt64($0) }
    ) throws {
        var buffer: [UInt8] = []
        var packets: [StagedPacket] = []
        for number in numbers {
            let start = buffer.count
            buffer.append(littleEndian: UInt64(number))
            buffer += [UInt8](repeating: 7, count: bytes - 8)
            packets.append(
                StagedPacket(
                    frame: start..<buffer.count,
                    entry: ReplayGuard.Entry(
                        model: .custom, timestamp: UInt32(1_000 + number), device: device(number),
                        tag: UInt64(number), source: PacketSource(connection: 1, address: 1)),
                    routes: RouteMask(destination: 0), receivedAt: now))
        }
        _ = append(packets, from: buffer.span)
        try commit(now: now)
    }

    /// Removes what nobody needs, as if the replay guard had been saved.
    func tidyUp(now: Moment = .now) throws {
        noteGuarded(upTo: lastBlock)
        try keepHouse(now: now)
    }
}

extension DeliveryBatch {
    /// What its packets begin with, where a test has numbered them.
    var numbers: [Int] { items.map { Int(bytes.integer(at: $0.frame.lowerBound, UInt64.self)) } }
}

extension StagedPacket {
    /// A packet of a device with a tag of its own.
    init(frame: Range<Int>, model: ModelID, routes: RouteMask, receivedAt: Moment) {
        self.init(
            frame: frame,
            entry: ReplayGuard.Entry(
                model: model, timestamp: UInt32(truncatingIfNeeded: receivedAt.unixSeconds),
                device: UInt64(frame.lowerBound), tag: UInt64(frame.lowerBound),
                source: PacketSource(connection: 1, address: 1)),
            routes: routes, receivedAt: receivedAt)
    }
}
