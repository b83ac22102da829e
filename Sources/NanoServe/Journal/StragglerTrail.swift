/// Where the packets of a straggler are that were left on the disk.
struct StragglerTrail {
    /// The first of them, but for ``again``.
    let first: LogPlace
    /// Where the next one to take is looked for.
    var next: LogPlace
    /// Those before it that were taken before the start, and have to be taken once more.
    var again: [LogPlace] = []
    /// Those before it that are taken and not settled.
    var underWay: [LogPlace] = []
    /// Whether the reader has gone by one that is to be taken.
    var isBehind = false

    /// Where the first may be that is to be taken.
    var start: LogPlace { again.first.map { min($0, next) } ?? next }

    /// Whether a packet is to be taken.
    func wants(_ place: LogPlace) -> Bool { next <= place || again.contains(place) }

    /// Takes a packet, if it is to be taken.
    mutating func take(_ place: LogPlace) -> Bool {
        if let index = again.firstIndex(of: place) {
            again.remove(at: index)
        } else if next <= place {
            pass(place)
        } else {
            return false
        }
        underWay.append(place)
        return true
    }

    /// Looks for the next one behind a packet.
    mutating func pass(_ place: LogPlace) {
        next = LogPlace(position: place.position, record: place.record + 1)
    }

    /// Notes that no packet to be taken lies before a place.
    mutating func pass(to place: LogPlace) {
        again.removeAll { $0 < place }
        next = max(next, place)
    }
}

/// How the reader of stragglers has moved since it went anywhere but ahead.
struct StragglerPass {
    /// Where that was: from there on it has seen everything up to where it is.
    private(set) var start = LogPlace(position: LogPosition())
    /// Where it was when it went back last.
    private(set) var mark = LogPlace(position: LogPosition())
    /// Records read since then, before that place and behind it.
    private var records = (known: 0, new: 0)

    /// Whether as much that is new has been read as what is not.
    var mayGoBack: Bool { records.new >= records.known }

    mutating func note(_ place: LogPlace) {
        if place < mark { records.known += 1 } else { records.new += 1 }
    }

    mutating func go(from here: LogPlace, to target: LogPlace) {
        start = target
        guard target < here else { return }
        mark = max(mark, here)
        records = (0, 0)
    }
}
