/// The journal's account of blocks, and those that are kept for reuse.
///
/// Each chain has a block that it writes to, whatever the budget; what those leave of it is for the
/// blocks that were filled, of which there may always be one.
struct BlockMemory {
    let budgetBlocks: Int
    /// Blocks that are written to: one for each chain.
    private var openBlocks = 0
    /// Blocks that were filled and are not freed.
    private(set) var closedBlocks = 0
    private(set) var isFull = false
    private var spare: [JournalBlock] = []

    /// Blocks kept for reuse.
    private static let spareBlocks = 8

    init(budgetBlocks: Int) {
        self.budgetBlocks = budgetBlocks
    }

    private var closedLimit: Int { max(1, budgetBlocks - openBlocks) }

    /// The first block of a chain.
    mutating func firstBlock() -> JournalBlock {
        openBlocks += 1
        return block()
    }

    /// The block behind one that has been filled.
    mutating func nextBlock() -> JournalBlock {
        closedBlocks += 1
        return block()
    }

    private mutating func block() -> JournalBlock { spare.popLast() ?? JournalBlock() }

    /// To be called when a filled block that nobody waits for has been taken back.
    mutating func noticeFullness() {
        if closedBlocks >= closedLimit { isFull = true }
    }

    mutating func takeBack(_ block: consuming JournalBlock) {
        closedBlocks -= 1
        guard spare.count < Self.spareBlocks else { return }
        block.recycle()
        spare.append(block)
    }

    /// Whether the journal was full and has room again: an eighth of it, so that reading does not
    /// stop and start with every block.
    mutating func noticeRoom() -> Bool {
        let room = max(1, closedLimit / 8)
        guard isFull, closedBlocks <= closedLimit - room else { return false }
        isFull = false
        return true
    }
}
