/// Indices in the order of their last use, as a doubly linked list in one array.
struct RecencyOrder {
    /// Neighbours in the order; -1 where there is none.
    private struct Link {
        var older: Int32 = -1
        var newer: Int32 = -1
    }

    private var links: [Link] = []
    private var oldestIndex: Int32 = -1
    private var newestIndex: Int32 = -1

    init() {}

    /// - Parameter indices: All from 0 on, each once.
    init(oldestFirst indices: [Int]) {
        links = Array(repeating: Link(), count: indices.count)
        for index in indices { link(Int32(index)) }
    }

    /// The index that has been unused for longest.
    var oldest: Int? { oldestIndex < 0 ? nil : Int(oldestIndex) }

    /// All indices, the one unused for longest first.
    var oldestFirst: [Int] {
        var indices: [Int] = []
        var index = oldestIndex
        while index >= 0 {
            indices.append(Int(index))
            index = links[Int(index)].newer
        }
        return indices
    }

    /// Adds an index as the newest: one that has been removed, or the next after all others.
    mutating func add(_ index: Int) {
        if index == links.count { links.append(Link()) }
        link(Int32(index))
    }

    /// Makes an index the newest.
    @inline(__always)
    mutating func use(_ index: Int) {
        guard newestIndex != Int32(index) else { return }
        unlink(Int32(index))
        link(Int32(index))
    }

    mutating func remove(_ index: Int) {
        unlink(Int32(index))
    }

    @inline(__always)
    private mutating func link(_ index: Int32) {
        links[Int(index)] = Link(older: newestIndex, newer: -1)
        if newestIndex >= 0 { links[Int(newestIndex)].newer = index } else { oldestIndex = index }
        newestIndex = index
    }

    @inline(__always)
    private mutating func unlink(_ index: Int32) {
        let (older, newer) = (links[Int(index)].older, links[Int(index)].newer)
        if older >= 0 { links[Int(older)].newer = newer } else { oldestIndex = newer }
        if newer >= 0 { links[Int(newer)].older = older } else { newestIndex = older }
    }
}
