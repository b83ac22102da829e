import NanoCore

/// The panes of an open packet.
enum DetailPane: Int, CaseIterable, Sendable {
    case records, fields, bytes
}

/// Where one is in an open packet: the field under the cursor, and the byte of it.
///
/// Both cursors are one: a field lights its bytes, and a byte its field.
struct PacketDetail: Sendable {
    var pane = DetailPane.fields
    /// Index of the field among the lines of the packet.
    private(set) var field = 0
    /// Offset of the byte in the frame.
    private(set) var byte = 0
    /// Bytes in a row on the screen.
    var bytesInRow = 16

    /// A packet field by field.
    static func lines(of record: PacketRecord) -> [Dissection.Line] {
        Dissection(
            frame: record.bytes, refusal: record.refusal, plain: record.plain, isFieldByField: true
        ).lines
    }

    /// Starts where the packet failed, or at its first field.
    init() {}

    init(of record: PacketRecord) {
        let lines = Self.lines(of: record)
        select(field: lines.firstIndex { $0.mark == .failed } ?? 0, of: lines)
    }

    mutating func select(field index: Int, of lines: [Dissection.Line]) {
        guard !lines.isEmpty else { return }
        field = min(max(0, index), lines.count - 1)
        byte = lines[field].range.lowerBound
    }

    mutating func select(byte offset: Int, of lines: [Dissection.Line]) {
        let end = lines.filter(\.isLeaf).map(\.range.upperBound).max() ?? 0
        byte = min(max(0, offset), max(0, end - 1))
        field = Self.field(at: byte, of: lines) ?? field
    }

    /// The field that a byte belongs to.
    static func field(at offset: Int, of lines: [Dissection.Line]) -> Int? {
        lines.firstIndex { $0.isLeaf && $0.range.contains(offset) }
    }

    /// Goes over to another packet, to the same field where that has one.
    mutating func move(from old: PacketRecord, to new: PacketRecord) {
        let (before, lines) = (Self.lines(of: old), Self.lines(of: new))
        let known = before.indices.contains(field) ? before[field] : nil
        let fault = lines.firstIndex { $0.mark == .failed }
        let same = lines.firstIndex { line in
            line.field == known?.field && line.depth == known?.depth && line.mark != .failed
        }
        let wasFault = known?.mark == .failed
        select(field: (wasFault ? fault : same) ?? fault ?? 0, of: lines)
    }
}

/// Moving about in an open packet.
extension ConsoleModel {
    mutating func open(_ record: PacketRecord) {
        if let opened {
            detail.move(from: opened, to: record)
        } else {
            detail = PacketDetail(of: record)
        }
        opened = record
    }

    mutating func goToNextPane(by steps: Int) {
        let count = DetailPane.allCases.count
        let place = (detail.pane.rawValue + steps + count) % count
        detail.pane = DetailPane(rawValue: place) ?? .fields
    }

    /// Up and down within the pane.
    mutating func moveInDetail(by steps: Int) {
        guard let opened else { return }
        let lines = PacketDetail.lines(of: opened)
        switch detail.pane {
        case .records: moveToRecord(by: steps, from: opened)
        case .fields: detail.select(field: Self.sum(detail.field, steps), of: lines)
        case .bytes:
            let isFar = steps == .min || steps == .max
            let step = isFar ? steps : steps * detail.bytesInRow
            let target = Self.sum(detail.byte, step)
            // Within a column there is a first and a last row.
            guard isFar || (0..<opened.bytes.count).contains(target) else { return }
            detail.select(byte: target, of: lines)
        }
    }

    /// Left and right: from byte to byte, or from pane to pane.
    mutating func moveAside(by steps: Int) {
        guard let opened else { return }
        guard detail.pane == .bytes else {
            let place = detail.pane.rawValue + steps
            detail.pane = DetailPane(rawValue: place) ?? detail.pane
            return
        }
        detail.select(byte: detail.byte + steps, of: PacketDetail.lines(of: opened))
    }

    private mutating func moveToRecord(by steps: Int, from record: PacketRecord) {
        guard !records.isEmpty else { return }
        let place = records.firstIndex { $0.id == record.id } ?? cursor ?? 0
        let target = min(max(0, Self.sum(place, steps)), records.count - 1)
        lists[view, default: ListState()].select(target, in: rowIDs)
        open(records[target])
    }

    private static func sum(_ value: Int, _ steps: Int) -> Int {
        let (sum, overflow) = value.addingReportingOverflow(steps)
        return overflow ? (steps > 0 ? .max : 0) : sum
    }
}
