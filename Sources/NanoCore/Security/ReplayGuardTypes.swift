extension ReplayGuard {
    /// What makes two frames the same to the guard.
    public enum KeyMode: UInt8, CaseIterable, Sendable {
        /// Model, timestamp and MAC: a device may send any number of frames a second.
        case frame = 0
        /// Model and timestamp alone: one frame a second from all devices of a model together.
        case modelTimestamp = 1
    }

    /// How much the guard may hold, and for how long.
    public struct Configuration: Equatable, Sendable {
        /// Bytes for frames that are known exactly; rings take 580 bytes a device beside it.
        public var memoryBudgetBytes = 64 << 20
        /// Devices with a ring; the one heard least recently goes first. 1…1,048,576.
        public var deviceCapacity = 20_000
        /// Seconds of the monotonic clock that a second stays exact after its last insertion.
        public var exactSeconds = 300
        public var keyMode = KeyMode.frame

        public init() {}
    }

    /// One frame, as the guard sees it.
    public struct Entry: Equatable, Sendable {
        public var model: ModelID
        /// Unix seconds, from the frame's header.
        public var timestamp: UInt32
        /// Keyed hash of the model and the `device_id`; of the model alone where there is no id.
        public var device: UInt64
        /// The first 8 bytes of the MAC, big-endian; at level 0 a keyed hash of the whole frame.
        public var tag: UInt64
        public var source: PacketSource

        public init(
            model: ModelID, timestamp: UInt32, device: UInt64, tag: UInt64, source: PacketSource
        ) {
            self.model = model
            self.timestamp = timestamp
            self.device = device
            self.tag = tag
            self.source = source
        }
    }

    /// What the guard knows of a frame.
    public enum Check: Equatable, Sendable {
        /// Never seen.
        case fresh
        /// Seen before. The detail says where the first copy came from: `sameConnection`,
        /// `sameAddress` or `otherAddress`, told apart by 8 bits of each: a hint, wrong once in 255
        /// times.
        case replay(RefusalDetail)
        /// May have been seen before. The detail says what the guard no longer knows:
        /// `secondEvicted`, `behindNewest` or `beforeForgotten`.
        case stale(RefusalDetail)
    }

    /// What a guard holds and what it had to give up.
    public struct Statistics: Equatable, Sendable {
        /// Frames known exactly.
        public var entries = 0
        /// Timestamp-seconds known exactly.
        public var seconds = 0
        /// Devices with a ring.
        public var devices = 0
        /// Bytes of exact memory and rings together.
        public var bytes = 0
        /// Timestamp-seconds turned into bits since the start.
        public var evictedSeconds: UInt64 = 0
        /// Devices dropped for others since the start, though they may still have sent what had been
        /// accepted before.
        public var droppedDevices: UInt64 = 0

        public init() {}

        /// Adds what another guard holds.
        public mutating func add(_ other: Statistics) {
            entries += other.entries
            seconds += other.seconds
            devices += other.devices
            bytes += other.bytes
            evictedSeconds &+= other.evictedSeconds
            droppedDevices &+= other.droppedDevices
        }
    }
}

extension ReplayGuard.Check {
    /// Where a remembered frame came from, compared with the source of its copy.
    ///
    /// - Parameter key: Half of the guard's hash key.
    init(replayOf mark: ReplayMark, from source: PacketSource, key: UInt64) {
        guard mark.addressHint == source.addressHint else {
            self = .replay(.otherAddress)
            return
        }
        self = .replay(
            mark.connectionHint == source.connectionHint(key) ? .sameConnection : .sameAddress)
    }
}

extension PacketSource {
    /// 8 bits of the address, which is a hash already.
    var addressHint: UInt8 { UInt8(truncatingIfNeeded: address &>> 56) }

    /// 1…255 for the connection; 0 stands for unknown. Connections are numbered in their order, so
    /// the number is mixed with a key: nobody can count up to one with the same hint.
    @inline(__always)
    func connectionHint(_ key: UInt64) -> UInt8 {
        var value = (connection ^ key) &* 0xBF58_476D_1CE4_E5B9
        value = (value ^ value &>> 31) &* 0x94D0_49BB_1331_11EB
        return UInt8(truncatingIfNeeded: (value &>> 32 &* 255) &>> 32 &+ 1)
    }
}
