/// How stragglers outlive the process.
extension Stragglers {
    /// Goes on with what was saved.
    ///
    /// - Parameter log: What of it is gone there is not looked for.
    init(_ saved: SavedStragglers, log: SegmentLog) {
        self.init()
        let start = LogPlace(position: log.start)
        for device in saved.devices {
            let next = max(device.next, start)
            trails[device.device] = StragglerTrail(
                first: next, next: next, again: device.underWay.filter { $0 >= start }.sorted())
        }
        for left in saved.left {
            let known = log.segment(left.segment)?.summary.counts.max() ?? 0
            counts[left.segment] = known > 0 ? min(left.packets, known) : nil
        }
        count = counts.values.reduce(0, +)
        for device in trails.keys { noteFree(device) }
    }

    /// What to go on with after a restart; nil when there are none.
    ///
    /// - Parameter reread: Packets by segment that the cursor will come to again.
    func saved(_ cursor: SavedCursor, reread: [UInt64: UInt64]) -> SavedStragglers? {
        guard !trails.isEmpty else { return nil }
        var left = counts
        for place in underWay {
            left[place.position.segment, default: 0] += 1
        }
        return SavedStragglers(
            position: cursor.position, settled: cursor.settled, done: cursor.done,
            devices: trails.map { device, trail in
                var trail = trail
                if isSeen(trail), trail.start < reader.here { trail.pass(to: reader.here) }
                return SavedStragglers.Device(
                    device: device, next: ahead.first(of: device)?.log ?? trail.next,
                    underWay: (trail.again + trail.underWay).sorted())
            }.sorted { $0.device < $1.device },
            left: left.map {
                let again = min($0.value, reread[$0.key, default: 0])
                return SavedStragglers.Left(segment: $0.key, packets: $0.value - again)
            }.sorted { $0.segment < $1.segment })
    }
}
