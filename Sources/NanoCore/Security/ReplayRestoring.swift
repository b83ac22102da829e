// How a replay guard learns what was saved of it, or of several.

/// Parts of a saved replay guard, with their devices and seconds in the order in which one guard
/// would have learnt them.
struct ReplayParts {
    /// A device or second of a part.
    struct Place {
        let part: Int
        let index: Int
    }

    let parts: [ReplayPart]
    let devices: [Place]
    let seconds: [Place]

    /// One part, in its own order.
    init(_ part: ReplayPart) {
        parts = [part]
        devices = (0..<part.deviceCount).map { Place(part: 0, index: $0) }
        seconds = part.seconds.indices.map { Place(part: 0, index: $0) }
    }

    /// Several parts, by age.
    init(_ parts: [ReplayPart]) {
        self.parts = parts
        devices = Self.oldestFirst(parts) { part in
            (0..<part.deviceCount).map { part.device($0).silence }
        }
        seconds = Self.oldestFirst(parts) { part in part.seconds.map(\.age) }
    }

    private static func oldestFirst(
        _ parts: [ReplayPart], ages: (ReplayPart) -> [UInt64]
    ) -> [Place] {
        let all = parts.enumerated().flatMap { number, part in
            ages(part).enumerated().map { (age: $1, place: Place(part: number, index: $0)) }
        }
        // What is equally old stays as it was.
        return all.sorted {
            ($1.age, $0.place.part, $0.place.index) < ($0.age, $1.place.part, $1.place.index)
        }.map(\.place)
    }
}

extension ReplayGuard {
    /// Learns what parts say of the devices that are this guard's.
    mutating func restore(
        from saved: ReplayParts, now: Moment, where isOwn: (UInt64) -> Bool
    ) {
        let time = now.monotonicNanoseconds
        // What the devices of each part are called here; 0 for those that are not this guard's.
        var references = saved.parts.map { [UInt32](repeating: 0, count: $0.deviceCount) }
        for part in saved.parts {
            for range in part.lost { lost.add(range) }
            hasDropped = hasDropped || part.hasDropped
        }
        for place in saved.devices {
            let part = saved.parts[place.part]
            guard isOwn(part.device(place.index).identity) else { continue }
            references[place.part][place.index] = restore(deviceAt: place.index, of: part, time)
        }
        for place in saved.seconds {
            let part = saved.parts[place.part]
            let second = part.seconds[place.index]
            restore(
                second, of: part, naming: references[place.part], at: time - min(time, second.age))
        }
    }

    private mutating func restore(
        deviceAt place: Int, of part: ReplayPart, _ time: UInt64
    ) -> UInt32 {
        let device = part.device(place)
        if let past = device.past { lost.add(past) }
        let slot = add(
            device.identity, device.model, newest: device.newest,
            at: time - min(time, device.silence))
        devices.restore(slot, device) { part.ringWord($0, ofDevice: place) }
        return devices.reference(slot)
    }

    private mutating func restore(
        _ second: ReplayPart.Second, of part: ReplayPart, naming references: [UInt32],
        at insertedAt: UInt64
    ) {
        // Frames of a dropped device may be anybody's.
        func reference(_ place: Int) -> UInt32 {
            part.device(ofMark: place, of: second).map { references[$0] } ?? ReplayDevices.noDevice
        }
        var count = 0
        for place in 0..<second.count where reference(place) != 0 { count += 1 }
        guard count > 0 else { return }
        makeRoom(for: second.timestamp, marks: count, at: insertedAt)
        // They were saved in the order of their places. Coming back in that order, into a set that
        // grows, they would all crowd at its beginning.
        let leap = Self.leap(through: second.count)
        var place = 0
        for _ in 0..<second.count {
            let reference = reference(place)
            if reference != 0 {
                let mark = part.mark(place, of: second, as: reference)
                remember(mark, second.timestamp, at: insertedAt)
            }
            place = (place + leap) % second.count
        }
    }

    /// A step with which one comes to each of so many places once, and far away every time: the
    /// golden section of them, or the next number that shares no factor with it.
    private static func leap(through count: Int) -> Int {
        var step = max(1, count * 618 / 1_000)
        while commonFactor(step, count) > 1 { step += 1 }
        return step
    }

    private static func commonFactor(_ left: Int, _ right: Int) -> Int {
        var (left, right) = (left, right)
        while right > 0 { (left, right) = (right, left % right) }
        return left
    }
}
