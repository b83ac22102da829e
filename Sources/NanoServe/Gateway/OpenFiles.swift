import Glibc

/// The process's limit of open files. Every connection is one, and the usual 1,024 are soon reached.
package enum OpenFiles {
    /// Raises the soft limit where it is lower, as far as the system allows.
    ///
    /// - Returns: The limits of the process afterwards, in files.
    package static func raiseLimit(to count: Int) -> (soft: Int, hard: Int) {
        let kind = __rlimit_resource_t(RLIMIT_NOFILE.rawValue)
        var limit = rlimit()
        getrlimit(kind, &limit)
        if limit.rlim_cur < UInt(count) {
            limit.rlim_cur = min(limit.rlim_max, UInt(count))
            setrlimit(kind, &limit)
            getrlimit(kind, &limit)
        }
        return (Int(clamping: limit.rlim_cur), Int(clamping: limit.rlim_max))
    }
}
