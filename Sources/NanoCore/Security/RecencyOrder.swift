/// Indices in the order of their last use, as doubly linked lists in one array: one list, or several
/// of which each index is in one.
struct RecencyOrder {
    /// Neighbours in the order; -1 where there is none.
    private struct Link {
        var older: Int32 = -1
        var newer: Int32 = -1
    }

    /// The ends of a list; -1 where it is empty.
    private struct Ends {
        var oldest: Int32 = -1
        var newest: Int32 = -1
        var count = 0
    }

    private var links: [Link] = []
    private var lists: [Ends]

    init(lists count: Int = 1) {
        lists = Array(repeating: Ends(), count: count)
    }

    /// The index of a list that has been unused for longest.
    func oldest(of list: Int = 0) -> Int? {
        lists[list].oldest < 0 ? nil : Int(lists[list].oldest)
    }

    /// Indices in a list.
    func count(of list: Int) -> Int { lists[list].count }

    /// All indices of a list, the one unused for longest first.
    func oldestFirst(of list: Int = 0) -> [Int] {
        var indices: [Int] = []
        var index = lists[list].oldest
        while index >= 0 {
            indices.append(Int(index))
            index = links[Int(index)].newer
        }
        return indices
    }

    /// Adds an index as the newest of a list; it is in none.
    mutating func add(_ index: Int, to list: Int = 0) {
        while index >= links.count { links.append(Link()) }
        link(Int32(index), list)
        lists[list].count += 1
    }

    /// Makes an index the newest of its list.
    @inline(__always)
    mutating func use(_ index: Int, in list: Int = 0) {
        guard lists[list].newest != Int32(index) else { return }
        unlink(Int32(index), list)
        link(Int32(index), list)
    }

    mutating func remove(_ index: Int, from list: Int = 0) {
        unlink(Int32(index), list)
        lists[list].count -= 1
    }

    @inline(__always)
    private mutating func link(_ index: Int32, _ list: Int) {
        let newest = lists[list].newest
        links[Int(index)] = Link(older: newest, newer: -1)
        if newest >= 0 { links[Int(newest)].newer = index } else { lists[list].oldest = index }
        lists[list].newest = index
    }

    @inline(__always)
    private mutating func unlink(_ index: Int32, _ list: Int) {
        let (older, newer) = (links[Int(index)].older, links[Int(index)].newer)
        if older >= 0 { links[Int(older)].newer = newer } else { lists[list].oldest = newer }
        if newer >= 0 { links[Int(newer)].older = older } else { lists[list].newest = older }
    }
}
