import NanoCore

/// Devices that a lane has accepted packets from, found by the hash that the limits use.
///
/// Only verified packets make an entry. Beyond its capacity new devices are not listed, but their
/// packets are counted everywhere else.
struct DeviceTable {
    private struct Device {
        var hash: UInt64
        var model: ModelID
        var id: String
        var peer: PeerReference
        var accepted: UInt64 = 0
        var refused: UInt64 = 0
        var firstSeen: Int64
        var lastSeen: Int64
        var clockOffset: Double = 0
        var generation: UInt8 = 0
        /// Packets since `windowStart`, in monotonic nanoseconds, and the rate of the window before.
        var windowStart: UInt64
        var windowPackets: UInt32 = 0
        var settledRate: Double?

        mutating func note(_ packet: VerifiedPacket, from peer: PeerReference) {
            let now = packet.receivedAt
            accepted &+= 1
            self.peer = peer
            lastSeen = now.unixMilliseconds
            generation = packet.generation
            clockOffset = Double(Int64(packet.frame.header.timestamp) &- now.unixSeconds)
            windowPackets &+= 1
            let elapsed = now.monotonicNanoseconds &- windowStart
            guard elapsed >= DeviceTable.windowNanoseconds else { return }
            settledRate = Double(windowPackets) * 1e9 / Double(elapsed)
            windowStart = now.monotonicNanoseconds
            windowPackets = 0
        }
    }

    /// A device's hash and model, which never change.
    struct Name {
        let hash: UInt64
        let model: ModelID
    }

    private var devices: [Device] = []
    /// Of the same devices in the same order: so that they can be counted while the event loop goes
    /// on writing to what changes with every packet.
    private(set) var names: [Name] = []
    private var places = HashIndex()
    private static let capacity = 65_536
    private static let windowNanoseconds: UInt64 = 10_000_000_000

    /// Packets that were accepted in one read.
    mutating func noteAccepted(
        _ packets: [VerifiedPacket], in bytes: Span<UInt8>, from peer: PeerReference
    ) {
        for packet in packets {
            guard let place = place(of: packet, bytes, peer) else { continue }
            devices[place].note(packet, from: peer)
        }
    }

    /// A refusal that a genuine frame of this device met.
    mutating func noteRefused(device: UInt64) {
        guard let place = places[device] else { return }
        devices[place].refused &+= 1
    }

    private mutating func place(
        of packet: VerifiedPacket, _ bytes: Span<UInt8>, _ peer: PeerReference
    ) -> Int? {
        if let place = places[packet.device] { return place }
        guard devices.count < Self.capacity else { return nil }
        // A payload without an id is filed under its connection's address.
        let id = packet.deviceID?.text(in: bytes)
        devices.append(
            Device(
                hash: packet.device, model: packet.frame.header.model, id: id ?? "", peer: peer,
                firstSeen: packet.receivedAt.unixMilliseconds,
                lastSeen: packet.receivedAt.unixMilliseconds,
                windowStart: packet.receivedAt.monotonicNanoseconds))
        names.append(Name(hash: packet.device, model: packet.frame.header.model))
        places.insert(packet.device, at: devices.count - 1)
        return devices.count - 1
    }

    /// Adds this lane's devices to those of others; a device that changed lanes is one device.
    func add(
        to sums: inout [UInt64: DeviceSnapshot], now: Moment, address: (Int) -> String
    ) {
        for device in devices {
            var row = sums[device.hash] ?? DeviceSnapshot(model: device.model, id: device.id)
            let isNewer = device.lastSeen >= row.lastSeenUnixMilliseconds
            row.accepted += device.accepted
            row.refused += device.refused
            row.packetsPerSecond += rate(of: device, now)
            let first = row.firstSeenUnixMilliseconds
            row.firstSeenUnixMilliseconds =
                first == 0 ? device.firstSeen : min(first, device.firstSeen)
            if isNewer {
                let host = address(device.peer.talker)
                if device.id.isEmpty { row.id = host }
                row.address = "\(host):\(device.peer.port)"
                row.lastSeenUnixMilliseconds = device.lastSeen
                row.clockOffsetSeconds = device.clockOffset
                row.generation = device.generation
            }
            sums[device.hash] = row
        }
    }

    private func rate(of device: Device, _ now: Moment) -> Double {
        let elapsed = Double(now.monotonicNanoseconds &- device.windowStart) / 1e9
        let silence = Double(now.unixMilliseconds - device.lastSeen) / 1e3
        if silence > 2 * Double(Self.windowNanoseconds) / 1e9 { return 0 }
        guard let settled = device.settledRate else {
            return Double(device.windowPackets) / max(elapsed, 1)
        }
        return settled
    }
}
