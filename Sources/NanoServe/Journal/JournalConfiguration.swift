/// What a journal is opened with, and how it was found.
extension Journal {
    /// How a journal is kept.
    struct Configuration: Sendable {
        /// Names of the destinations, by their places in every ``RouteMask``.
        var routes: [String]
        /// Memory for the newest blocks.
        var memoryBytes = 16 << 20
        /// Whether a block has to be on the disk before it counts, or with the system.
        var isSynced = true
        /// What makes a packet count as accepted.
        var durability: Settings.Journal.Durability { isSynced ? .commit : .os }
        /// Bytes on disk.
        var maximumBytes = 20 << 30
        var whenFull = Settings.Journal.WhenFull.expireOldest
        /// Milliseconds of age at which packets expire; nil for never.
        var maximumAgeMilliseconds: Int64?

        /// Packets of a destination that may be passed over in memory while others of their devices are
        /// under way.
        var deferredPackets = 4_096

        /// Packets of a destination that may have come back, and bytes of them, before what did not has no
        /// turn any more; as many may rest between two attempts.
        var returned = (packets: 16_384, bytes: 16 << 20)

        /// Bytes that are read from the disk for a destination at once.
        var loadBytes = 512 << 10

        /// Bytes on disk that there are for it, whatever it is allowed.
        var roomBytes = Int.max

        /// Bytes that are left on the disk to what is kept beside the journal.
        var spareBytes = 0

        /// The size of a file, so that a small journal has several too, and one on a small disk.
        var segmentBytes: Int { max(1 << 16, min(64 << 20, min(maximumBytes, roomBytes) / 16)) }
    }

    /// What it takes to say how a journal was found.
    struct Opening: Sendable {
        /// Whether the cursors were damaged, so that everything is delivered again.
        var hasDamagedCursors = false
        /// Files of which nothing can be read.
        var unreadable: [String]
        /// Files that are gone, or of which nothing can be read, though it is known what they held.
        var missing: [String]
        /// Files that are gone with all that was known of them.
        var unknown: [String] = []
        /// Packets that waited and are gone, by destination.
        var lost: [UInt64]
        /// Whether that is all of it, whatever became of the files; without, as much is known to be gone.
        var isLossKnown = false
        /// Blocks that had been committed last and are not there.
        var missingAtEnd: UInt64 = 0
        /// Whether the system has run ever since the cursors were saved.
        var isSameRun = false
        var damagedBytes: Int
        /// Packets that wait from earlier, by destination.
        var waiting: [UInt64]
        /// Packets that wait for destinations that are not configured any more.
        var parked: [String: UInt64] = [:]
        /// Destinations that an operator had paused.
        var paused: [String] = []
    }
}
