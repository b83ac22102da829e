import NanoCore

/// Whether the disk has room for as much as the journal may take.
enum JournalRoom {
    /// The most that is left to dead letters, the audit trail, and what else is kept beside the journal; less
    /// on a small disk.
    static let spareBytes = 16 << 20

    /// What is to be said where a configured limit can never be reached; nil where it can.
    ///
    /// - Parameters:
    ///   - taken: Bytes that the journal has already.
    ///   - free: Bytes that its disk has room for.
    static func warning(maximumBytes: Int, taken: Int, free: Int) -> String? {
        let (room, isHuge) = taken.addingReportingOverflow(free)
        guard !isHuge, maximumBytes > room else { return nil }
        return
            "journal.max_bytes: \(PlainWords.bytes(UInt64(maximumBytes))) is more than the disk has "
            + "room for, \(PlainWords.bytes(UInt64(room))) with what the journal has already; when "
            + "the disk is full, devices have to wait, whatever journal.when_full says: set it "
            + "lower, or make room"
    }
}
