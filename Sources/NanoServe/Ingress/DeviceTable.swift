import NanoCore

/// Devices that a lane has accepted packets from, found by the hash that the limits use.
///
/// Only verified packets make an entry. Beyond its capacity one makes room for the next: of a few that
/// are looked at, the one silent for longest of the model with most, so that names made up under one
/// model's key push out none of a model with fewer. What changes with every packet lies apart from the rest: it is one
/// line of the processor's cache for each device.
struct DeviceTable {
    /// What never changes.
    struct Name {
        let hash: UInt64
        let model: ModelID
        /// Empty for a device whose payloads have no id: it is filed under its address.
        let id: String
        /// Milliseconds of Unix time.
        let firstSeen: Int64
        /// Where its first packet came from.
        let firstPeer: PeerReference
    }

    /// What changes with every packet.
    private struct Activity {
        var accepted: UInt64 = 0
        /// Of the frames that were accepted.
        var bytes: UInt64 = 0
        /// Milliseconds of Unix time.
        var lastSeen: Int64 = 0
        /// The same in monotonic nanoseconds.
        var lastHeard: UInt64 = 0
        /// Monotonic nanoseconds.
        var windowStart: UInt64
        var windowPackets: UInt32 = 0
        /// Seconds that the device's clock is ahead.
        var clockOffset: Int32 = 0
        var talker: Int32 = 0
        var port: UInt16 = 0
        /// Of the model's secret, that verified its last packet.
        var generation: UInt32 = 0

        init(windowStart: UInt64) {
            self.windowStart = windowStart
        }

        /// - Returns: The packets a second of the window that ends with this one, if it does.
        @inline(__always)
        mutating func note(_ packet: VerifiedPacket, from peer: PeerReference) -> Double? {
            let now = packet.receivedAt
            accepted &+= 1
            bytes &+= UInt64(truncatingIfNeeded: packet.frame.end &- packet.frame.start)
            lastSeen = now.unixMilliseconds
            lastHeard = now.monotonicNanoseconds
            clockOffset = Int32(
                truncatingIfNeeded: Int64(packet.frame.header.timestamp) &- now.unixSeconds)
            talker = Int32(truncatingIfNeeded: peer.talker)
            port = peer.port
            generation = UInt32(truncatingIfNeeded: packet.generation)
            windowPackets &+= 1
            let elapsed = now.monotonicNanoseconds &- windowStart
            guard elapsed >= DeviceTable.windowNanoseconds else { return nil }
            defer {
                windowStart = now.monotonicNanoseconds
                windowPackets = 0
            }
            return Double(windowPackets) * 1e9 / Double(elapsed)
        }
    }

    /// What changes now and then.
    private struct Remark {
        var refused: UInt64 = 0
        /// Packets a second in the last window that is over.
        var settledRate: Double?
    }

    /// Who is listed, for those who look from time to time.
    struct Listing: Sendable {
        let names: [Name]
        /// How often one has made room for another, which has its place among the names.
        let replaced: UInt64
    }

    private var names: [Name] = []
    private var replaced: UInt64 = 0
    /// By model.
    private var counts = [Int](repeating: 0, count: Int(UInt8.max) + 1)
    private var activities: [Activity] = []
    private var remarks: [Remark] = []
    private var places = HashIndex()
    /// Refusals that genuine frames of devices met which are not listed, of ``unlistedCapacity`` devices at
    /// most: they count as soon as one of the lanes lists the device.
    private var unlisted: [UInt64: UInt64] = [:]
    private static let unlistedCapacity = 1_024
    private let capacity: Int
    /// Entries that are looked at to find one that makes room.
    private static let candidates = 16
    private static let windowNanoseconds: UInt64 = 10_000_000_000

    init(capacity: Int = 65_536) {
        self.capacity = capacity
    }

    var listing: Listing { Listing(names: names, replaced: replaced) }

    /// Packets that were accepted in one read.
    mutating func noteAccepted(
        _ packets: [VerifiedPacket], in bytes: Span<UInt8>, from peer: PeerReference
    ) {
        for packet in packets {
            let place = place(of: packet, bytes, peer)
            if let rate = activities[place].note(packet, from: peer) {
                remarks[place].settledRate = rate
            }
        }
    }

    /// A refusal that a genuine frame of this device met.
    mutating func noteRefused(device: UInt64) {
        if let place = places[device] {
            remarks[place].refused &+= 1
            return
        }
        guard unlisted.count < Self.unlistedCapacity || unlisted[device] != nil else { return }
        unlisted[device, default: 0] &+= 1
    }

    @inline(__always)
    private mutating func place(
        of packet: VerifiedPacket, _ bytes: Span<UInt8>, _ peer: PeerReference
    ) -> Int {
        places[packet.device] ?? add(packet, bytes, peer)
    }

    private mutating func add(
        _ packet: VerifiedPacket, _ bytes: Span<UInt8>, _ peer: PeerReference
    ) -> Int {
        let name = Name(
            hash: packet.device, model: packet.frame.header.model,
            id: packet.deviceID?.text(in: bytes) ?? "",
            firstSeen: packet.receivedAt.unixMilliseconds, firstPeer: peer)
        let activity = Activity(windowStart: packet.receivedAt.monotonicNanoseconds)
        let remark = Remark(refused: unlisted.removeValue(forKey: packet.device) ?? 0)
        counts[Int(name.model.rawValue)] += 1
        let place: Int
        if names.count < capacity {
            place = names.count
            names.append(name)
            activities.append(activity)
            remarks.append(remark)
        } else {
            place = placeToLeave(by: packet.device)
            places.remove(names[place].hash)
            counts[Int(names[place].model.rawValue)] -= 1
            replaced &+= 1
            names[place] = name
            activities[place] = activity
            remarks[place] = remark
        }
        places.insert(packet.device, at: place)
        return place
    }

    /// Which entry makes room for a device. Where is looked depends on its hash, which nobody can steer.
    private func placeToLeave(by hash: UInt64) -> Int {
        var number = hash
        var chosen: Int?
        for _ in 0..<Self.candidates {
            // Knuth's linear congruential generator, for MMIX.
            number = number &* 6_364_136_223_846_793_005 &+ 1_442_695_040_888_963_407
            let place = Int(number.multipliedFullWidth(by: UInt64(capacity)).high)
            guard let other = chosen else {
                chosen = place
                continue
            }
            let (count, most) = (
                counts[Int(names[place].model.rawValue)], counts[Int(names[other].model.rawValue)]
            )
            let isLonger = activities[place].lastHeard < activities[other].lastHeard
            if count > most || count == most && isLonger { chosen = place }
        }
        return chosen ?? 0
    }

    /// Adds this lane's devices to those of others; a device that changed lanes is one device.
    func add(to sum: inout DeviceSum, now: Moment, address: (Int) -> String) {
        sum.reserve(names.count)
        for (place, name) in names.enumerated() {
            sum.change(name.hash, model: name.model, id: name.id) { row in
                add(to: &row, place, now: now, address: address)
            }
        }
        sum.noteUnlisted(unlisted)
    }

    private func add(
        to row: inout DeviceSnapshot, _ place: Int, now: Moment, address: (Int) -> String
    ) {
        let (name, activity) = (names[place], activities[place])
        row.accepted += activity.accepted
        row.bytes = (row.bytes ?? 0) &+ activity.bytes
        row.refused += remarks[place].refused
        row.packetsPerSecond += rate(at: place, now)
        let first = row.firstSeenUnixMilliseconds
        var firstAddress: String?
        if first == 0 || name.firstSeen < first {
            row.firstSeenUnixMilliseconds = name.firstSeen
            firstAddress = "\(address(name.firstPeer.talker)):\(name.firstPeer.port)"
            row.firstAddress = firstAddress
        }
        guard activity.lastHeard >= row.lastSeenMonotonicNanoseconds ?? 0 else { return }
        let host = address(Int(activity.talker))
        if name.id.isEmpty {
            row.id = host
            row.isNamed = false
        }
        let stays =
            Int(activity.talker) == name.firstPeer.talker && activity.port == name.firstPeer.port
        row.address = (stays ? firstAddress : nil) ?? "\(host):\(activity.port)"
        row.lastSeenUnixMilliseconds = activity.lastSeen
        row.lastSeenMonotonicNanoseconds = activity.lastHeard
        row.clockOffsetSeconds = Double(activity.clockOffset)
        row.generation = Int(activity.generation)
    }

    private func rate(at place: Int, _ now: Moment) -> Double {
        let activity = activities[place]
        let elapsed = Double(now.monotonicNanoseconds &- activity.windowStart) / 1e9
        let silence = now.monotonicNanoseconds - min(now.monotonicNanoseconds, activity.lastHeard)
        if silence > 2 * Self.windowNanoseconds { return 0 }
        return remarks[place].settledRate ?? Double(activity.windowPackets) / max(elapsed, 1)
    }
}
