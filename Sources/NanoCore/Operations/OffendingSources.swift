/// Which of the two alarms tells of a source, that for floods or that for flapping: never both. Many do one
/// and then the other; whoever has flooded stays with the floods while that alarm stands.
struct OffendingSources: Sendable {
    /// When a source was last seen to offend, in monotonic nanoseconds.
    private var flooding: [String: UInt64] = [:]
    private var flapping: [String: UInt64] = [:]

    /// For how long an alarm outlasts the last offence, and a source keeps its place.
    static let holdNanoseconds: UInt64 = 30_000_000_000

    /// Takes note of the sources that offend now.
    mutating func note(_ rows: [OffenderSnapshot], now nanoseconds: UInt64) {
        for place in [\OffendingSources.flooding, \.flapping] {
            self[keyPath: place] = self[keyPath: place].filter { _, last in
                nanoseconds < last || nanoseconds - last <= Self.holdNanoseconds
            }
        }
        for row in rows where row.isFlooding || row.isFlapping {
            if row.isFlooding || flooding[row.source] != nil {
                flooding[row.source] = nanoseconds
                flapping[row.source] = nil
            } else {
                flapping[row.source] = nanoseconds
            }
        }
    }

    /// Whether a source belongs to the alarm for floods.
    func isOfFloods(_ source: String) -> Bool { flooding[source] != nil }

    /// Whether all that flapped of late is told of by the alarm for floods.
    var areAllOfFloods: Bool { flapping.isEmpty && !flooding.isEmpty }
}
