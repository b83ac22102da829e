import Glibc

/// Every connection is an open file, and the usual limit of 1,024 is soon reached.
enum OpenFiles {
    /// Raises the process's limit where it is lower.
    ///
    /// - Parameter option: What asks for so many; for the message.
    /// - Throws: ``CommandFailure`` with exit code 2 when the system allows fewer.
    static func allow(_ count: Int, for option: String) throws {
        let kind = __rlimit_resource_t(RLIMIT_NOFILE.rawValue)
        var limit = rlimit()
        getrlimit(kind, &limit)
        guard limit.rlim_cur < UInt(count) else { return }
        limit.rlim_cur = min(limit.rlim_max, UInt(count))
        setrlimit(kind, &limit)
        guard limit.rlim_cur >= UInt(count) else {
            throw CommandFailure.misuse([
                "\(option): needs \(count) open files, the limit is \(limit.rlim_max) (ulimit -Hn)"
            ])
        }
    }
}
