import Glibc
import NanoCore
import Testing

@testable import NanoServe

/// The admin socket, as people write it.
@Suite struct AdminSettingsTests {
    @Test func `without keys it is in the state folder, for its user`() throws {
        let settings = try load(nil, ["NANOGRIDATA_STATE_DIR": "/var/lib/n"])
        #expect(settings.admin.path(inFolder: settings.state.folder) == "/var/lib/n/admin.sock")
        #expect(settings.summary.contains { $0.hasSuffix(" /var/lib/n/admin.sock, mode 0600") })
        #expect(settings.warnings.isEmpty)
    }

    @Test func `place, group and operators are taken by name`() throws {
        let settings = try load(
            "admin: {socket: /run/n.sock, group: root, operators: [root, daemon]}")
        #expect(settings.admin.path(inFolder: "/x") == "/run/n.sock")
        #expect(settings.admin.group == 0 && settings.admin.operators.contains(0))
        #expect(
            settings.summary.contains { $0.contains("/run/n.sock, group 0, mode 0660, 2 more") })
    }

    @Test func `names that the machine does not know are named with their line`() throws {
        let error = #expect(throws: SettingsError.self) {
            try load("admin:\n  group: no-such-group\n  operators: [no-such-user]\n")
        }
        #expect(error?.lines.count == 2)
        #expect(error?.lines[0].contains(":2: admin.group: \"no-such-group\" is no group") == true)
        #expect(error?.lines[1].contains("admin.operators[0]: \"no-such-user\" is no user") == true)
    }

    @Test func `whom nobody could reach it is told`() throws {
        #expect(try load("admin: {operators: [root]}").warnings.count == 1)
        #expect(try load("admin: {group: root}").warnings.count == 1)
    }
}
