import NanoCore

/// The blocks of packets that the same destinations wait for, in the order of their arrival.
///
/// Packets lie together only with those that the same destinations have to settle. So a destination
/// that stands still keeps its own packets in memory, and nothing that has been delivered.
struct JournalChain {
    /// A place to read on from: a block and a record in it.
    struct Cursor {
        var block: UInt64 = 0
        var record = 0
    }

    let routes: RouteMask
    /// Nil where a block in the middle has been freed already; the last is still written to.
    private var blocks: [JournalBlock?]
    /// Number of the block at the front of ``blocks``.
    private var firstBlock: UInt64 = 0

    init(routes: RouteMask, memory: inout BlockMemory) {
        self.routes = routes
        blocks = [memory.firstBlock()]
    }

    /// Bytes of the block that is written to.
    var openBytes: Int { blocks[blocks.count - 1]?.bytes.count ?? 0 }

    /// Copies a packet's bytes to the end of the last block.
    mutating func store(
        _ packet: StagedPacket, sequence: UInt64, from source: Span<UInt8>,
        memory: inout BlockMemory
    ) {
        if blocks[blocks.count - 1]?.hasRoom != true {
            blocks.append(memory.nextBlock())
            release(blocks.count - 2, to: &memory)
            memory.noticeFullness()
        }
        blocks[blocks.count - 1]?.append(
            packet, sequence: sequence, settlements: routes.rawValue.nonzeroBitCount, from: source)
    }

    /// The record at a cursor, which is moved on to it; nil behind the last.
    func record(at cursor: inout Cursor) -> JournalRecord? {
        if cursor.block < firstBlock { cursor = Cursor(block: firstBlock) }
        while true {
            let place = Int(cursor.block - firstBlock)
            if let block = blocks[place], cursor.record < block.records.count {
                return block.records[cursor.record]
            }
            guard place < blocks.count - 1 else { return nil }
            cursor = Cursor(block: cursor.block + 1)
        }
    }

    /// Copies a record's frame.
    func copy(_ record: JournalRecord, in block: UInt64, to bytes: inout [UInt8]) {
        let start = Int(record.start)
        guard let block = blocks[Int(block - firstBlock)] else { return }
        bytes.append(contentsOf: block.bytes[start..<start + Int(record.length)])
    }

    /// Notes that one destination has settled one record of a block.
    mutating func settle(block number: UInt64, memory: inout BlockMemory) {
        let place = Int(number - firstBlock)
        blocks[place]?.unresolved -= 1
        if place < blocks.count - 1 { release(place, to: &memory) }
    }

    /// Frees a block that is not written to any more, if nobody waits for anything in it.
    private mutating func release(_ place: Int, to memory: inout BlockMemory) {
        guard let block = blocks[place], block.unresolved == 0 else { return }
        blocks[place] = nil
        memory.takeBack(block)
        let settled = blocks.prefix { $0 == nil }.count
        blocks.removeFirst(settled)
        firstBlock += UInt64(settled)
    }
}
