import NanoCore

/// What a packet says, in a few words: what has a column of its own is left out, numbers come
/// before text, and what counts packets comes last.
enum Reading {
    private static let columns: Set = ["device_id", "lab_id", "timestamp", "ts"]
    private static let counters: Set = ["seq"]

    static func words(of record: PacketRecord) -> String {
        let packet = record.packet
        guard let bounds = FrameBounds(packet: packet.indices, in: packet.span) else { return "–" }
        // What was opened stands one step further in, below the ciphertext.
        let outside = record.plain.isEmpty ? 0 : 1
        let items = Dissection(frame: record.bytes, refusal: nil, plain: record.plain).lines
            .filter { bounds.payload.contains($0.offset) && $0.depth > outside }
        let fields = items.indices.filter { items[$0].depth == outside + 1 }
        let shown = fields.filter { !columns.contains(items[$0].field) }
        guard !shown.isEmpty else {
            return CBORDiagnostic.line(packet, bounds.content, atMost: 200)
        }
        let order = shown.sorted {
            (weight(of: items[$0]), $0) < (weight(of: items[$1]), $1)
        }
        return order.map { words(of: items, at: $0) }.joined(separator: ", ")
    }

    private static func weight(of item: Dissection.Line) -> Int {
        counters.contains(item.field) ? 2 : item.meaning.hasPrefix("\"") ? 1 : 0
    }

    /// A field with its value, or with what is in it.
    private static func words(of items: [Dissection.Line], at index: Int) -> String {
        let inside = items[(index + 1)...].prefix { $0.depth > 1 }
        guard !inside.isEmpty else { return "\(items[index].field): \(items[index].meaning)" }
        // Containers only hold others together.
        let depths = inside.map(\.depth) + [0]
        let values = zip(inside, depths.dropFirst())
            .filter { $0.depth >= $1 && !columns.contains($0.field) }.map(\.0)
            .map { $0.meaning.trimmingPrefix("\"").split(separator: "\"").first ?? "" }
        return "\(items[index].field): \(values.joined(separator: " "))"
    }
}
