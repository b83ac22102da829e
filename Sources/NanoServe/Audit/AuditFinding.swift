import NanoCore

/// What is wrong at one place of an audit trail.
public struct AuditFinding: Equatable, Sendable {
    enum Kind: Sendable {
        /// An entry is not as it was written.
        case changed
        case missing, reordered, duplicate
        /// A line is no entry.
        case foreign
        /// What stood before the beginning of a chain is not as it was.
        case uncovered
        /// A chain was begun since the one before was found broken.
        case restarted
        /// The end is not the one that was left, or not the one that is expected.
        case end
    }

    let kind: Kind
    /// From 1; one more than there are lines for what is missing at the end.
    public let line: Int
    /// Of the entry; nil where there is none.
    public let number: UInt64?
    /// Where the line begins, in bytes.
    public let offset: Int
    let sentence: String

    /// `17: entry 15, byte 5123: was changed`, to stand behind the file's name.
    public var text: String {
        let entry = number.map { "entry \($0), " } ?? ""
        return "\(line): \(entry)byte \(offset): \(SafeText.escaped(sentence))"
    }

    /// Why a chain has to begin anew: `line 17: was changed`.
    var reason: String { kind == .end ? sentence : "line \(line): \(sentence)" }

    /// Most ranges of numbers that one sentence names.
    static let rangeCount = 5

    /// `entry 12 is missing`, `entries 12–15, 17 are missing`.
    static func missing(_ ranges: [ClosedRange<UInt64>]) -> String {
        let names = ranges.prefix(rangeCount).map { range in
            range.count == 1 ? "\(range.lowerBound)" : "\(range.lowerBound)–\(range.upperBound)"
        }
        let more = ranges.count > rangeCount ? " and others" : ""
        guard ranges.count == 1, ranges[0].count == 1 else {
            return "entries \(names.joined(separator: ", "))\(more) are missing"
        }
        return "entry \(names[0]) is missing"
    }
}
