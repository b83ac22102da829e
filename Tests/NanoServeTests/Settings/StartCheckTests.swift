import Foundation
import NanoCore
import Testing

@testable import NanoServe

@Suite struct StartCheckTests {
    private static func warnings(days: Int, in seconds: Int64) throws -> [String] {
        let authority = try TestAuthority(days: days)
        let folder = try TemporaryFolder()
        var settings = Settings()
        settings.state.folder = folder.path + "/state"
        settings.ingress.tls = Settings.DeviceTLS(
            files: TLSFiles(
                section: "devices.tls", certificate: authority.server.certificate,
                key: authority.server.key))
        let now = Int64(Date().timeIntervalSince1970) + seconds
        let check = StartCheck(
            settings, environment: [:],
            now: Moment(unixMilliseconds: now * 1_000, monotonicNanoseconds: 0))
        #expect(check.problems.isEmpty)
        return check.warnings
    }

    @Test func `a certificate is told thirty days before its end`() throws {
        let found = try Self.warnings(days: 60, in: 31 * 86_400)
        #expect(found.count == 1)
        #expect(found.first?.hasPrefix("devices.tls.certificate: valid until ") == true)
        #expect(found.first?.hasSuffix(" more; renew it") == true, "\(found)")
        #expect(try Self.warnings(days: 60, in: 29 * 86_400).isEmpty)
    }

    @Test func `nothing is there before the first start, and nothing is made`() throws {
        let folder = try TemporaryFolder()
        var settings = Settings()
        settings.state.folder = folder.path + "/state"
        let check = StartCheck(settings, environment: [:], now: .now)
        #expect(check.problems.isEmpty && check.warnings.isEmpty)
        #expect(!FileManager.default.fileExists(atPath: settings.state.folder))
        // A key that is named has to be there.
        let named = StartCheck(
            settings, environment: [KeystoreKey.fileVariable: folder.path + "/key"], now: .now)
        #expect(named.problems.count == 1 && named.problems[0].contains("there is no file"))
    }

    @Test func `a state folder that a start would end for is found, and where it was given`() throws
    {
        let folder = try TemporaryFolder()
        let file = folder.path + "/file"
        try Data().write(to: URL(filePath: file))
        func problems(_ state: String) -> [String] {
            var settings = Settings()
            settings.state.folder = state
            settings.places = ["state.folder": "n.yaml:1: state.folder"]
            settings.admin.isEnabled = false
            return StartCheck(settings, environment: [:], now: .now).problems
        }
        let remedy = "set state.folder (NANOGRIDATA_STATE_DIR) to another one"
        #expect(
            problems(file) == ["n.yaml:1: state.folder: \(file) is not a folder; \(remedy)"])
        #expect(
            problems(file + "/x/y") == [
                "n.yaml:1: state.folder: \(file)/x/y cannot be made in \(file): it is not a folder; "
                    + remedy
            ])
        let state = folder.path + "/state"
        try FileManager.default.createDirectory(
            atPath: state, withIntermediateDirectories: false)
        #expect(problems(state).isEmpty)
        for name in ["registry.json", "blocks.json", "journal"] {
            try Data("{".utf8).write(to: URL(filePath: "\(state)/\(name)"))
            let found = problems(state)
            #expect(found.count == 1 && found[0].contains("\(state)/\(name)"), "\(found)")
            try FileManager.default.removeItem(atPath: "\(state)/\(name)")
        }
        chmod(state, 0o1777)
        let shared = problems(state)
        #expect(shared.count == 1 && shared[0].contains("is shared with other users"))
    }

    @Test func `an address that is not this machine's is found`() throws {
        let folder = try TemporaryFolder()
        let file = folder.path + "/n.yaml"
        // Of a network that is only for examples (RFC 5737).
        try Data("monitor: {host: 192.0.2.1}\n".utf8).write(to: URL(filePath: file))
        var settings = try Settings.load(
            arguments: SettingsOverrides(),
            environment: ["NANOGRIDATA_STATE_DIR": folder.path + "/state"], configFile: file)
        let problems = StartCheck(settings, environment: [:], now: .now).problems
        #expect(
            problems == [
                "\(file):1: monitor.host: 192.0.2.1 is no address of this machine; set it to one, or to "
                    + "* for all"
            ])
        settings.monitor.host = "127.0.0.1"
        #expect(StartCheck(settings, environment: [:], now: .now).problems.isEmpty)
    }

    @Test func `a journal that may become larger than its disk is told`() throws {
        let folder = try TemporaryFolder()
        var settings = Settings()
        settings.state.folder = folder.path + "/state"
        settings.journal.maxBytes = 1 << 50
        let warnings = StartCheck(settings, environment: [:], now: .now).warnings
        #expect(warnings.count == 1)
        let words = "journal.max_bytes: 1,126 TB is more than the disk has room for, "
        #expect(warnings.first?.hasPrefix(words) == true, "\(warnings)")
        #expect(!FileManager.default.fileExists(atPath: settings.state.folder))
        settings.journal.maxBytes = 1 << 20
        #expect(StartCheck(settings, environment: [:], now: .now).warnings.isEmpty)
    }

    @Test func `what the journal has already is room that it may use`() {
        #expect(JournalRoom.warning(maximumBytes: 100, taken: 60, free: 40) == nil)
        #expect(JournalRoom.warning(maximumBytes: 101, taken: 60, free: 40) != nil)
        #expect(JournalRoom.warning(maximumBytes: .max, taken: 60, free: .max) == nil)
    }

    @Test func `the folder of a log file has to be there, and the file is made`() throws {
        let folder = try TemporaryFolder()
        var settings = Settings()
        settings.state.folder = folder.path + "/state"
        settings.logging.file = folder.path + "/logs/gateway.log"
        let missing = StartCheck(settings, environment: [:], now: .now)
        #expect(
            missing.problems == [
                "logging.file: \(folder.path)/logs: No such file or directory; make the folder"
            ])
        settings.logging.file = folder.path + "/gateway.log"
        #expect(StartCheck(settings, environment: [:], now: .now).problems.isEmpty)
        #expect(!FileManager.default.fileExists(atPath: folder.path + "/gateway.log"))
        settings.logging.file = "/dev/stderr"
        #expect(StartCheck(settings, environment: [:], now: .now).problems.isEmpty)
    }

    @Test func `what is no socket is not taken for one`() throws {
        let folder = try TemporaryFolder()
        try Data().write(to: URL(filePath: folder.path + "/admin.sock"))
        var settings = Settings()
        settings.state.folder = folder.path + "/state"
        settings.admin.socket = folder.path + "/admin.sock"
        let check = StartCheck(settings, environment: [:], now: .now)
        #expect(check.problems.count == 1)
        #expect(check.problems.first?.contains("something else than a socket") == true)
        settings.admin.socket = folder.path + "/" + String(repeating: "a", count: 200)
        let long = StartCheck(settings, environment: [:], now: .now)
        #expect(long.problems.first?.contains("too long for a socket") == true)
        settings.admin.isEnabled = false
        #expect(StartCheck(settings, environment: [:], now: .now).problems.isEmpty)
    }
}
