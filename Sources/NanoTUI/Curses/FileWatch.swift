import Glibc

/// Whether a file has been written anew since it was read.
///
/// Who asks does so a few times a second, which costs one `stat` each. A change is told when the file
/// has stood still from one question to the next, so that nothing is read that is only half written.
struct FileWatch {
    /// What a file has of its own when it has been changed, or replaced by another.
    private struct Stamp: Equatable {
        var device: dev_t
        var inode: ino_t
        var size: off_t
        var seconds: Int
        var nanoseconds: Int

        /// Nil where there is no file.
        init?(of path: String) {
            var status = stat()
            guard stat(path, &status) == 0 else { return nil }
            (device, inode, size) = (status.st_dev, status.st_ino, status.st_size)
            (seconds, nanoseconds) = (status.st_mtim.tv_sec, status.st_mtim.tv_nsec)
        }
    }

    let path: String
    /// As it was read last.
    private var known: Stamp?
    /// As it was seen last.
    private var seen: Stamp?

    /// Begins to watch; the file is to be read afterwards.
    init(_ path: String) {
        self.path = path
        known = Stamp(of: path)
        seen = known
    }

    /// Whether there was no file at the last question.
    var isAway: Bool { seen == nil }

    /// Whether it is to be read again. A file that is away has not changed.
    mutating func hasChanged() -> Bool {
        let now = Stamp(of: path)
        let isStill = now == seen
        seen = now
        guard let now, isStill, now != known else { return false }
        known = now
        return true
    }
}
