import Glibc

/// Tells one writing of a file from the next: each is a new file in the old one's place.
struct FileStamp: Equatable, Sendable {
    private let file: UInt64
    private let seconds: Int
    private let nanoseconds: Int
    /// When its owner, mode or name was changed last, too; 0 where that does not matter.
    private var statusSeconds = 0
    private var statusNanoseconds = 0

    /// The file as it lies there now; nil when there is none. To be asked before it is read, so
    /// that a change in between is seen the next time.
    ///
    /// - Parameter withStatus: Whether a change of its owner or mode makes another of it.
    init?(of path: String, withStatus: Bool = false) {
        var status = stat()
        guard lstat(path, &status) == 0 else { return nil }
        file = UInt64(status.st_ino)
        seconds = status.st_mtim.tv_sec
        nanoseconds = status.st_mtim.tv_nsec
        guard withStatus else { return }
        statusSeconds = status.st_ctim.tv_sec
        statusNanoseconds = status.st_ctim.tv_nsec
    }
}
