import CDumpable
import Glibc

/// Keeps secrets in memory out of files: no core dump of this process, and nobody but root attaches to
/// it (prctl(2), `PR_SET_DUMPABLE`).
public enum CoreDumps {
    /// - Returns: Whether the system has taken it.
    public static func forbid() -> Bool {
        var none = rlimit(rlim_cur: 0, rlim_max: 0)
        let isLimited = setrlimit(__rlimit_resource_t(RLIMIT_CORE.rawValue), &none) == 0
        return nanogridata_forbid_dumps() == 0 && isLimited
    }
}
