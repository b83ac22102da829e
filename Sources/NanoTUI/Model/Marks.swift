import NanoCore

/// The rows that an operator has marked, by what makes them that row. They outlast every order and
/// filter, and marked packets also the ring that they came from.
struct Marks: Sendable {
    /// Rows of one view that may be marked.
    static let mostRows = 256
    /// Bytes of marked packets, of one view, that are kept.
    static let mostBytes = 256 << 10

    /// In the order in which they were marked.
    private var rows: [ViewKind: [RowID]] = [:]
    private var packets: [ViewKind: [RowID: PacketRecord]] = [:]
    /// How many marked rows have left their list, since marks were taken away last.
    private var left: [ViewKind: Int] = [:]

    /// What became of a row.
    enum Outcome: Equatable {
        case marked, unmarked
        /// With what there is too much of.
        case full(String)
    }

    /// Marks a row, or takes its mark away.
    ///
    /// - Parameter record: The packet that the row is; nil where it is none.
    mutating func toggle(_ id: RowID, in view: ViewKind, record: PacketRecord?) -> Outcome {
        if isMarked(id, in: view) {
            rows[view]?.removeAll { $0 == id }
            packets[view]?[id] = nil
            return .unmarked
        }
        guard count(in: view) < Self.mostRows else {
            return .full("\(Self.mostRows) rows are marked, which is as many as there may be")
        }
        if let record {
            let size = records(in: view).reduce(record.size) { $0 + $1.size }
            guard size <= Self.mostBytes else {
                return .full(
                    "the marked packets have \(Numbers.bytes(UInt64(size - record.size))), of at most "
                        + Numbers.bytes(UInt64(Self.mostBytes)))
            }
            packets[view, default: [:]][id] = record
        }
        rows[view, default: []].append(id)
        return .marked
    }

    mutating func clear(_ view: ViewKind) {
        rows[view] = nil
        packets[view] = nil
        left[view] = nil
    }

    /// Takes the marks of rows away that are not listed any more.
    ///
    /// - Parameter hasLeft: Whether such a row is still there, but for newer ones in its place; it is
    ///   counted then.
    mutating func keep(
        only present: Set<RowID>, in view: ViewKind, hasLeft: (RowID) -> Bool
    ) {
        let gone = ids(in: view).filter { !present.contains($0) }
        guard !gone.isEmpty else { return }
        rows[view]?.removeAll { !present.contains($0) }
        left[view, default: 0] += gone.count(where: hasLeft)
    }

    func countOfLeft(in view: ViewKind) -> Int { left[view] ?? 0 }

    func isMarked(_ id: RowID, in view: ViewKind) -> Bool { rows[view]?.contains(id) ?? false }

    func count(in view: ViewKind) -> Int { rows[view]?.count ?? 0 }

    func ids(in view: ViewKind) -> [RowID] { rows[view] ?? [] }

    /// The marked packets, in the order of their judgement.
    func records(in view: ViewKind) -> [PacketRecord] {
        (packets[view] ?? [:]).values.sorted { $0.isJudged(before: $1) }
    }

    /// What was found out about a marked packet may come later than its mark.
    mutating func refresh(from records: [PacketRecord], in view: ViewKind) {
        guard let kept = packets[view], !kept.isEmpty else { return }
        for record in records where kept[.number(record.id)] != nil {
            packets[view]?[.number(record.id)] = record
        }
    }
}

extension PacketRecord {
    fileprivate var size: Int { bytes.count + plain.count }
}

extension ConsoleModel {
    /// Marks the row under the cursor, or the open packet, or takes the mark away.
    mutating func toggleMark() {
        if let opened {
            // It may have left the list; its mark brings it back.
            return toggleMark(of: .number(opened.id), record: opened)
        }
        guard let index = cursor else { return say("there is no row to mark", isFault: true) }
        toggleMark(
            of: rowIDs[index], record: records.indices.contains(index) ? records[index] : nil)
        stayOn(index)
    }

    private mutating func toggleMark(of id: RowID, record: PacketRecord?) {
        guard case .full(let words) = marks.toggle(id, in: view, record: record) else { return }
        say("\(words); U takes all marks away", isFault: true)
    }

    /// A row that was marked in a list that is followed must not move on from under the cursor.
    private mutating func stayOn(_ index: Int) {
        lists[view, default: ListState()].select(index, in: rowIDs)
    }

    /// Moves to the next marked row, behind the last one to the first.
    mutating func goToNextMark() {
        let marked = rowIDs.indices.filter { marks.isMarked(rowIDs[$0], in: view) }
        guard let first = marked.first else {
            let hidden = marks.count(in: view)
            return say(
                hidden > 0
                    ? "no marked row is listed; the filter hides \(hidden)"
                    : "no row is marked; M marks one", isFault: true)
        }
        let from = opened.flatMap { rowIDs.firstIndex(of: .number($0.id)) } ?? cursor ?? -1
        let target = marked.first { $0 > from } ?? first
        lists[view, default: ListState()].select(target, in: rowIDs)
        if opened != nil { open(records[target]) }
    }

    mutating func unmarkAll() {
        let count = marks.count(in: view) + marks.countOfLeft(in: view)
        guard count > 0 else { return say("no row is marked") }
        marks.clear(view)
        say("\(Numbers.counted(UInt64(count), "mark")) taken away")
    }

    /// The packets that a dump or a copy is about: the open one, those that are marked, or what is
    /// given.
    func chosenRecords(otherwise records: [PacketRecord]) -> [PacketRecord] {
        if let opened { return [opened] }
        let marked = marks.records(in: view)
        return marked.isEmpty ? records : marked
    }
}
