public import NanoCore

/// The audit trail as it stands, read without disturbing anybody who appends.
public struct AuditReading {
    /// Why there is nothing to read.
    public struct Fault: Error, CustomStringConvertible {
        public let description: String
    }

    /// An entry with the line that it was read from.
    public struct Line: Sendable {
        public let entry: AuditEntry
        /// The line as it stands, with fields that this release may not know.
        public let json: String
    }

    /// In the order of the file; those that announced what another one tells the result of are left
    /// out, unless they were asked for.
    public private(set) var lines: [Line] = []
    /// Lines that are no entries, each as `FILE:LINE: what is wrong`.
    public private(set) var damages: [String] = []
    /// Lines that have lost their end, as the entry behind each says; in the same form.
    public private(set) var notes: [String] = []

    /// - Parameters:
    ///   - since: Only entries of this moment or later, in milliseconds since 1970.
    ///   - until: Only entries of before this moment, in milliseconds since 1970.
    ///   - action: Only entries with this word.
    ///   - keepsAnnouncements: Whether those that announced what another one tells the result of
    ///     are kept.
    /// - Throws: ``Fault``, one line for the operator.
    public init(
        stateFolder: String, since: Int64? = nil, until: Int64? = nil, action: AuditAction? = nil,
        keepsAnnouncements: Bool = false
    ) throws(Fault) {
        let copy = try AuditCopy(stateFolder: stateFolder)
        let path = copy.path
        // Of one form and one length, so that their order as text is that of time.
        let (earliest, end) = (since.map(Timestamp.iso8601), until.map(Timestamp.iso8601))
        // The last line is being written, or has lost its end: it is judged like the others.
        let texts = copy.bytes.split(
            separator: UInt8(ascii: "\n"), omittingEmptySubsequences: false)
        // Whether the line before is no entry, and nothing has explained it yet.
        var isUnexplained = false
        for (index, text) in texts.enumerated() where index < texts.count - 1 || !text.isEmpty {
            guard let entry = AuditEntry.read(text) else {
                damages.append(
                    "\(SafeText.escaped(path)):\(index + 1): is no entry of an audit trail")
                isUnexplained = true
                continue
            }
            if isUnexplained, entry.tellsOfTorn {
                damages.removeLast()
                notes.append(
                    "\(SafeText.escaped(path)):\(index): is torn, since whoever wrote it died; "
                        + "entry \(entry.number) says so")
            }
            isUnexplained = false
            if let earliest, entry.time < earliest { continue }
            if let end, entry.time >= end { continue }
            if let action, entry.action != action.rawValue { continue }
            lines.append(Line(entry: entry, json: String(decoding: text, as: UTF8.self)))
        }
        guard !keepsAnnouncements else { return }
        let finished = Set(lines.compactMap(\.entry.begun))
        lines.removeAll { $0.entry.result == .begun && finished.contains($0.entry.number) }
    }
}
