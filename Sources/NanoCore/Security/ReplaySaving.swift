// How a replay guard becomes the bytes of a part (`ReplayPart`): in one pass, into a buffer that is
// there already, since frames wait for the lock meanwhile.

extension ReplayGuard {
    /// The most bytes that ``save(into:at:now:)`` writes.
    var savedBytes: Int {
        ReplayPart.fixedBytes + devices.devices.count * ReplayPart.deviceBytes
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
        bytes.store(bigEndian: forgotten, at: start)
        bytes.store(bigEndian: UInt32(devices.devices.count), at: start + 8)
        var offset = start + 12
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
        bytes.store(bigEndian: UInt32(device.newestEvicted ? 1 : 0), at: offset + 12)
        bytes.store(bigEndian: time - min(time, device.heardAt), at: offset + 16)
        bytes.store(bigEndian: device.floor, at: offset + 24)
        var place = offset + 32
        for word in devices.ring(slot) {
            bytes.store(bigEndian: word, at: place)
            place += 8
        }
    }

    /// - Returns: Whether anything is left of the second: what dropped devices have left behind is
    ///   covered by ``forgotten``.
    private func save(
        _ marks: ReplaySecond, _ timestamp: UInt32, _ age: UInt64, _ places: [UInt32],
        into bytes: inout MutableSpan<UInt8>, at offset: inout Int
    ) -> Bool {
        let start = offset + ReplayPart.secondBytes
        var end = start
        for mark in marks.slots {
            guard !mark.isEmpty, let slot = devices.slot(of: mark.device) else { continue }
            bytes.store(bigEndian: mark.fingerprint &<< 8 | UInt64(mark.addressHint), at: end)
            bytes.store(bigEndian: places[slot], at: end + 8)
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
