import Glibc

/// Groups that nobody but one user is in, as systems with user private groups make them: what such a
/// group may write to, that user alone may.
struct PrivateGroups: Sendable {
    struct User: Sendable {
        var name: String
        var id: uid_t
        /// The group that the user is in without being named in it.
        var group: gid_t
    }

    struct Group: Sendable {
        var name: String
        var id: gid_t
        var members: [String]
    }

    /// Those of the system, as they are when they are first asked for: the lists that this goes through
    /// are the process's, and are gone through once.
    static let system = PrivateGroups(users: systemUsers(), groups: systemGroups())

    private let owners: [gid_t: uid_t]
    /// Whether somebody besides root is named in root's group.
    private let isRootShared: Bool

    /// A group is its user's where it has the user's name, nobody else is named in it, and nobody else's
    /// first group it is. The name has to be the same since directories of users need not list all.
    init(users: [User], groups: [Group]) {
        var owners: [gid_t: uid_t] = [:]
        let byGroup = Dictionary(grouping: users, by: \.group)
        let byID = Dictionary(grouping: groups, by: \.id)
        for (id, owning) in byGroup {
            let entries = byID[id] ?? []
            let names = Set(owning.map(\.name))
            guard let owner = owning.first, owning.allSatisfy({ $0.id == owner.id }),
                !entries.isEmpty,
                entries.allSatisfy({ names.contains($0.name) && names.isSuperset(of: $0.members) })
            else { continue }
            owners[id] = owner.id
        }
        self.owners = owners
        // Some systems give it to users that only stop the machine, so whose first group it is says
        // nothing.
        isRootShared = (byID[0] ?? []).contains { $0.members.contains { $0 != "root" } }
    }

    /// Whether nobody but root and one of these users is in a group.
    func isPrivate(_ group: gid_t, of users: [uid_t]) -> Bool {
        if group == 0 { return !isRootShared }
        return owners[group].map { users.contains($0) } ?? false
    }

    private static func systemUsers() -> [User] {
        var users: [User] = []
        setpwent()
        defer { endpwent() }
        while let entry = getpwent() {
            guard let name = entry.pointee.pw_name else { continue }
            users.append(
                User(
                    name: String(cString: name), id: entry.pointee.pw_uid,
                    group: entry.pointee.pw_gid))
        }
        return users
    }

    private static func systemGroups() -> [Group] {
        var groups: [Group] = []
        setgrent()
        defer { endgrent() }
        while let entry = getgrent() {
            guard let name = entry.pointee.gr_name else { continue }
            var members: [String] = []
            var next = entry.pointee.gr_mem
            while let place = next, let member = place.pointee {
                members.append(String(cString: member))
                next = place + 1
            }
            groups.append(
                Group(name: String(cString: name), id: entry.pointee.gr_gid, members: members))
        }
        return groups
    }
}
