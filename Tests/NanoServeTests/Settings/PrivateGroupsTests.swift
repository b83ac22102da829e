import Foundation
import Glibc
import Testing

@testable import NanoServe

/// Groups that may write to what their user may.
@Suite struct PrivateGroupsTests {
    private static let ann = PrivateGroups.User(name: "ann", id: 1_000, group: 1_000)

    private func isAnns(
        _ users: [PrivateGroups.User] = [], name: String = "ann", members: [String] = []
    ) -> Bool {
        let groups = [PrivateGroups.Group(name: name, id: 1_000, members: members)]
        return PrivateGroups(users: [Self.ann] + users, groups: groups)
            .isPrivate(1_000, of: [1_000])
    }

    @Test func `a group is its user's alone where nobody else is in it`() {
        #expect(isAnns() && isAnns(members: ["ann"]))
        #expect(!isAnns(members: ["ann", "ben"]))
        #expect(!isAnns([.init(name: "ben", id: 1_001, group: 1_000)]))
        #expect(isAnns([.init(name: "ben", id: 1_001, group: 1_001)]))
        #expect(!isAnns(name: "users"))
    }

    @Test func `a group that is not listed, or is another's, is nobody's`() {
        let groups = PrivateGroups(users: [Self.ann], groups: [])
        #expect(!groups.isPrivate(1_000, of: [1_000]))
        let listed = PrivateGroups(
            users: [Self.ann], groups: [.init(name: "ann", id: 1_000, members: [])])
        #expect(!listed.isPrivate(1_000, of: [0, 1_001]))
        #expect(listed.isPrivate(1_000, of: [0, 1_000]))
    }

    @Test func `root's group is root's unless somebody else is named in it`() {
        let cases: [([String], Bool)] = [([], true), (["root"], true), (["ben"], false)]
        for (members, isRoots) in cases {
            let groups = PrivateGroups(
                users: [.init(name: "halt", id: 7, group: 0)],
                groups: [.init(name: "root", id: 0, members: members)])
            #expect(groups.isPrivate(0, of: [1_000]) == isRoots)
        }
    }

    @Test(.enabled(if: geteuid() == 0, "only root can give files away"))
    func `what a private group may write to is trusted, and others still may not`() throws {
        let folder = try TemporaryFolder()
        let path = folder.path + "/n.yaml"
        try Data().write(to: URL(filePath: path))
        let listed = PrivateGroups(
            users: [Self.ann], groups: [.init(name: "ann", id: 1_000, members: [])])
        let shared = PrivateGroups(
            users: [Self.ann], groups: [.init(name: "ann", id: 1_000, members: ["ben"])])
        for place in [folder.path, path] { try #require(chown(place, 1_000, 1_000) == 0) }
        func problem(_ mode: mode_t, _ groups: PrivateGroups) throws -> String? {
            try #require(chmod(folder.path, 0o775) == 0 && chmod(path, mode) == 0)
            return TrustedPath(
                user: 1_000, path: path, kind: "file", unknownUser: nil, groups: groups
            ).problem
        }
        #expect(try problem(0o664, listed) == nil)
        #expect(try problem(0o666, listed)?.contains("(mode 666)") == true)
        #expect(try problem(0o664, shared)?.contains("(mode 775)") == true)
    }
}
