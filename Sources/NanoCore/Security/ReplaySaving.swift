// How a replay guard becomes the bytes of a part (`ReplayPart`): in one pass, into a buffer that is
// there already, since frames wait for the lock meanwhile.

extension ReplayGuard {
    /// The most bytes that ``save(into:at:now:)`` writes.
    var savedBytes: Int {
        ReplayPart.fixedBytes + lost.ranges.count * ReplayPart.lostBytes
            + devices.devices.count * ReplayPart.deviceBytes
            + (timeline.count + 1) * ReplayPart.secondBytes + entries * ReplayPart.markBytes
    }

    /// Writes everything the guard knows.
    ///
    /// - Parameter start: Where in the buffer to begin.
    /// - Returns: Where it ends; nil when there is not enough room for ``savedBytes``.
    func save(into buffer: inout [UInt8], at start: Int, now: Moment) -> Int? {
        guard buffer.count - start >= savedBytes else { return nil }
        let time = now.monotonicNanoseconds
        var bytes = buffer.mutableSpan
        bytes.store(bigEndian: UInt32(hasDropped ? 1 : 0), at: start)
        bytes.store(bigEndian: UInt32(lost.ranges.count), at: start + 4)
        var offset = start + 8
        for range in lost.ranges {
            bytes.store(bigEndian: range.lowerBound, at: offset)
            bytes.store(bigEndian: range.upperBound, at: offset + 4)
            offset += ReplayPart.lostBytes
        }
        bytes.store(bigEndian: UInt32(devices.devices.count), at: offset)
        offset += 4
        var places = [UInt32](repeating: 0, count: devices.devices.count)
        for (place, slot) in devices.oldestFirst.enumerated() {
            places[slot] = UInt32(place)
            save(slot, into: &bytes, at: offset, time)
            offset += ReplayPart.deviceBytes
        }
        let countOffset = offset
        offset += 4
        var count: UInt32 = 0
        if let closing {
            let age = time - min(time, closing.insertedAt)
            if save(closing.marks, closing.timestamp, age, places, into: &bytes, at: &offset) {
                count += 1
            }
        }
        for index in timeline.oldestFirst {
            let second = timeline.records[index]
            let age = time - min(time, second.insertedAt)
            if save(second.marks, second.timestamp, age, places, into: &bytes, at: &offset) {
                count += 1
            }
        }
        bytes.store(bigEndian: count, at: countOffset)
        return offset
    }

    private func save(
        _ slot: Int, into bytes: inout MutableSpan<UInt8>, at offset: Int, _ time: UInt64
    ) {
        let device = devices.devices[slot]
        bytes.store(bigEndian: device.identity, at: offset)
        bytes.store(bigEndian: device.newest, at: offset + 8)
        let flags: UInt32 = (device.newestEvicted ? 1 : 0) | (device.heedsLostTimes ? 2 : 0)
        bytes.store(bigEndian: flags | UInt32(device.model.rawValue) &<< 8, at: offset + 12)
        bytes.store(bigEndian: time - min(time, device.heardAt), at: offset + 16)
        bytes.store(bigEndian: device.start, at: offset + 24)
        bytes.store(bigEndian: 0 as UInt32, at: offset + 28)
        var place = offset + ReplayPart.headBytes
        for word in devices.rings.ring(slot) {
            bytes.store(bigEndian: word, at: place)
            place += 8
        }
    }

    /// - Returns: Whether there is anything in the second.
    private func save(
        _ marks: ReplaySecond, _ timestamp: UInt32, _ age: UInt64, _ places: [UInt32],
        into bytes: inout MutableSpan<UInt8>, at offset: inout Int
    ) -> Bool {
        let start = offset + ReplayPart.secondBytes
        var end = start
        for mark in marks.slots where !mark.isEmpty {
            let place = devices.slot(of: mark.device).map { places[$0] } ?? ReplayPart.droppedPlace
            bytes.store(bigEndian: mark.fingerprint &<< 8 | UInt64(mark.addressHint), at: end)
            bytes.store(bigEndian: place, at: end + 8)
            end += ReplayPart.markBytes
        }
        guard end > start else { return false }
        bytes.store(bigEndian: timestamp, at: offset)
        bytes.store(bigEndian: age, at: offset + 4)
        bytes.store(bigEndian: UInt32((end - start) / ReplayPart.markBytes), at: offset + 12)
        offset = end
        return true
    }
}
