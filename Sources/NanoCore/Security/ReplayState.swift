/// What a replay guard knows, apart from how it lies in memory: what is saved at a clean stop.
///
/// Times are ages, since the monotonic clock starts anew with the machine. A guard that was off
/// for a while has therefore younger memories than it should, and keeps them longer.
struct ReplayState {
    struct Device {
        var identity: UInt64
        var newest: UInt32
        /// Nanoseconds since its last insertion.
        var silence: UInt64
        var floor: Int64
        var newestEvicted: Bool
        var ring: [UInt64]
    }

    struct Second {
        var timestamp: UInt32
        /// Nanoseconds since the last insertion.
        var age: UInt64
        /// The device of each is an index into ``devices``.
        var marks: [ReplayMark]
    }

    var hashKey: (UInt64, UInt64)
    var keyMode: ReplayGuard.KeyMode
    var forgotten: Int64 = -1
    var devices: [Device] = []
    var seconds: [Second] = []

    init(hashKey: (UInt64, UInt64), keyMode: ReplayGuard.KeyMode) {
        self.hashKey = hashKey
        self.keyMode = keyMode
    }

    /// Brings the parts of several guards into the order in which one would have learnt them.
    mutating func sort() {
        let order = devices.indices.sorted { devices[$0].silence > devices[$1].silence }
        var positions = [UInt32](repeating: 0, count: devices.count)
        for (position, index) in order.enumerated() { positions[index] = UInt32(position) }
        devices = order.map { devices[$0] }
        for second in seconds.indices {
            seconds[second].marks = seconds[second].marks.map { mark in
                mark.moved(to: positions[Int(mark.device)])
            }
        }
        seconds.sort { $0.age > $1.age }
    }
}

extension ReplayMark {
    /// The same frame under another name for its device.
    func moved(to device: UInt32) -> ReplayMark {
        ReplayMark(
            fingerprint: fingerprint, device: device, connectionHint: connectionHint,
            addressHint: addressHint)
    }

    /// The same frame after a restart, when connection numbers start anew.
    var withoutConnection: ReplayMark {
        ReplayMark(
            fingerprint: fingerprint, device: device, connectionHint: 0, addressHint: addressHint)
    }
}

extension ReplayGuard {
    /// Adds what this guard knows to a state.
    func save(into state: inout ReplayState, now: Moment) {
        let time = now.monotonicNanoseconds
        state.forgotten = max(state.forgotten, forgotten)
        var positions = [UInt32](repeating: 0, count: devices.devices.count)
        for slot in devices.oldestFirst {
            positions[slot] = UInt32(state.devices.count)
            let device = devices.devices[slot]
            state.devices.append(
                ReplayState.Device(
                    identity: device.identity, newest: device.newest,
                    silence: time - min(time, device.heardAt), floor: device.floor,
                    newestEvicted: device.newestEvicted, ring: Array(devices.ring(slot))))
        }
        if let closing {
            let age = time - min(time, closing.insertedAt)
            append(closing.marks, closing.timestamp, age, positions, to: &state)
        }
        for index in timeline.oldestFirst {
            let second = timeline.records[index]
            let age = time - min(time, second.insertedAt)
            append(second.marks, second.timestamp, age, positions, to: &state)
        }
    }

    private func append(
        _ marks: ReplaySecond, _ timestamp: UInt32, _ age: UInt64, _ positions: [UInt32],
        to state: inout ReplayState
    ) {
        // What dropped devices have left behind is covered by `forgotten`.
        let saved = marks.slots.compactMap { mark -> ReplayMark? in
            guard !mark.isEmpty, let slot = devices.slot(of: mark.device) else { return nil }
            return mark.moved(to: positions[slot]).withoutConnection
        }
        guard !saved.isEmpty else { return }
        state.seconds.append(ReplayState.Second(timestamp: timestamp, age: age, marks: saved))
    }

    /// Learns what a state says of the devices that are this guard's.
    mutating func restore(
        from state: ReplayState, now: Moment, where isOwn: (UInt64) -> Bool = { _ in true }
    ) {
        let time = now.monotonicNanoseconds
        forgotten = max(forgotten, state.forgotten)
        var references = [UInt32](repeating: 0, count: state.devices.count)
        for (position, device) in state.devices.enumerated() where isOwn(device.identity) {
            references[position] = restore(device, at: time - min(time, device.silence))
        }
        for second in state.seconds {
            let insertedAt = time - min(time, second.age)
            // They were saved in the order of their places. Coming back in that order, into a set that
            // grows, they would all crowd at its beginning.
            let leap = Self.leap(through: second.marks.count)
            var place = 0
            for _ in second.marks.indices {
                let mark = second.marks[place]
                place = (place + leap) % second.marks.count
                guard let slot = devices.slot(of: references[Int(mark.device)]) else { continue }
                remember(
                    mark.moved(to: devices.reference(slot)), slot, second.timestamp,
                    at: insertedAt)
            }
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

    private mutating func restore(_ device: ReplayState.Device, at time: UInt64) -> UInt32 {
        let (slot, dropped) = devices.add(device.identity, newest: device.newest, at: time)
        if let dropped { forgotten = max(forgotten, Int64(dropped)) }
        devices.raiseFloor(slot, to: device.floor)
        devices.restoreRing(slot, words: device.ring, newestEvicted: device.newestEvicted)
        return devices.reference(slot)
    }
}
