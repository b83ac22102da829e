import Glibc

/// How much can still be written to a file system.
enum DiskRoom {
    /// Bytes left where an open file is; nil when the system does not tell. For a file system without a
    /// size of its own they are more than any disk has, and may be added to.
    static func freeBytes(of descriptor: Int32) -> Int? {
        var figures = statvfs()
        return fstatvfs(descriptor, &figures) == 0 ? freeBytes(figures) : nil
    }

    /// The same for a path.
    static func freeBytes(at path: String) -> Int? {
        var figures = statvfs()
        return statvfs(path, &figures) == 0 ? freeBytes(figures) : nil
    }

    private static func freeBytes(_ figures: statvfs) -> Int {
        let (free, isHuge) = Int(clamping: figures.f_bavail)
            .multipliedReportingOverflow(by: Int(clamping: figures.f_frsize))
        // A file system without a size counts no blocks.
        return figures.f_blocks == 0 || isHuge ? .max / 2 : free
    }
}
