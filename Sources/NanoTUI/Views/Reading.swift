import NanoCore

/// What a packet says, in a few words: what has a column of its own is left out, and what counts
/// packets comes last.
enum Reading {
    private static let columns: Set = ["device_id", "lab_id", "timestamp"]
    private static let counters: Set = ["seq"]

    static func words(of record: PacketRecord) -> String {
        guard let bounds = FrameBounds(readingAt: 0, in: record.bytes.span) else { return "–" }
        let items = Dissection(frame: record.bytes, refusal: nil).lines
            .filter { bounds.payload.contains($0.offset) && $0.depth > 0 }
        let fields = items.indices.filter { items[$0].depth == 1 }
        let shown = fields.filter { !columns.contains(items[$0].field) }
        guard !shown.isEmpty else {
            return CBORDiagnostic.line(record.bytes, bounds.payload, atMost: 200)
        }
        let order =
            shown.filter { !counters.contains(items[$0].field) }
            + shown.filter { counters.contains(items[$0].field) }
        return order.map { words(of: items, at: $0) }.joined(separator: ", ")
    }

    /// A field with its value, or with what is in it.
    private static func words(of items: [Dissection.Line], at index: Int) -> String {
        let inside = items[(index + 1)...].prefix { $0.depth > 1 }
        guard !inside.isEmpty else { return "\(items[index].field): \(items[index].meaning)" }
        // Containers only hold others together.
        let depths = inside.map(\.depth) + [0]
        let values = zip(inside, depths.dropFirst()).filter { $0.depth >= $1 }.map(\.0)
            .map { $0.field.isEmpty ? $0.meaning : "\($0.field) \($0.meaning)" }
        return "\(items[index].field): \(values.joined(separator: " "))"
    }
}
