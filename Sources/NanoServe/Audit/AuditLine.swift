/// A line of an audit trail, at its place.
struct AuditLine {
    /// From 1.
    let number: Int
    /// Where it begins, in bytes.
    let offset: Int
    /// Nil when the line is none.
    let entry: AuditEntry?
    /// SHA-256 of the line with its end, even where that is not there.
    let hash: String
    let hasEnd: Bool

    /// Cuts a trail into its lines.
    static func all(in bytes: [UInt8]) -> [AuditLine] {
        let end = UInt8(ascii: "\n")
        var lines: [AuditLine] = []
        var offset = 0
        while offset < bytes.count {
            let stop = bytes[offset...].firstIndex(of: end) ?? bytes.count
            let text = bytes[offset..<stop]
            lines.append(
                AuditLine(
                    number: lines.count + 1, offset: offset, entry: AuditEntry.read(text),
                    hash: AuditChain.hash(text + [end]), hasEnd: stop < bytes.count))
            offset = stop + 1
        }
        return lines
    }
}
