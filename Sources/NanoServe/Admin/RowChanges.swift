import NanoCore

/// A row of a list that goes over the admin socket again and again.
protocol AdminRow: Codable, Equatable, Sendable {
    associatedtype Key: Hashable
    /// What it keeps while the rest of it changes; two rows of a list may have the same all the same.
    var key: Key { get }
}

extension DeviceSnapshot: AdminRow {
    var key: DeviceName { name }
}

extension PacketRecord: AdminRow {
    var key: UInt64 { id }
}

extension LogLine: AdminRow {
    var key: UInt64 { id }
}

extension AuditSnapshot: AdminRow {
    var key: UInt64 { number }
}

/// What makes a list that somebody holds the newest one.
struct RowChanges<Row: AdminRow>: Codable, Sendable {
    /// Number of the list that it makes.
    let revision: UInt64
    /// Number of the list that has to be held; nil where all rows are here.
    let since: UInt64?
    /// Where the rows come from, three numbers for each run of them: the first place in the list that is held,
    /// how many of those from there on, and how many of ``rows`` behind them. Nil where all are here.
    let runs: [Int]?
    /// Those that are new or have changed, in their order.
    let rows: [Row]

    /// All rows.
    init(_ rows: [Row], revision: UInt64) {
        (self.revision, since, runs, self.rows) = (revision, nil, nil, rows)
    }

    /// Those that another list has not.
    init(_ rows: [Row], revision: UInt64, from old: [Row], since: UInt64) {
        var places: [Row.Key: Int]?
        var next = 0
        var runs: [Int] = []
        var run = (start: 0, count: 0, new: 0)
        var changed: [Row] = []
        for row in rows {
            // Most lists keep their order; only where one does not, are its rows looked for.
            var place: Int? = next
            if next >= old.count || old[next].key != row.key {
                let known =
                    places ?? Dictionary(zip(old.map(\.key), old.indices)) { first, _ in first }
                places = known
                place = known[row.key]
            }
            if let place { next = place + 1 }
            guard let place, old[place] == row else {
                changed.append(row)
                run.new += 1
                continue
            }
            if run.new > 0 || place != run.start + run.count {
                if run.count + run.new > 0 { runs += [run.start, run.count, run.new] }
                run = (place, 0, 0)
            }
            run.count += 1
        }
        runs += [run.start, run.count, run.new]
        (self.revision, self.since, self.runs, self.rows) = (revision, since, runs, changed)
    }

    /// The newest list.
    ///
    /// - Parameter held: The one that is held, and its number; nil where none is.
    /// - Throws: ``AdminFault`` when it cannot be made of that.
    func applied(to held: (revision: UInt64, rows: [Row])?) throws(AdminFault) -> [Row] {
        guard let since, let runs else { return rows }
        guard let held, held.revision == since, runs.count.isMultiple(of: 3) else {
            throw Self.misfit
        }
        var made: [Row] = []
        made.reserveCapacity(held.rows.count + rows.count)
        var taken = 0
        for index in stride(from: 0, to: runs.count, by: 3) {
            let (start, count, new) = (runs[index], runs[index + 1], runs[index + 2])
            guard start >= 0, count >= 0, new >= 0, start <= held.rows.count,
                count <= held.rows.count - start, new <= rows.count - taken
            else { throw Self.misfit }
            made += held.rows[start..<start + count]
            made += rows[taken..<taken + new]
            taken += new
        }
        guard taken == rows.count else { throw Self.misfit }
        return made
    }

    private static var misfit: AdminFault {
        AdminFault("the gateway's answer does not fit what it has said before")
    }
}
