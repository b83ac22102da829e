import NanoCore

/// Room on the disk that a journal leaves to what is kept beside it: a journal that has filled the disk to
/// the last byte could not be emptied, where its packets have to become dead letters first. It leaves half of
/// what it has itself at most: where others have filled the disk, a small one goes on.
struct SpareRoom {
    /// Bytes that are left.
    private let bytes: Int
    /// Bytes that have been written since the disk was looked at.
    private var unseen: Int
    /// Whether there was no more than what is left when it was looked at last.
    private var isShort = false

    init(bytes: Int) {
        self.bytes = bytes
        unseen = bytes
    }

    /// Sees to it that so many bytes can be written without taking what is left.
    ///
    /// - Parameter held: Bytes that the journal has on the disk.
    /// - Throws: ``StorageFault`` that says there is no room.
    mutating func spare(
        writing count: Int, to storage: any LogStorage, held: @autoclosure () -> Int
    ) throws {
        guard bytes > 0 else { return }
        // Others write too, so that not all of it may be unseen.
        guard isShort || unseen + count >= bytes / 16 else {
            unseen += count
            return
        }
        let free = try storage.freeBytes()
        let spared = min(bytes, held() / 2)
        isShort = free - count < spared
        guard !isShort else { throw StorageFault(leaving: spared, of: free) }
        unseen = count
    }
}

extension StorageFault {
    /// There is room, which is for others.
    fileprivate init(leaving bytes: Int, of free: Int) {
        self.init(
            description:
                "the disk has \(PlainWords.bytes(UInt64(max(0, free)))) left, and the journal "
                + "leaves \(PlainWords.bytes(UInt64(bytes))) to what is kept beside it")
    }
}
