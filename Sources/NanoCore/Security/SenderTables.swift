import Synchronization

/// Token buckets of many senders in memory of fixed size.
///
/// Eight ways a set. Where a set is full, the sender who could soonest send again anyway is
/// forgotten, so that a crowd of strangers does not wash out the one who is being held back.
package struct BucketTable: Sendable {
    private struct Way {
        var sender: UInt64
        var bucket: TokenBucket
        var isUsed: Bool
    }

    private static let ways = 8
    private let rate: Rate
    private var table: [Way]
    private let setMask: UInt64

    package init(_ rate: Rate, capacity: Int) {
        self.rate = rate
        let sets = powerOfTwo(atLeast: (capacity + Self.ways - 1) / Self.ways)
        let unused = Way(sender: 0, bucket: TokenBucket(rate, now: 0), isUsed: false)
        table = [Way](repeating: unused, count: sets * Self.ways)
        setMask = UInt64(sets - 1)
    }

    /// The refusal that a sender without a token deserves. Strangers get no place in the table.
    mutating func refusal(
        _ sender: UInt64, now nanoseconds: UInt64, _ detail: RefusalDetail
    ) -> Refusal? {
        guard let way = find(sender) else { return nil }
        if table[way].bucket.hasToken(rate, now: nanoseconds) { return nil }
        return refusal(way, detail)
    }

    /// Takes a sender's token, or says why not.
    package mutating func take(
        _ sender: UInt64, now nanoseconds: UInt64, _ detail: RefusalDetail
    ) -> Refusal? {
        let way = find(sender) ?? add(sender, now: nanoseconds)
        return table[way].bucket.take(rate, now: nanoseconds) ? nil : refusal(way, detail)
    }

    private func refusal(_ way: Int, _ detail: RefusalDetail) -> Refusal {
        Refusal(
            .rateLimited, detail, observed: .real(table[way].bucket.secondsUntilToken(rate)),
            allowed: .real(rate.framesPerSecond))
    }

    private func set(of sender: UInt64) -> Range<Int> {
        let first = Int(truncatingIfNeeded: spread(sender) & setMask) * Self.ways
        return first..<first + Self.ways
    }

    private func find(_ sender: UInt64) -> Int? {
        for way in set(of: sender) where table[way].isUsed && table[way].sender == sender {
            return way
        }
        return nil
    }

    private mutating func add(_ sender: UInt64, now nanoseconds: UInt64) -> Int {
        let set = set(of: sender)
        var chosen = set.lowerBound
        var mostTokens = -Double.infinity
        for way in set {
            guard table[way].isUsed else {
                chosen = way
                break
            }
            let tokens = table[way].bucket.tokens(rate, now: nanoseconds)
            if tokens > mostTokens { (chosen, mostTokens) = (way, tokens) }
        }
        table[chosen] = Way(
            sender: sender, bucket: TokenBucket(rate, now: nanoseconds), isUsed: true)
        return chosen
    }
}

/// One ``BucketTable`` for all event loops, behind a lock that is held for tens of nanoseconds.
final class SharedBucketTable: Sendable {
    private let table: Mutex<BucketTable>

    init(_ rate: Rate, capacity: Int) {
        table = Mutex(BucketTable(rate, capacity: capacity))
    }

    /// As ``BucketTable/refusal(_:now:_:)``.
    func refusal(_ sender: UInt64, now nanoseconds: UInt64, _ detail: RefusalDetail) -> Refusal? {
        table.withLock { $0.refusal(sender, now: nanoseconds, detail) }
    }

    /// As ``BucketTable/take(_:now:_:)``.
    func take(_ sender: UInt64, now nanoseconds: UInt64, _ detail: RefusalDetail) -> Refusal? {
        table.withLock { $0.take(sender, now: nanoseconds, detail) }
    }
}

/// Connections and when they were last noted, in memory of fixed size: one place for each hash, the
/// newest wins. Who is forgotten that way is noted again with its next frame.
struct RecentTable {
    private var connections: [UInt64]
    private var notedAt: [UInt64]
    private let nanoseconds: UInt64

    init(capacity: Int, seconds: Int) {
        let count = capacity == 0 ? 0 : powerOfTwo(atLeast: capacity)
        connections = [UInt64](repeating: 0, count: count)
        notedAt = [UInt64](repeating: 0, count: count)
        nanoseconds = UInt64(seconds) * 1_000_000_000
    }

    mutating func note(_ connection: UInt64, now: UInt64) {
        guard !connections.isEmpty else { return }
        let place = place(of: connection)
        connections[place] = connection
        // 0 stands for never.
        notedAt[place] = max(now, 1)
    }

    func contains(_ connection: UInt64, now: UInt64) -> Bool {
        guard !connections.isEmpty else { return false }
        let place = place(of: connection)
        let noted = notedAt[place]
        return noted != 0 && connections[place] == connection
            && (now < noted || now - noted <= nanoseconds)
    }

    private func place(of connection: UInt64) -> Int {
        Int(truncatingIfNeeded: spread(connection) & UInt64(connections.count - 1))
    }
}

/// Spreads counters and hashes alike over a table.
private func spread(_ value: UInt64) -> UInt64 {
    (value &* 0x9E37_79B9_7F4A_7C15) &>> 32
}

private func powerOfTwo(atLeast count: Int) -> Int {
    var power = 1
    while power < count { power *= 2 }
    return power
}
