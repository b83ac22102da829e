/// The bits that destinations have in the records of a segment: configuration may have changed
/// since it was written.
struct RouteBits {
    private let log: SegmentLog
    private let names: [String]
    /// For the segment that was asked for last.
    private var known: (segment: UInt64, bits: [Int?])?

    init(_ log: SegmentLog, names: [String]) {
        self.log = log
        self.names = names
    }

    /// The bit of a destination, by its place in the configuration; nil when the segment knows none
    /// of its name.
    mutating func bit(of route: Int, in segment: UInt64) -> Int? {
        if let known, known.segment == segment { return known.bits[route] }
        let head = log.segment(segment)?.head
        let bits = names.map { head?.bit(of: $0) }
        known = (segment, bits)
        return bits[route]
    }
}
