/// The bytes of a saved replay guard: `NGREPLAY`, version, key mode, hash key, what was forgotten,
/// devices, seconds, and a checksum over all of it. Integers are big-endian.
extension ReplayState {
    static let version: UInt16 = 1
    private static let magic = [UInt8]("NGREPLAY".utf8)
    private static let ringWords = Int(ReplayDevices.ringSeconds) / 64
    private static let checksumBytes = 8

    var encoded: [UInt8] {
        var writer = BigEndianWriter()
        writer.bytes = Self.magic
        writer.write(Self.version)
        writer.write(UInt16(keyMode.rawValue))
        writer.write(hashKey.0)
        writer.write(hashKey.1)
        writer.write(UInt64(bitPattern: forgotten))
        writer.write(UInt32(devices.count))
        for device in devices { writer.write(device) }
        writer.write(UInt32(seconds.count))
        for second in seconds { writer.write(second) }
        writer.write(Self.checksum(of: writer.bytes, count: writer.bytes.count))
        return writer.bytes
    }

    /// - Throws: ``ReplayGuardError``, also when the state was kept under another key mode.
    init(
        encoded bytes: [UInt8], expecting configured: ReplayGuard.KeyMode
    ) throws(ReplayGuardError) {
        var reader = BigEndianReader(bytes)
        guard bytes.starts(with: Self.magic) else { throw .notAReplayGuard }
        reader.skip(Self.magic.count)
        let version: UInt16 = try reader.read()
        guard version > 0 else { throw .inconsistent(offset: Self.magic.count) }
        guard version <= Self.version else {
            throw .newerVersion(found: version, supported: Self.version)
        }
        guard bytes.count >= reader.offset + Self.checksumBytes else {
            throw .truncated(bytes: bytes.count)
        }
        let end = bytes.count - Self.checksumBytes
        var trailer = BigEndianReader(bytes)
        trailer.skip(end)
        guard try trailer.read() == Self.checksum(of: bytes, count: end) else {
            throw .damaged(bytes: bytes.count)
        }
        let modeOffset = reader.offset
        let mode: UInt16 = try reader.read()
        guard let keyMode = UInt8(exactly: mode).flatMap(ReplayGuard.KeyMode.init(rawValue:)) else {
            throw .inconsistent(offset: modeOffset)
        }
        guard keyMode == configured else {
            throw .keyModeChanged(saved: keyMode, configured: configured)
        }
        self.init(hashKey: (try reader.read(), try reader.read()), keyMode: keyMode)
        forgotten = try Self.readLimit(&reader)
        try readDevices(&reader)
        try readSeconds(&reader)
        guard reader.offset == end else { throw .inconsistent(offset: reader.offset) }
    }

    private mutating func readDevices(
        _ reader: inout BigEndianReader
    ) throws(ReplayGuardError) {
        let count: UInt32 = try reader.read()
        for _ in 0..<count {
            let identity: UInt64 = try reader.read()
            let newest: UInt32 = try reader.read()
            let flags: UInt32 = try reader.read()
            let silence: UInt64 = try reader.read()
            let floor = try Self.readLimit(&reader)
            var ring: [UInt64] = []
            ring.reserveCapacity(Self.ringWords)
            for _ in 0..<Self.ringWords { ring.append(try reader.read()) }
            devices.append(
                Device(
                    identity: identity, newest: newest, silence: silence, floor: floor,
                    newestEvicted: flags & 1 != 0, ring: ring))
        }
    }

    private mutating func readSeconds(
        _ reader: inout BigEndianReader
    ) throws(ReplayGuardError) {
        let count: UInt32 = try reader.read()
        for _ in 0..<count {
            let timestamp: UInt32 = try reader.read()
            let age: UInt64 = try reader.read()
            let markCount: UInt32 = try reader.read()
            var marks: [ReplayMark] = []
            for _ in 0..<markCount {
                let offset = reader.offset
                let fingerprint: UInt64 = try reader.read()
                let device: UInt32 = try reader.read()
                // A frame newer than its device's newest would never reach the device's ring.
                guard device < devices.count, timestamp <= devices[Int(device)].newest else {
                    throw .inconsistent(offset: offset)
                }
                marks.append(
                    ReplayMark(
                        fingerprint: fingerprint &>> 8, device: device, connectionHint: 0,
                        addressHint: UInt8(truncatingIfNeeded: fingerprint)))
            }
            seconds.append(Second(timestamp: timestamp, age: age, marks: marks))
        }
    }

    /// A timestamp at or before which frames are refused; -1 for none.
    private static func readLimit(_ reader: inout BigEndianReader) throws(ReplayGuardError) -> Int64
    {
        let offset = reader.offset
        let limit = Int64(bitPattern: try reader.read())
        guard (-1...Int64(UInt32.max)).contains(limit) else { throw .inconsistent(offset: offset) }
        return limit
    }

    private static func checksum(of bytes: [UInt8], count: Int) -> UInt64 {
        SipHash(key: (0, 0)).hash(bytes.span, 0..<count)
    }
}

extension BigEndianWriter {
    fileprivate mutating func write(_ device: ReplayState.Device) {
        write(device.identity)
        write(device.newest)
        write(UInt32(device.newestEvicted ? 1 : 0))
        write(device.silence)
        write(UInt64(bitPattern: device.floor))
        for word in device.ring { write(word) }
    }

    fileprivate mutating func write(_ second: ReplayState.Second) {
        write(second.timestamp)
        write(second.age)
        write(UInt32(second.marks.count))
        for mark in second.marks {
            write(mark.fingerprint &<< 8 | UInt64(mark.addressHint))
            write(mark.device)
        }
    }
}

/// Appends integers to bytes.
private struct BigEndianWriter {
    var bytes: [UInt8] = []

    mutating func write<Integer: FixedWidthInteger & UnsignedInteger>(_ value: Integer) {
        for shift in stride(from: Integer.bitWidth - 8, through: 0, by: -8) {
            bytes.append(UInt8(truncatingIfNeeded: value >> Integer(shift)))
        }
    }
}

/// Takes integers from bytes.
private struct BigEndianReader {
    private let bytes: [UInt8]
    private(set) var offset = 0

    init(_ bytes: [UInt8]) {
        self.bytes = bytes
    }

    mutating func skip(_ count: Int) {
        offset += count
    }

    mutating func read<Integer: FixedWidthInteger & UnsignedInteger>() throws(ReplayGuardError)
        -> Integer
    {
        let end = offset + Integer.bitWidth / 8
        guard end <= bytes.count else { throw .truncated(bytes: bytes.count) }
        var value: Integer = 0
        for byte in bytes[offset..<end] { value = value << 8 | Integer(byte) }
        offset = end
        return value
    }
}
