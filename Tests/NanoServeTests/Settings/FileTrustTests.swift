import Foundation
import Glibc
import NanoCore
import Testing

@testable import NanoServe

/// Who else may change what a gateway goes by.
@Suite struct FileTrustTests {
    private let folder: TemporaryFolder
    private let place: String

    init() throws {
        folder = try TemporaryFolder()
        // In a folder of its own, whose mode is the test's.
        place = (folder.path + "/etc").replacing("//", with: "/")
        try PrivateFile.makeFolder(place)
    }

    private func write(_ text: String, to name: String, mode: mode_t = 0o600) throws -> String {
        let path = place + "/" + name
        try text.write(toFile: path, atomically: false, encoding: .utf8)
        try #require(chmod(path, mode) == 0)
        return path
    }

    private func found(
        _ yaml: String, mode: mode_t = 0o644, _ environment: [String: String] = [:]
    ) throws -> (
        problems: [String], warnings: [String]
    ) {
        let path = try write(yaml, to: "n.yaml", mode: mode)
        do {
            return (
                [],
                try Settings.load(
                    arguments: SettingsOverrides(),
                    environment: environment.merging(["T": "s3cr3t"]) { $1 },
                    configFile: path
                ).warnings
            )
        } catch {
            return (error.lines, [])
        }
    }

    private static let charges = [
        ("routes: {x: {endpoint: /bin/true}}", "routes.x.endpoint: the file names a program"),
        (
            "routes: {x: {endpoint: \"https://h/\", bearer_token: abc}}",
            "routes.x.bearer_token: the file names a secret"
        ),
        (
            "routes: {x: {endpoint: \"https://h/\", bearer_token_env: T}}",
            "routes.x.bearer_token_env: the file names a secret"
        ),
        (
            "routes: {x: {endpoint: \"https://h/\", headers: {X: abc}}}",
            "routes.x.headers.X: the file names a secret"
        ),
        ("routes: {alba: {endpoint: \"https://h/?k=v\"}}", "routes.alba.endpoint: the file names"),
        ("admin: {operators: [root]}", "admin.operators[0]: the file says who may give commands"),
    ]

    @Test(arguments: charges)
    func `a file that others may change may name no program and no secret`(
        yaml: String, problem: String
    ) throws {
        #expect(try found(yaml).problems == [])
        for mode: mode_t in [0o662, 0o646] {
            let problems = try found(yaml, mode: mode).problems
            #expect(problems.count == 1, "\(problems)")
            #expect(
                problems.first?.hasPrefix("\(place)/n.yaml:1: " + problem) == true, "\(problems)")
            let end =
                ", so that none but its owner may change it; others may write to \(place)/n.yaml "
                + "(mode \(String(mode, radix: 8))); chmod go-w \(place)/n.yaml; \(FileTrust.remedy)"
            #expect(problems.first?.hasSuffix(end) == true, "\(problems)")
        }
    }

    @Test(arguments: charges)
    func `whoever starts the gateway may answer for files that others may change`(
        yaml: String, problem: String
    ) throws {
        let found = try found(yaml, mode: 0o666, ["NANOGRIDATA_TRUST_FILES": "1"])
        #expect(found.problems == [])
        #expect(
            found.warnings.contains { $0.hasPrefix("\(place)/n.yaml:1: " + problem) },
            "\(found.warnings)")
        #expect(!found.warnings.contains { $0.contains("NANOGRIDATA_TRUST_FILES") })
        #expect(try self.found(yaml, mode: 0o666, ["NANOGRIDATA_TRUST_FILES": "0"]).problems != [])
        #expect(
            try self.found(yaml, ["NANOGRIDATA_TRUST_FILES": "yes"]).problems == [
                "environment NANOGRIDATA_TRUST_FILES: \"yes\" is not allowed; use 1, or 0 as "
                    + "without it"
            ])
    }

    @Test func `where a secret of the environment is sent is said where nobody else can`() throws {
        let influx = ["INFLUXDB_TOKEN": "abcdefgh"]
        let yaml = "routes: {influxdb: {endpoint: \"https://h/\"}}"
        let problems = try found(yaml, mode: 0o666, influx).problems
        #expect(problems.count == 1)
        #expect(
            problems.first?.contains(
                "routes.influxdb.endpoint: the file says where a secret is sent") == true,
            "\(problems)")
        #expect(try found(yaml, influx).problems == [])
        #expect(try found(yaml, mode: 0o666).problems == [])
        // The environment says where, too.
        let elsewhere = influx.merging(["INFLUXDB_ENDPOINT": "https://i/"]) { $1 }
        #expect(try found(yaml, mode: 0o666, elsewhere).problems == [])
        let authority = try TestAuthority()
        let trusting = "routes: {influxdb: {ca_file: \"\(authority.server.certificate)\"}}"
        let believed = try found(trusting, mode: 0o666, elsewhere).problems
        #expect(
            believed.contains { $0.contains("routes.influxdb.ca_file: the file says where") },
            "\(believed)")
    }

    @Test func `a stream that is not open is not there`() throws {
        let error = #expect(throws: SettingsError.self) {
            _ = try SettingsFile(path: "/dev/fd/999999")
        }
        #expect(error?.lines.count == 1)
    }

    @Test func `a folder that others may write to is as bad, unless it has the sticky bit`() throws
    {
        try #require(chmod(place, 0o777) == 0)
        let problems = try found(Self.charges[0].0).problems
        #expect(problems.count == 1)
        #expect(
            problems.first?.hasSuffix(
                "since they may write to \(place) (mode 777); chmod go-w \(place); "
                    + FileTrust.remedy) == true,
            "\(problems)")
        try #require(chmod(place, 0o1777) == 0)
        #expect(try found(Self.charges[0].0).problems == [])
    }

    @Test func `a file with nothing of the kind gives a warning`() throws {
        #expect(try found("name: plant").warnings == [])
        #expect(
            try found("name: plant", mode: 0o666).warnings == [
                "\(place)/n.yaml: others may write to \(place)/n.yaml (mode 666); chmod go-w "
                    + "\(place)/n.yaml"
            ])
    }

    @Test func `a secret's own file lies where nobody else can put another`() throws {
        try PrivateFile.makeFolder(place + "/open")
        let path = try write("abc", to: "open/token")
        let yaml = "routes: {x: {endpoint: \"https://h/\", bearer_token_file: \(path)}}"
        #expect(try found(yaml).problems == [])
        try #require(chmod(place + "/open", 0o707) == 0)
        let problems = try found(yaml).problems
        #expect(problems.count == 1)
        #expect(
            problems.first?.contains(
                "routes.x.bearer_token_file: others may put something else in place of \(path)")
                == true, "\(problems)")
    }

    @Test func `keys of TLS are held to the same, and certificates give a warning`() throws {
        let authority = try TestAuthority()
        let files = authority.server
        let key = try write(try String(contentsOfFile: files.key, encoding: .utf8), to: "key")
        let certificate = try write(
            try String(contentsOfFile: files.certificate, encoding: .utf8), to: "crt", mode: 0o666)
        let yaml = "monitor: {tls: {certificate: \(certificate), key: \(key)}}"
        let warning = "monitor.tls.certificate: the file is what the gateway shows itself with"
        let warnings = try found(yaml).warnings
        #expect(warnings.count == 1 && warnings[0].contains(warning), "\(warnings)")
        try #require(chmod(place, 0o777) == 0)
        let problems = try found(yaml).problems
        #expect(problems.contains { $0.contains("monitor.tls.key: others may put") }, "\(problems)")
        #expect(problems.contains { $0.contains("monitor.tls.key: the file names a secret") })
    }

    @Test func `what is no plain file is not waited for`() throws {
        let pipe = place + "/pipe"
        try #require(mkfifo(pipe, 0o600) == 0)
        for (yaml, problem) in [
            ("logging: {file: \(pipe)}", "logging.file: \(pipe) is a pipe; name a plain file"),
            ("logging: {file: \(place)}", "logging.file: \(place) is a folder; name a file in it"),
            (
                "logging: {file: /dev/zero}",
                "logging.file: /dev/zero is a device; name a plain file"
            ),
            (
                "routes: {x: {endpoint: \"https://h/\", ca_file: \(pipe)}}",
                "routes.x.ca_file: the file is a pipe; name a plain file"
            ),
            (
                "routes: {x: {endpoint: \"https://h/\", bearer_token_file: \(pipe)}}",
                "routes.x.bearer_token_file: \(pipe): not a plain file; move it away"
            ),
            (
                "monitor: {tls: {certificate: \(pipe), key: \(pipe)}}",
                "monitor.tls.certificate: \(pipe): the file is a pipe; name a plain file"
            ),
        ] {
            let problems = try found(yaml).problems
            #expect(problems == ["\(place)/n.yaml:1: \(problem)"])
        }
        for file in ["/dev/stdout", "/dev/stderr", "/dev/null"] {
            #expect(try found("logging: {file: \(file)}").problems == [])
        }
        let error = #expect(throws: SettingsError.self) {
            try Settings.load(arguments: SettingsOverrides(), environment: [:], configFile: pipe)
        }
        #expect(error?.lines == ["\(pipe): the configuration file is a pipe; name a plain file"])
    }

    @Test func `a pipe in the place of the log or of a file in the state folder is an error`()
        throws
    {
        let pipe = place + "/pipe"
        try #require(mkfifo(pipe, 0o600) == 0)
        var logging = Settings.Logging()
        logging.file = pipe
        let fault = #expect(throws: LogOutput.Fault.self) {
            try LogOutput(settings: logging, terminalIsTaken: false)
        }
        #expect(fault?.description == "logging.file: \(pipe) is a pipe; name a plain file")
        #expect(throws: StorageFault.self) { try FolderStorage(path: place).open("pipe") }
        #expect(throws: StorageFault.self) { try StateFolder(path: place).file("pipe") }
        try #require(mkfifo(pipe + ".tmp", 0o600) == 0)
        #expect(throws: StateFolder.Fault.self) {
            _ = try StateFolder(path: place).replacement(of: "pipe")
        }
    }
}
