/// One part of a saved replay guard, checked, as it lies in the file: what was forgotten, devices in
/// the order in which they were heard, seconds from the oldest to the newest, each with its frames.
///
/// Times are ages, since the monotonic clock starts anew with the machine. A guard that was off
/// for a while has therefore younger memories than it should, and keeps them longer.
struct ReplayPart {
    /// Bytes of a device and of a frame, and of a second beside its frames.
    static let deviceBytes = 32 + ReplayDevices.ringWords * 8
    static let markBytes = 12
    static let secondBytes = 16
    /// Bytes beside devices and seconds: what was forgotten, and the two counts.
    static let fixedBytes = 16

    struct Device {
        let identity: UInt64
        let newest: UInt32
        let newestEvicted: Bool
        /// Nanoseconds since the last insertion.
        let silence: UInt64
        /// Frames at or before this are refused; -1 for none.
        let floor: Int64
    }

    struct Second {
        let timestamp: UInt32
        /// Nanoseconds since the last insertion.
        let age: UInt64
        let count: Int
        /// Where its frames begin.
        fileprivate let start: Int
    }

    /// The newest timestamp at or before which devices without a ring are refused; -1 for none.
    let forgotten: Int64
    let deviceCount: Int
    private(set) var seconds: [Second] = []
    private let bytes: [UInt8]
    private let firstDevice: Int

    /// - Parameters:
    ///   - bytes: The part is the content among them, to its end.
    ///   - fileOffset: Where the bytes lie in the file, for errors.
    /// - Throws: ``ReplayGuardError/inconsistent(offset:)``.
    init(
        _ bytes: [UInt8], content: Range<Int>, at fileOffset: Int
    ) throws(ReplayGuardError) {
        func fault(_ offset: Int) -> ReplayGuardError { .inconsistent(offset: fileOffset + offset) }
        guard content.count >= Self.fixedBytes else { throw fault(content.lowerBound) }
        self.bytes = bytes
        forgotten = bytes.timestampLimit(at: content.lowerBound)
        guard bytes.isTimestampLimit(forgotten) else { throw fault(content.lowerBound) }
        deviceCount = Int(bytes.bigEndian(at: content.lowerBound + 8, as: UInt32.self))
        firstDevice = content.lowerBound + 12
        let devicesEnd = firstDevice + deviceCount * Self.deviceBytes
        guard devicesEnd + 4 <= content.upperBound else { throw fault(content.lowerBound + 8) }
        for place in 0..<deviceCount where !bytes.isTimestampLimit(device(place).floor) {
            throw fault(firstDevice + place * Self.deviceBytes)
        }
        let secondCount = Int(bytes.bigEndian(at: devicesEnd, as: UInt32.self))
        var offset = devicesEnd + 4
        for _ in 0..<secondCount {
            guard offset + Self.secondBytes <= content.upperBound else { throw fault(offset) }
            let second = Second(
                timestamp: bytes.bigEndian(at: offset, as: UInt32.self),
                age: bytes.bigEndian(at: offset + 4, as: UInt64.self),
                count: Int(bytes.bigEndian(at: offset + 12, as: UInt32.self)),
                start: offset + Self.secondBytes)
            let end = second.start + second.count * Self.markBytes
            guard end <= content.upperBound, isConsistent(second) else { throw fault(offset) }
            seconds.append(second)
            offset = end
        }
        guard offset == content.upperBound else { throw fault(offset) }
    }

    /// Whether the frames' devices are there. A frame newer than its device's newest would never
    /// reach the device's ring.
    private func isConsistent(_ second: Second) -> Bool {
        for place in 0..<second.count {
            let device = device(ofMark: place, of: second)
            guard device < deviceCount, second.timestamp <= newest(device) else { return false }
        }
        return true
    }

    func device(_ place: Int) -> Device {
        let offset = firstDevice + place * Self.deviceBytes
        return Device(
            identity: bytes.bigEndian(at: offset, as: UInt64.self), newest: newest(place),
            newestEvicted: bytes.bigEndian(at: offset + 12, as: UInt32.self) & 1 != 0,
            silence: bytes.bigEndian(at: offset + 16, as: UInt64.self),
            floor: bytes.timestampLimit(at: offset + 24))
    }

    private func newest(_ place: Int) -> UInt32 {
        bytes.bigEndian(at: firstDevice + place * Self.deviceBytes + 8, as: UInt32.self)
    }

    /// A word of a device's ring.
    func ringWord(_ index: Int, ofDevice place: Int) -> UInt64 {
        let offset = firstDevice + place * Self.deviceBytes + 32 + index * 8
        return bytes.bigEndian(at: offset, as: UInt64.self)
    }

    /// The place of the device that sent a frame.
    @inline(__always)
    func device(ofMark place: Int, of second: Second) -> Int {
        let offset = second.start + place * Self.markBytes
        return Int(bytes.bigEndian(at: offset + 8, as: UInt32.self))
    }

    /// A frame, under the name that its device has now. Connections are numbered anew by now.
    @inline(__always)
    func mark(_ place: Int, of second: Second, as device: UInt32) -> ReplayMark {
        let offset = second.start + place * Self.markBytes
        let fingerprint = bytes.bigEndian(at: offset, as: UInt64.self)
        return ReplayMark(
            fingerprint: fingerprint &>> 8, device: device, connectionHint: 0,
            addressHint: UInt8(truncatingIfNeeded: fingerprint))
    }
}

extension [UInt8] {
    /// A timestamp at or before which frames are refused; -1 for none.
    fileprivate func timestampLimit(at offset: Int) -> Int64 {
        Int64(bitPattern: bigEndian(at: offset, as: UInt64.self))
    }

    fileprivate func isTimestampLimit(_ limit: Int64) -> Bool {
        (-1...Int64(UInt32.max)).contains(limit)
    }
}
