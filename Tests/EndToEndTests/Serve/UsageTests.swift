import Foundation
import Testing

@Suite struct UsageTests {
    @Test func `a console without a terminal says in one line what goes without one`()
        async throws
    {
        let process = try RunningProcess(["console"], environment: TestDevice.environment)
        #expect(try await process.wait() == 2)
        #expect(process.standardError.split(separator: "\n").count == 1)
        for words in ["serve", "--linear", "--script"] {
            #expect(process.standardError.contains(words))
        }
        #expect(process.standardOutput.isEmpty)
    }

    @Test(arguments: [
        (["console", "--config", "/no/such.yaml"], "/no/such.yaml"),
        (["console", "--play", "/no/such.ndjson"], "--play: "),
        (["console", "--host", "a b"], "is not a host"),
        (["attach", "--keys", "/no/keys"], "--keys: "),
        (["console", "--theme", "nope"], "--theme: no theme is called nope; there are "),
        (["attach", "--theme", "nope"], "--theme: no theme is called nope"),
    ])
    func `what is wrong with a console's arguments is said before a terminal is missed`(
        arguments: [String], words: String
    ) async throws {
        let process = try RunningProcess(arguments)
        #expect(try await process.wait() == 2)
        #expect(process.standardError.contains(words), "\(process.standardError)")
        #expect(!process.standardError.contains("terminal"))
    }

    @Test func `what is wrong in a theme's file is said of the file, not of the option`()
        async throws
    {
        let folder = FileManager.default.temporaryDirectory.appending(path: UUID().uuidString)
        try FileManager.default.createDirectory(at: folder, withIntermediateDirectories: false)
        defer { try? FileManager.default.removeItem(at: folder) }
        let file = folder.appending(path: "broken.theme")
        try Data("theme[main_fg] = pink\n".utf8).write(to: file)
        let process = try RunningProcess([
            "console", "--themes-dir", folder.path(), "--theme", "broken",
        ])
        #expect(try await process.wait() == 2)
        let words = process.standardError
        #expect(words.hasPrefix("nanogridata: \(file.path()):1: "), "\(words)")
    }

    @Test(arguments: [
        [], ["console"], ["serve"], ["attach"], ["simulate"], ["decode"], ["provision"],
        ["secrets"], ["devices"], ["dead-letters"], ["audit"], ["ctl"], ["ctl", "capture"],
        ["check-config"],
    ])
    func `no example in a help is broken at 80 columns`(command: [String]) async throws {
        let process = try RunningProcess(
            command + ["--help"], environment: ["COLUMNS": "80", "PATH": "/usr/bin:/bin"])
        #expect(try await process.wait() == 0)
        let lines = process.standardOutput.split(
            separator: "\n", omittingEmptySubsequences: false)
        let examples = lines.drop { $0 != "Examples:" }.dropFirst().prefix { !$0.isEmpty }
        for line in examples { #expect(line.hasPrefix("  ") && line.count <= 80, "\(line)") }
    }

    @Test func `an option that is far from all there are is not said to be one of them`()
        async throws
    {
        let far = try RunningProcess(["simulate", "--packets", "5"])
        #expect(try await far.wait() == 2)
        #expect(far.standardError.contains("Unknown option '--packets'; see"))
        let near = try RunningProcess(["simulate", "--devces", "5"])
        #expect(try await near.wait() == 2)
        #expect(near.standardError.contains("Did you mean '--devices'?"), "\(near.standardError)")
    }

    @Test(arguments: [
        ["serve", "--no-such-option"], ["serve", "--port", "70000"], ["nonsense"],
        ["decode", "--input", "morse"], ["simulate", "--devices", "-1"],
    ])
    func `bad usage ends with 2 and an explanation`(arguments: [String]) async throws {
        let process = try RunningProcess(arguments, environment: TestDevice.environment)
        #expect(try await process.wait() == 2)
        #expect(process.standardError.split(separator: "\n").count == 1)
        #expect(process.standardError.hasPrefix("nanogridata: "))
        #expect(process.standardOutput.isEmpty)
    }

    @Test(arguments: [
        (["serve", "--port", "abc"], "'abc' is invalid for '--port", "0…65535"),
        (["serve", "--fleet", "-1"], "'-1' is invalid for '--fleet", "0…100000"),
        (["decode", "--chunks", "0"], "'0' is invalid for '--chunks", "13,1,40"),
        (["decode", "--now", "-1"], "'-1' is invalid for '--now", "0…253402300799"),
        (["decode", "--format", "\u{1B}[31m"], #"'\u{1B}[31m' is invalid for '--format"#, "json"),
        (["decode", "--secrets", ""], "--secrets: the path is empty", "name a file"),
        (["decode", ""], "nanogridata: the path is empty", "standard input"),
        (["ctl", "capture", "start", "--packets", "-5"], "'-5' is invalid for '--packets", "1…"),
        (["ctl", "capture", "start", "--time", "-5s"], "'-5s' is invalid for '--time", "…"),
        (["devices", "block", "10.0.0.1", "--for", "-1h"], "'-1h' is invalid for '--for", "30m"),
        (["devices", "block", "10.0.0.300"], "'10.0.0.300'", "a network like 10.0.0.0/8"),
        (["devices", "unblock", "10.0.0.1/8"], "bits behind its prefix", "use 10.0.0.0/8"),
        (["secrets", "revoke", "0x10", "abc"], "'abc' is invalid for '<generation>'", "1…"),
        (["secrets", "extend", "0x10", "0", "--grace", "1h"], "'0' is invalid", "1…"),
        (["provision", "0x10", "A", "--address", ""], "--address: it is empty", "a host's name"),
        (["provision", "0x10", "A", "--address", "a b"], "--address: a b", "or an address"),
        (["attach", "--linear", "--socket", "/etc/hostname"], "/etc/hostname", "not a socket"),
        (["ctl", "routes", "--socket", "/etc/hostname"], "/etc/hostname", "not a socket"),
        (["simulate", "--faults", "replay:1,all"], "--faults: all stands alone", "use all, none"),
        (["simulate", "--faults", "nope:1"], "--faults: nope is not a fault", "use all, none"),
        (["audit", "list", "--since", "99999d"], "'99999d' is invalid", "up to 36600d ago"),
        (["decode", "--port", "-1"], "'-1' is invalid for '--port", "1…65535"),
        (["attach", "--linear", "--every", "-5"], "--every: -5", "between 1 and 86400"),
        (["console", "--speed", "-1"], "'-1' is invalid for '--speed", "0.1…1000.0"),
        (["console", "--speed", "x"], "'x' is invalid for '--speed", "0.1…1000.0"),
        (
            ["ctl", "bogus"], "Unexpected argument 'bogus'",
            "the commands are status, routes, pause"
        ),
        (["devices", "bogus", "x"], "'bogus'", "the commands are list, adopt, approve"),
        (
            ["devices", "block", "127.0.0.1", "--bogus", "30"], "'30' stands behind an address",
            "which stands alone"
        ),
        (["decode", "--filter", ":"], "at byte 0: nothing in front of the colon", "keys here: "),
        (
            ["serve", "--name", String(repeating: "ab", count: 35)],
            "--name: \"(not shown: it looks like a secret)\"",
            "has 70 characters; use 1…64 characters"
        ),
        (
            ["ctl", "--socket", "/x", "pause", "alba"], "'pause', 'alba'; options stand behind",
            "the command: ctl pause [<options>]; see"
        ),
        (
            ["secrets", "--state-dir", "/x", "list"], "Unknown option '--state-dir'; options",
            "behind the command: secrets list [<options>]; see"
        ),
        (["ctl", "statuss"], "Unexpected argument 'statuss'", "(did you mean status?); see"),
        (["devices", "aprove", "0x10", "A"], "'aprove'", "(did you mean approve?); see"),
        (["secrets", "export", "esp"], "'esp' is invalid for '<model>'", "use esp32, stm32"),
        (
            ["devices", "approve", "0x1g", "A"], "'0x1g' is invalid for '<model>'",
            "custom, 0x00…0xff"
        ),
        (["help", "simulat"], "no command 'simulat'", "(did you mean simulate?); see"),
        (["help", "devices", "nope"], "no command 'nope'", "; see 'nanogridata --help'"),
        (["console", "--play", "x", "--embedded"], "--play", "no gateway runs"),
        (["console", "--speed", "2"], "--speed", "not given"),
        (["console", "--themes-dir", "/etc/hostname"], "--themes-dir", "is not a folder"),
        (["check-config", "a.yaml", "--config", "b.yaml"], "--config", "named twice"),
        (["check-config", "--config", "/no/such.yaml"], "/no/such.yaml", "is not there"),
        (["simulat"], "Unexpected argument 'simulat'", "(did you mean simulate?); see"),
        (["simulate", "--rate", "x"], "'x' is invalid for '--rate", "0.001…1000.0"),
    ])
    func `a bad argument is named in one line with what is allowed`(
        arguments: [String], what: String, allowed: String
    ) async throws {
        let process = try RunningProcess(arguments)
        #expect(try await process.wait() == 2)
        let errors = process.standardError
        #expect(errors.split(separator: "\n").count == 1, "\(errors)")
        #expect(errors.contains(what) && errors.contains(allowed), "\(errors)")
        #expect(!errors.contains("\u{1B}"))
    }

    @Test(arguments: [
        ["decode", "--secrets", "0x10="], ["decode", "f", "0x20="], ["decode", "--x=0x20="],
        ["decode", "--format", ""], ["serve", "0x10="], ["serve", "--port", ""],
        ["simulate", "--models", ""], ["serve", "--log-level", ""], ["decode", "-s", "10="],
        ["serve", "--host", "0x10="],
    ])
    func `a secret in the wrong place is not repeated`(arguments: [String]) async throws {
        let secret = String(repeating: "deadbe5f", count: 8)
        let process = try RunningProcess(arguments.dropLast() + [(arguments.last ?? "") + secret])
        #expect(try await process.wait() == 2)
        #expect(!process.standardError.isEmpty)
        #expect(!process.standardError.contains("deadbe5f"), "\(process.standardError)")
    }

    @Test(arguments: [
        (["--host", "nowhere.invalid"], Int32(2), "NANOGRIDATA_HOST"),
        (["--host", "192.0.2.1"], 2, "no such address"),
        (["--host", "a b"], 2, "is not a host"),
        (["--log-file", "/proc/nowhere/log"], 2, "cannot be opened"),
        (["--state-dir", "/proc/nowhere/state"], 2, "NANOGRIDATA_STATE_DIR"),
        (["--state-dir", "/dev/null"], 2, "is not a folder"),
        (["--port", "5999", "--metrics-port", "5999"], 2, "monitor.port"),
    ])
    func `bad configuration ends with 2 and names the remedy`(
        options: [String], code: Int32, words: String
    ) async throws {
        let state = FileManager.default.temporaryDirectory.appending(path: UUID().uuidString)
        defer { try? FileManager.default.removeItem(at: state) }
        let process = try RunningProcess(
            ["serve", "--port", "0", "--metrics-port", "0"] + options,
            environment: ["NANOGRIDATA_STATE_DIR": state.path()])
        #expect(try await process.wait() == code, "\(process.standardError)")
        let faults = process.standardError.split(separator: "\n")
            .filter { $0.hasPrefix("nanogridata: ") }
        #expect(faults.count == 1 && faults[0].contains(words), "\(process.standardError)")
    }

    @Test func `a secret that is too short is named and never repeated`() async throws {
        let process = try RunningProcess(
            ["serve"], environment: ["NANOGRIDATA_ESP32_SECRET": "deadbeefdeadbeef"])
        #expect(try await process.wait() == 2)
        #expect(process.standardError.contains("NANOGRIDATA_ESP32_SECRET"))
        #expect(process.standardError.contains("32"))
        #expect(!process.standardError.contains("deadbeef"))
    }

    @Test func `nothing is written to a state folder that is refused`() async throws {
        let shared = FileManager.default.temporaryDirectory.appending(path: UUID().uuidString)
        try FileManager.default.createDirectory(at: shared, withIntermediateDirectories: false)
        defer { try? FileManager.default.removeItem(at: shared) }
        try #require(chmod(shared.path(), 0o1777) == 0)
        let process = try RunningProcess(
            ["serve", "--fleet", "1", "--state-dir", shared.path()],
            environment: TestDevice.environment)
        #expect(try await process.wait() != 0)
        #expect(process.standardError.contains("is shared with other users"))
        #expect(try FileManager.default.contentsOfDirectory(atPath: shared.path()).isEmpty)
    }

    @Test(arguments: [
        ["--help"], ["serve", "--help"], ["decode", "--help"], ["simulate", "--help"],
    ])
    func `help has examples and ends with 0`(arguments: [String]) async throws {
        let process = try RunningProcess(arguments)
        #expect(try await process.wait() == 0)
        #expect(process.standardOutput.contains("Example"))
    }

    @Test func `the version is one line`() async throws {
        let process = try RunningProcess(["--version"])
        #expect(try await process.wait() == 0)
        #expect(process.standardOutput.split(separator: "\n").count == 1)
        #expect(process.standardOutput.hasPrefix("nanogridata "))
    }
}
