/// One part of a saved replay guard, checked, as it lies in the file: what is lost, devices in the order
/// in which they were heard, seconds from the oldest to the newest, each with its frames.
///
/// Times are ages, since the monotonic clock starts anew with the machine. A guard that was off
/// for a while has therefore younger memories than it should, and keeps them longer.
struct ReplayPart {
    /// Bytes of a device and of a frame, and of a second beside its frames.
    static let deviceBytes = headBytes + ReplayRings.words * 8
    static let markBytes = 12
    static let secondBytes = 16
    /// Bytes beside devices, seconds and lost times: the counts of these, and whether a device was
    /// dropped.
    static let fixedBytes = 16
    static let lostBytes = 8
    /// Bytes of a device in front of its ring.
    static let headBytes = 32
    /// In versions 3 and 4, which had two times of a device.
    private static let longHeadBytes = 40
    /// The place of a device that had been dropped.
    static let droppedPlace = UInt32.max

    struct Device {
        let identity: UInt64
        /// ``ModelID`` 0 when an earlier version did not say.
        let model: ModelID
        let newest: UInt32
        let newestEvicted: Bool
        /// Nanoseconds since the last insertion.
        let silence: UInt64
        /// The oldest timestamp since the device's time began.
        let start: UInt32
        /// What was before, as versions 3 and 4 knew it; it is lost.
        let past: ClosedRange<UInt32>?
        let heedsLostTimes: Bool
    }

    struct Second {
        let timestamp: UInt32
        /// Nanoseconds since the last insertion.
        let age: UInt64
        let count: Int
        /// Where its frames begin.
        fileprivate let start: Int
    }

    /// The ranges of timestamps whose frames are lost.
    let lost: [ClosedRange<UInt32>]
    let hasDropped: Bool
    let deviceCount: Int
    private(set) var seconds: [Second] = []
    private let bytes: [UInt8]
    private let firstDevice: Int
    private let version: UInt16
    private var headBytes: Int { 3...4 ~= version ? Self.longHeadBytes : Self.headBytes }
    private var deviceBytes: Int { headBytes + ReplayRings.words * 8 }

    /// - Parameters:
    ///   - bytes: The part is the content among them, to its end.
    ///   - version: That of the file.
    ///   - fileOffset: Where the bytes lie in the file, for errors.
    /// - Throws: ``ReplayGuardError/inconsistent(offset:)``.
    init(
        _ bytes: [UInt8], content: Range<Int>, version: UInt16, at fileOffset: Int
    ) throws(ReplayGuardError) {
        func fault(_ offset: Int) -> ReplayGuardError { .inconsistent(offset: fileOffset + offset) }
        guard content.count >= Self.fixedBytes else { throw fault(content.lowerBound) }
        self.bytes = bytes
        self.version = version
        var offset = content.lowerBound
        (lost, hasDropped) =
            version < 3
            ? try bytes.forgotten(&offset, fault) : try bytes.lost(&offset, content, fault)
        guard offset + 4 <= content.upperBound else { throw fault(offset) }
        deviceCount = Int(bytes.bigEndian(at: offset, as: UInt32.self))
        firstDevice = offset + 4
        let devicesEnd = firstDevice + deviceCount * deviceBytes
        guard devicesEnd + 4 <= content.upperBound else { throw fault(offset) }
        for place in 0..<deviceCount where !isConsistent(device: place) {
            throw fault(firstDevice + place * deviceBytes)
        }
        let secondCount = Int(bytes.bigEndian(at: devicesEnd, as: UInt32.self))
        offset = devicesEnd + 4
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

    private func isConsistent(device place: Int) -> Bool {
        version < 3 ? bytes.isTimestampLimit(floor(place)) : device(place).start <= newest(place)
    }

    /// Whether the frames' devices are there. A frame newer than its device's newest will be lost when it
    /// is given up, which its device then has to heed.
    private func isConsistent(_ second: Second) -> Bool {
        for place in 0..<second.count {
            guard let device = device(ofMark: place, of: second) else { continue }
            guard device < deviceCount else { return false }
            guard second.timestamp <= newest(device) || self.device(device).heedsLostTimes else {
                return false
            }
        }
        return true
    }

    func device(_ place: Int) -> Device {
        let offset = firstDevice + place * deviceBytes
        let flags = bytes.bigEndian(at: offset + 12, as: UInt32.self)
        let isOld = version < 3
        let (pastStart, pastEnd) =
            3...4 ~= version
            ? (
                bytes.bigEndian(at: offset + 28, as: UInt32.self),
                bytes.bigEndian(at: offset + 32, as: UInt32.self)
            ) : (1, 0)
        let past = pastStart <= pastEnd ? pastStart...pastEnd : nil
        return Device(
            identity: bytes.bigEndian(at: offset, as: UInt64.self),
            model: ModelID(rawValue: isOld ? 0 : UInt8(truncatingIfNeeded: flags &>> 8)),
            newest: newest(place), newestEvicted: flags & 1 != 0,
            silence: bytes.bigEndian(at: offset + 16, as: UInt64.self),
            start: isOld ? 0 : bytes.bigEndian(at: offset + 24, as: UInt32.self),
            past: past,
            heedsLostTimes: isOld ? floor(place) >= 0 : flags & 2 != 0 || past != nil)
    }

    /// Before version 3: what a device sent at or before this was refused; -1 for nothing.
    private func floor(_ place: Int) -> Int64 {
        bytes.timestampLimit(at: firstDevice + place * deviceBytes + 24)
    }

    private func newest(_ place: Int) -> UInt32 {
        bytes.bigEndian(at: firstDevice + place * deviceBytes + 8, as: UInt32.self)
    }

    /// A word of a device's ring.
    func ringWord(_ index: Int, ofDevice place: Int) -> UInt64 {
        let offset = firstDevice + place * deviceBytes + headBytes + index * 8
        return bytes.bigEndian(at: offset, as: UInt64.self)
    }

    /// The place of the device that sent a frame; nil when it had been dropped.
    @inline(__always)
    func device(ofMark place: Int, of second: Second) -> Int? {
        let offset = second.start + place * Self.markBytes
        let device = bytes.bigEndian(at: offset + 8, as: UInt32.self)
        return device == Self.droppedPlace && version >= 3 ? nil : Int(device)
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
    /// What a part begins with: the ranges that are lost, and whether a device was dropped.
    fileprivate func lost(
        _ offset: inout Int, _ content: Range<Int>, _ fault: (Int) -> ReplayGuardError
    ) throws(ReplayGuardError) -> ([ClosedRange<UInt32>], Bool) {
        let hasDropped = bigEndian(at: offset, as: UInt32.self)
        guard hasDropped <= 1 else { throw fault(offset) }
        let count = Int(bigEndian(at: offset + 4, as: UInt32.self))
        guard offset + ReplayPart.fixedBytes + count * ReplayPart.lostBytes <= content.upperBound
        else { throw fault(offset + 4) }
        offset += 8
        var ranges: [ClosedRange<UInt32>] = []
        for _ in 0..<count {
            let lower = bigEndian(at: offset, as: UInt32.self)
            let upper = bigEndian(at: offset + 4, as: UInt32.self)
            guard lower <= upper else { throw fault(offset) }
            ranges.append(lower...upper)
            offset += ReplayPart.lostBytes
        }
        return (ranges, hasDropped == 1)
    }

    /// The same before version 3: a timestamp at or before which devices without a ring were refused.
    fileprivate func forgotten(
        _ offset: inout Int, _ fault: (Int) -> ReplayGuardError
    ) throws(ReplayGuardError) -> ([ClosedRange<UInt32>], Bool) {
        let limit = timestampLimit(at: offset)
        guard isTimestampLimit(limit) else { throw fault(offset) }
        offset += 8
        return (limit < 0 ? [] : [0...UInt32(limit)], false)
    }

    /// A timestamp at or before which frames are refused; -1 for none.
    fileprivate func timestampLimit(at offset: Int) -> Int64 {
        Int64(bitPattern: bigEndian(at: offset, as: UInt64.self))
    }

    fileprivate func isTimestampLimit(_ limit: Int64) -> Bool {
        (-1...Int64(UInt32.max)).contains(limit)
    }
}
