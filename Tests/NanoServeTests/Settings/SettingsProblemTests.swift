import NanoCore
import NanoServe
import Testing

@Suite struct SettingsProblemTests {
    @Test func `a value out of range is named with file, line, key and range`() throws {
        let yaml = "name: plant\nroutes:\n  alba:\n    batch_events: 0\n"
        #expect(
            try problems(yaml) == [
                "nanogridata.yaml:4: routes.alba.batch_events: 0 is not allowed; use 1…1000"
            ])
        #expect(try problems("routes: {alba: {batch_events: 1000}}") == [])
        #expect(try problems("routes: {alba: {batch_events: 1001}}").count == 1)
    }

    @Test(arguments: ["abc", "65536", "-1", "5678 "])
    func `a port that is none is named with its variable`(text: String) throws {
        let lines = try problems(nil, ["NANOGRIDATA_PORT": text])
        let shown = Int(text) == nil ? "\"\(text)\"" : text
        #expect(
            lines == [
                "environment NANOGRIDATA_PORT: \(shown) is not a port; "
                    + "use 1…65535 (0 picks a free port)"
            ])
    }

    @Test func `a problem of the command line names the option`() throws {
        var arguments = SettingsOverrides()
        arguments.port = 70_000
        arguments.minimumLevel = "hihg"
        let lines = try problems(nil, [:], arguments)
        #expect(lines.contains { $0.hasPrefix("option --port: 70000 is not a port") })
        #expect(
            lines.contains { $0.hasPrefix("option --minimum-level") && $0.contains("mean high?") })
    }

    @Test func `ports that clash are named with both keys`() throws {
        #expect(
            try problems("devices: {port: 5000}", ["METRICS_PORT": "5000"]) == [
                "nanogridata.yaml:1: devices.port and environment METRICS_PORT (monitor.port): "
                    + "both ports are 5000; use two different ones"
            ])
        #expect(try problems(nil, ["NANOGRIDATA_PORT": "5679"]).count == 1)
        #expect(
            try problems(nil, ["NANOGRIDATA_PORT": "0", "METRICS_PORT": "0"]).isEmpty)
        let embedded = "embedded: {enabled: true, alba_port: 5678}"
        #expect(try problems(embedded)[0].contains("devices.port (default) and nanogridata.yaml:1"))
        let apart = "devices: {port: 5679, host: 10.0.0.1}"
        #expect(try problems(apart).isEmpty)
    }

    @Test func `a port that cannot be read is compared with no other`() throws {
        let lines = try problems("devices: {port: abc}\nmonitor: {port: 5678}")
        #expect(lines.count == 1 && lines[0].contains("devices.port: \"abc\" is not a port"))
    }

    @Test func `a name that is like none has no suggestion`() throws {
        let warnings = try load(nil, ["NANOGRIDATA_FOO": "1", "NANOGRIDATA_HOTS": "1"]).warnings
        #expect(
            warnings.contains(
                "environment NANOGRIDATA_FOO: not a known variable; it has no effect"))
        #expect(warnings.contains { $0.hasSuffix("did you mean NANOGRIDATA_HOST?") })
    }

    @Test func `what is too short for a secret is said to be too short, whatever is in it`() throws
    {
        let lines = try problems(nil, ["NANOGRIDATA_ESP32_SECRET": "abc"])
        #expect(lines.count == 1 && lines[0].contains("the secret has 1 byte; at least 32"))
    }

    @Test func `a tab in front of a key is named`() throws {
        let lines = try problems("devices:\n\tport: 5")
        #expect(
            lines == [
                "nanogridata.yaml:2: the line begins with a tab; YAML is indented with spaces"
            ])
    }

    @Test(arguments: ["::1", "[::1]", "*", "localhost", "10.0.0.1", "fe80::1%eth0", "a-b.example"])
    func `a host is a name or an address, with or without brackets`(host: String) throws {
        let settings = try load(nil, ["NANOGRIDATA_HOST": host])
        #expect(settings.ingress.host == host.filter { $0 != "[" && $0 != "]" })
        #expect(settings.monitor.host == settings.ingress.host)
    }

    @Test(arguments: ["127.0.0.1:5678", "[::1]:5678", "http://h", "a b", "[h"])
    func `what is no host is refused once`(host: String) throws {
        let lines = try problems(nil, ["NANOGRIDATA_HOST": host])
        #expect(lines.count == 1)
        #expect(lines[0].hasPrefix("environment NANOGRIDATA_HOST: \"\(host)\" is not a host"))
    }

    @Test func `all problems are named at once`() throws {
        let yaml = """
            devices: {port: none}
            monitor: {port: 99999}
            journal: {memory_bytes: 1}
            """
        #expect(try problems(yaml, ["LOG_LEVEL": "loud"]).count == 4)
    }

    @Test(arguments: [
        ("devices:\n  prot: 1", "nanogridata.yaml:2: devices.prot", "devices.port?"),
        ("devicess:\n  port: 1", "nanogridata.yaml:1: devicess", "devices?"),
        (
            "routes:\n  alba:\n    batch_event: 1", "nanogridata.yaml:3:",
            "routes.alba.batch_events?"
        ),
        ("routes:\n  cylce: {batch_events: 2}", "nanogridata.yaml:2:", "cycle?"),
        ("journal: {dura: os}", "nanogridata.yaml:1: journal.dura ", "journal.durability?"),
    ])
    func `an unknown key is named with the one probably meant`(
        yaml: String, start: String, hint: String
    ) throws {
        let lines = try problems(yaml)
        #expect(lines.count == 1)
        #expect(lines.first?.hasPrefix(start) == true)
        // Behind it the names that the section may have, unless they are the operator's own.
        #expect(lines.first?.appending(" ").contains("did you mean \(hint) ") == true)
    }

    @Test func `an unknown key comes with those that its section may have`() throws {
        let clock = try problems("clock: {stepp: 1}")
        #expect(clock.count == 1)
        #expect(clock.first?.contains("; clock may have ") == true && clock[0].contains("step_s"))
        let top = try problems("nonsense: 1")
        #expect(
            top.first?.hasPrefix(
                "nanogridata.yaml:1: nonsense is not a known key; take it out; the file may have "
                    + "admin, clock, ") == true)
        let item = try problems("rules: [{types: [event], destinations: [alba], to: x}]")
        #expect(item.first?.hasSuffix("; rules[0] may have destinations, models, types") == true)
        // Items of lists are no names.
        let doors = try problems("devices: {allow: [10.0.0.0/8], alow: 1}")
        #expect(doors.first?.contains("devices may have allow, ") == true)
        #expect(doors.first?.contains("allow[0]") == false)
    }

    @Test func `problems are in the order of the file's lines, those of others behind them`()
        throws
    {
        let lines = try problems(
            "wrong: 1\nlogging: {level: loud}\nroutes:\n  alba: {batch_events: 0}\n"
                + "devices:\n  port: none\n  prot: 1\n", ["METRICS_PORT": "x"])
        let places = lines.map { $0.prefix { $0 != " " } }
        #expect(
            places == [
                "nanogridata.yaml:1:", "nanogridata.yaml:2:", "nanogridata.yaml:4:",
                "nanogridata.yaml:6:", "nanogridata.yaml:7:", "environment",
            ])
    }

    @Test(arguments: [
        "dead_letters: {max_count: 0}", "dead_letters: {max_count: 10000001}",
        "devices: 5", "rules: alba", "name: [a, b]", "routes: {alba: {paused: maybe}}",
        "models: {0x100: {name: x}}", "models: {0x10: {name: a}, 16: {name: b}, 0X10: {name: c}}",
        "rules: [{types: [telemetry]}]", "rules: [{types: [x], destinations: [alba]}]",
        "rules: [{types: [event], destinations: [nowhere]}]",
        "routes: {Big: {endpoint: 'discard:'}}",
        "limits: {source: {burst_frames: 3}}", "replay: {key: modelid}", "- a", "a: [1",
        "name: a\nname: b", "name: \"tab\\there\"", "routes: {alba: {endpoint: 'ftp://h'}}",
        "routes: {alba: {endpoint: 'http://'}}", "routes: {alba: {endpoint: 'http://h:99999'}}",
        "embedded: {enabled: true, alba_port: 5000, cycle_port: 5000}", "fleet: -1",
    ])
    func `what cannot be meant is refused with its line`(yaml: String) throws {
        let lines = try problems(yaml)
        #expect(!lines.isEmpty)
        for line in lines { #expect(!line.contains("\n") && line.count > 20) }
    }

    @Test(arguments: [
        ("u:SEKRIT", "does not begin with http:// or https://"),
        ("alba.example", "does not begin with http:// or https://"),
        ("ftp://h/?token=SEKRIT", "does not begin with http:// or https://"),
        ("http:u:SEKRIT", "has no host"), ("http://", "has no host"),
        ("http://h:x/SEKRIT", "cannot be read"),
        ("http://h:99999/SEKRIT", "has a port that is not 1…65535"),
        ("http://h/#SEKRIT", "has a part behind #"),
    ])
    func `of an address that is none the fault is named, and not the text, which may hold a secret`(
        text: String, fault: String
    ) throws {
        let lines = try problems(nil, ["ALBA_ENDPOINT": text])
        #expect(lines.count == 1)
        let start = "environment ALBA_ENDPOINT: the address \(fault)"
        #expect(lines.first?.hasPrefix(start) == true, "\(lines)")
        #expect(lines.first?.contains("; use http://HOST:PORT, https://") == true)
        #expect(!lines.joined().contains("SEKRIT"))
    }

    @Test(arguments: ["endpoint: 'h:80'", "endpoint: /no/such", "format: influx, org: x", ""])
    func `a destination that is refused is one line, however many rules name it`(
        keys: String
    ) throws {
        let lines = try problems(
            "routes:\n  lamp: {\(keys)}\nrules:\n  - {types: [event], destinations: [lamp, alba]}\n"
        )
        #expect(lines.count == 1 && lines[0].hasPrefix("nanogridata.yaml:2: routes.lamp"))
    }

    @Test func `a destination and a type that are unknown come with the one probably meant`() throws
    {
        let lines = try problems("rules: [{types: [evnt], destinations: [abla]}]")
        #expect(lines.count == 2)
        #expect(lines[0].hasSuffix("calibration (did you mean event?)"))
        #expect(lines[1].hasSuffix("use alba, cycle, local (did you mean alba?)"))
    }

    @Test func `keys of another kind of destination are not suggested`() throws {
        let lines = try problems(
            "routes:\n  lamp:\n    endpoint: /bin/true\n    ca_file: x\n    header: {A: b}\n"
                + "    argument: x\n")
        let allowed =
            "routes.lamp may have arguments, batch_events, concurrency, endpoint, environment, "
            + "format, linger_ms, paused, timeout_ms"
        #expect(
            lines == [
                "nanogridata.yaml:4: routes.lamp.ca_file is no key of this kind of destination; "
                    + "take it out; \(allowed)",
                "nanogridata.yaml:5: routes.lamp.header is not a known key; take it out; \(allowed)",
                "nanogridata.yaml:6: routes.lamp.argument is not a known key; did you mean "
                    + "routes.lamp.arguments? \(allowed)",
            ])
    }

    @Test func `limits are written as people write them`() throws {
        let lines = try problems("routes: {alba: {linger_ms: -1}}")
        #expect(lines.first?.hasSuffix("-1 is not allowed; use a number from 0 to 60000") == true)
    }

    @Test func `aliases of aliases end with an error and not with the memory`() throws {
        var yaml = "a0: &a0 [x, x, x, x, x, x, x, x, x, x]\n"
        for step in 1...12 {
            let aliases = Array(repeating: "*a\(step - 1)", count: 10).joined(separator: ", ")
            yaml += "a\(step): &a\(step) [\(aliases)]\n"
        }
        let lines = try problems(yaml)
        #expect(lines.count == 1)
        #expect(lines[0].contains("more than 10000 keys and values"))
        let long = "models: [" + Array(repeating: "x", count: 9_000).joined(separator: ",") + "]"
        #expect(try problems(long).allSatisfy { !$0.contains("more than") })
    }

    @Test func `deep nesting is refused with its line`() throws {
        let deep = String(repeating: "[", count: 17) + String(repeating: "]", count: 17)
        #expect(
            try problems("\nmodels: \(deep)").first?.hasPrefix("nanogridata.yaml:2: more") == true)
        let fine = String(repeating: "[", count: 15) + String(repeating: "]", count: 15)
        #expect(try problems("models: \(fine)").allSatisfy { !$0.contains("more than") })
    }

    @Test(arguments: [
        ("devices: [1]", "nanogridata.yaml:1: devices is a section; put its keys below it"),
        ("rules: [5]", "nanogridata.yaml:1: rules[0] is a rule; give it types and destinations"),
        (
            "rules:\n  - {types: [], destinations: [alba]}",
            "nanogridata.yaml:2: rules[0] has no types; list at least one"
        ),
        ("\n? [a, b]\n: c", "nanogridata.yaml:2: a key is not plain text; write KEY: VALUE"),
        (
            "'devices.port': 5",
            "nanogridata.yaml:1: the key devices.port has a dot or a bracket; put keys below their "
                + "sections, one a line"
        ),
        (
            "name: a\n--- {}",
            "nanogridata.yaml:2: another document begins; a file holds one, so take out ---"
        ),
        (
            "name: a\nname: b",
            "nanogridata.yaml:1: the key name is there twice, again in line 2; keep one"
        ),
        (
            "devices:\n  port: 1\nmonitor:\n  port: 2\n  'port': 3",
            "nanogridata.yaml:4: the key port is there twice, again in line 5; keep one"
        ),
        (
            "- a",
            "nanogridata.yaml:1: the file is not a mapping of keys to values; write lines like "
                + "name: plant"
        ),
        ("models: [1, 2]", "nanogridata.yaml:1: models is a section; put its keys below it"),
    ])
    func `a file of the wrong shape gets one line with place and remedy`(
        yaml: String, line: String
    ) throws {
        #expect(try problems(yaml) == [line])
    }

    @Test func `a file that is not there is named`() {
        #expect(
            throws: SettingsError(lines: [
                "/no/such.yaml: the configuration file is not there; create it or name another"
            ])
        ) {
            try Settings.load(
                arguments: SettingsOverrides(), environment: [:], configFile: "/no/such.yaml")
        }
        #expect(throws: SettingsError.self) {
            try Settings.load(
                arguments: SettingsOverrides(),
                environment: ["NANOGRIDATA_CONFIG": "/no/such.yaml"],
                configFile: nil)
        }
    }

    @Test func `credentials in an endpoint are refused and not repeated`() throws {
        for address in ["http://u:hunter2@h", "http://u:hunter2@h:x", "ftp://u:hunter2@h"] {
            let lines = try problems(nil, ["ALBA_ENDPOINT": address])
            #expect(lines.count == 1 && lines[0].contains("ALBA_ENDPOINT"))
            #expect(!lines[0].contains("hunter2"))
        }
    }
}

@Suite struct SecretSettingsTests {
    static let good = (0..<32).map { Hexadecimal.text([UInt8($0) &* 5 &+ 1]) }.joined()

    @Test(arguments: [
        ("NANOGRIDATA_ESP32_SECRET", 0x10), ("NANOGRIDATA_STM32_SECRET", 0x20),
        ("NANOGRIDATA_ASIC_SECRET", 0x30), ("NANOGRIDATA_RPI_SECRET", 0x40),
        ("NANOGRIDATA_CUSTOM_SECRET", 0xFF), ("NANOGRIDATA_SECRET_0x55", 0x55),
        ("NANOGRIDATA_SECRET_0xfF", 0xFF),
    ])
    func `a secret is read from its variable`(variable: String, model: UInt8) throws {
        let settings = try load(nil, [variable: Self.good])
        let provided = try #require(settings.secrets.provided.first)
        #expect(provided.model.rawValue == model && provided.variable == variable)
        #expect(provided.secret.bytes.count == 32)
        #expect(settings.intake.models.contains { $0.id.rawValue == model })
    }

    @Test(arguments: [
        "deadbeefdeadbeef", String(repeating: "ab", count: 32), "xyz", good + "0",
        String(repeating: "aabbccddeeff00112233445566778899", count: 2),
    ])
    func `a bad secret is named by its variable and never repeated`(text: String) throws {
        let lines = try problems(nil, ["NANOGRIDATA_RPI_SECRET": text])
        #expect(lines.count == 1)
        #expect(lines[0].hasPrefix("environment NANOGRIDATA_RPI_SECRET: "))
        #expect(!lines[0].contains(text.prefix(8)) || text == "xyz")
    }

    @Test func `two models cannot share a secret`() throws {
        let lines = try problems(
            nil, ["NANOGRIDATA_ESP32_SECRET": Self.good, "NANOGRIDATA_STM32_SECRET": Self.good])
        #expect(lines.count == 1 && !lines[0].contains(Self.good))
    }

    @Test func `two variables of one model have to agree`() throws {
        let other = Self.good.replacing("01", with: "fe", maxReplacements: 1)
        let both = ["NANOGRIDATA_ESP32_SECRET": Self.good, "NANOGRIDATA_SECRET_0x10": Self.good]
        #expect(try load(nil, both).secrets.provided.count == 1)
        let different = ["NANOGRIDATA_ESP32_SECRET": Self.good, "NANOGRIDATA_SECRET_0x10": other]
        #expect(try problems(nil, different).count == 1)
    }

    @Test(arguments: [
        "NANOGRIDATA_SECRET_0xZZ", "NANOGRIDATA_ESP23_SECRET", "NANOGRIDATA_SECRET_10",
    ])
    func `a secret for no model is refused`(variable: String) throws {
        let lines = try problems(nil, [variable: Self.good])
        #expect(lines.count == 1 && lines[0].contains(variable))
    }

    @Test func `an empty secret is no secret, and a warning`() throws {
        let settings = try load(nil, ["NANOGRIDATA_ESP32_SECRET": ""])
        #expect(settings.secrets.provided.isEmpty)
        #expect(settings.warnings.contains { $0.contains("NANOGRIDATA_ESP32_SECRET") })
    }

    @Test func `a misspelt variable is a warning with the one probably meant`() throws {
        let warnings = try load(nil, ["NANOGRIDATA_PROT": "1"]).warnings
        #expect(warnings.contains { $0.contains("did you mean NANOGRIDATA_PORT?") })
    }
}
