import Glibc

/// What somebody at the admin socket may do.
public enum AdminRole: String, CaseIterable, Codable, Sendable {
    /// Look at everything that a console shows.
    case observer
    /// Do everything that a console does.
    case `operator`
}

/// Who is given which role.
struct AdminRoles: Sendable {
    /// The user that the gateway runs as.
    var owner: uid_t
    /// Other users that may do everything.
    var operators: Set<uid_t> = []

    /// The role of a user, as the system tells who it is. Root could do everything anyway.
    func role(of user: uid_t) -> AdminRole {
        user == owner || user == 0 || operators.contains(user) ? .operator : .observer
    }
}

/// The numbers and names of users and groups.
enum SystemNames {
    private static let roomForEntry = 16_384

    static func user(named name: String) -> uid_t? {
        var entry = passwd()
        var found: UnsafeMutablePointer<passwd>?
        var text = [CChar](repeating: 0, count: roomForEntry)
        guard getpwnam_r(name, &entry, &text, text.count, &found) == 0, found != nil else {
            return nil
        }
        return entry.pw_uid
    }

    static func group(named name: String) -> gid_t? {
        var entry = Glibc.group()
        var found: UnsafeMutablePointer<Glibc.group>?
        var text = [CChar](repeating: 0, count: roomForEntry)
        guard getgrnam_r(name, &entry, &text, text.count, &found) == 0, found != nil else {
            return nil
        }
        return entry.gr_gid
    }

    /// Empty where the system has no name for the number.
    static func name(of user: uid_t) -> String {
        var entry = passwd()
        var found: UnsafeMutablePointer<passwd>?
        var text = [CChar](repeating: 0, count: roomForEntry)
        guard getpwuid_r(user, &entry, &text, text.count, &found) == 0, found != nil,
            let name = entry.pw_name
        else { return "" }
        return String(cString: name)
    }
}
