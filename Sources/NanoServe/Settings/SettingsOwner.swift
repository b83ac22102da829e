import Glibc

/// The user whom a configuration belongs to.
package enum SettingsOwner {
    /// Where root checks a configuration that belongs to somebody else, makes that user of this process,
    /// for good: all that is looked at from then on is judged as a gateway of that user would find it.
    ///
    /// - Parameter path: The configuration that is named; nil for the one that a gateway would read.
    /// - Returns: Whose process it is now; nil when it is whose it was.
    package static func become(of path: String?, environment: [String: String]) -> UInt32? {
        guard geteuid() == 0, let path = path ?? SettingsPlaces.configFile(environment),
            !SettingsFile.isStream(path)
        else { return nil }
        var status = stat()
        guard stat(path, &status) == 0, status.st_mode & S_IFMT == S_IFREG, status.st_uid != 0,
            status.st_uid != UserNamespace.unknownUser
        else { return nil }
        let group = SystemNames.firstGroup(of: status.st_uid)
        let name = SystemNames.name(of: status.st_uid)
        // One that is in no list of users has no groups besides.
        let isInGroups =
            group.map { initgroups(name, $0) == 0 } ?? (setgroups(0, nil) == 0)
        guard isInGroups, setgid(group ?? status.st_gid) == 0, setuid(status.st_uid) == 0 else {
            return nil
        }
        return status.st_uid
    }
}

extension SystemNames {
    /// The group that a user is in without being named in it; nil where the system does not know the user.
    fileprivate static func firstGroup(of user: uid_t) -> gid_t? {
        var entry = passwd()
        var found: UnsafeMutablePointer<passwd>?
        var text = [CChar](repeating: 0, count: 16_384)
        guard getpwuid_r(user, &entry, &text, text.count, &found) == 0, found != nil else {
            return nil
        }
        return entry.pw_gid
    }
}
