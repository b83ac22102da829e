import NanoCore

/// The newest committed blocks, kept in memory for destinations that keep up. The others read the
/// disk.
struct RecentBlocks {
    private let budgetBytes: Int
    /// In the order of the log, without a gap up to its end.
    private var blocks: [LogBlock?] = []
    private var first = 0
    private(set) var bytes = 0

    init(budgetBytes: Int) {
        self.budgetBytes = budgetBytes
    }

    mutating func append(_ block: LogBlock) {
        blocks.append(block)
        bytes += block.bytes.count
        while bytes > budgetBytes, first < blocks.count - 1 { dropFirst() }
    }

    /// Lets go of what lies before a position.
    mutating func drop(before position: LogPosition) {
        while let start, start < position { dropFirst() }
    }

    private mutating func dropFirst() {
        bytes -= blocks[first]?.bytes.count ?? 0
        blocks[first] = nil
        first += 1
        guard first > 64, first * 2 > blocks.count else { return }
        blocks.removeFirst(first)
        first = 0
    }

    /// Where the oldest block that is here begins; nil when there is none.
    var start: LogPosition? { first < blocks.count ? blocks[first]?.position : nil }

    /// The first block at or behind a position, which must not lie before ``start``.
    func block(from position: LogPosition) -> LogBlock? {
        var (low, high) = (first, blocks.count)
        while low < high {
            let middle = (low + high) / 2
            let isBefore = blocks[middle].map { $0.position < position } ?? true
            if isBefore { low = middle + 1 } else { high = middle }
        }
        return low < blocks.count ? blocks[low] : nil
    }
}
