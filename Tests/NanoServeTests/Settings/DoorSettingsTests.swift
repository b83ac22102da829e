import NanoCore
import Testing

@testable import NanoServe

/// Lists, rates and proxies of the device port, as people write them.
@Suite struct DoorSettingsTests {
    @Test func `without keys everybody may come, as often as they like`() throws {
        #expect(try load().ingress.doors == DoorRules())
        #expect(try load("devices: {allow: , deny: []}").ingress.doors == DoorRules())
        #expect(try load().summary.contains { $0.hasSuffix(" everybody") })
    }

    @Test func `lists and rates reach the gateway and the summary`() throws {
        let yaml = """
            devices:
              allow: [10.0.0.0/8, 10.1.0.0/16, "2001:db8::/32"]
              deny: 10.9.0.0/16
              connections_per_second: 50
              connections_burst: 200
              connections_per_second_per_source: 0.5
              proxy_protocol:
                trusted:
                  - 192.0.2.1
            """
        let settings = try load(yaml)
        let doors = GatewayConfiguration(settings).doors
        #expect(doors == settings.ingress.doors && doors.allow?.count == 2)
        #expect(doors.deny == NetworkList([try IPNetwork("10.9.0.0/16")]))
        #expect(doors.proxies == NetworkList([try IPNetwork("192.0.2.1")]))
        #expect(doors.rate == Rate(framesPerSecond: 50, burstFrames: 200))
        #expect(doors.ratePerAddress == Rate(framesPerSecond: 0.5, burstFrames: 1))
        let line = try #require(settings.summary.first { $0.hasPrefix("doors ") })
        #expect(line.contains("2 networks allowed; 1 network denied; PROXY headers from 1 network"))
    }

    @Test(arguments: [
        ("deny: 0.0.0.0/0", "devices.deny has every address of IPv4, so that no device can "),
        ("deny: [\"::/0\"]", "devices.deny has every address of IPv6, so that no device can "),
        (
            "deny: [128.0.0.0/1, 0.0.0.0/2, 64.0.0.0/2, \"::/0\"]",
            "devices.deny has every address, "
        ),
        ("allow: [10.0.0.0/8, 10.2.3.4], deny: 10.0.0.0/7", "has all that devices.allow names, so"),
        (
            "allow: 10.0.0.0/30, deny: [10.0.0.0/31, 10.0.0.2, 10.0.0.3]",
            "has all that devices.allow"
        ),
    ])
    func `it is told when those who may not leave nobody who may`(
        keys: String, words: String
    ) throws {
        let warnings = try load("devices: {\(keys)}").warnings.filter {
            $0.contains("devices.deny")
        }
        #expect(warnings.count == 1)
        #expect(warnings.first?.contains("nanogridata.yaml:1: devices.deny has ") == true)
        #expect(warnings.first?.contains(words) == true, "\(warnings)")
    }

    @Test(arguments: [
        "deny: 0.0.0.0/1", "deny: [128.0.0.0/1, 0.0.0.0/2, 64.0.0.0/3]", "deny: \"8000::/1\"",
        "allow: 10.0.0.0/8, deny: 0.0.0.0/5", "allow: [10.0.0.0/8, \"::1\"], deny: 10.0.0.0/7",
        "allow: 10.0.0.0/30, deny: [10.0.0.0/31, 10.0.0.2]",
    ])
    func `nothing is told where somebody may come`(keys: String) throws {
        #expect(try load("devices: {\(keys)}").warnings.allSatisfy { !$0.contains("devices.deny") })
    }

    @Test func `each mistake is named with its line and what is meant`() throws {
        let yaml = """
            devices:
              allow:
                - 10.0.0.1/8
                - 10.0.0.0/8
                - 300.1.1.1
              deny: "2001:db8::1/64"
              proxy_protocol: {trusted: [host]}
              connections_burst: 3
              connections_burst_per_source: 3
            """
        let form = "an address of IPv4 or IPv6, or one with a prefix: 10.0.0.0/8, 2001:db8::/32"
        #expect(
            try problems(yaml) == [
                "nanogridata.yaml:3: devices.allow[0]: \"10.0.0.1/8\" has bits behind its prefix; "
                    + "use 10.0.0.0/8",
                "nanogridata.yaml:5: devices.allow[2]: \"300.1.1.1\" is not a network; use \(form)",
                "nanogridata.yaml:6: devices.deny: \"2001:db8::1/64\" has bits behind its prefix; "
                    + "use 2001:db8::/64",
                "nanogridata.yaml:7: devices.proxy_protocol.trusted[0]: \"host\" is not a network; "
                    + "use \(form)",
                "nanogridata.yaml:8: devices.connections_burst needs connections_per_second "
                    + "beside it",
                "nanogridata.yaml:9: devices.connections_burst_per_source needs "
                    + "connections_per_second_per_source beside it",
            ])
    }

    @Test(arguments: [
        ("allow: []", "devices.allow is empty, so nobody could connect"),
        ("allow: {a: 1}", "devices.allow is a list"),
        ("proxy_protocol: 127.0.0.1", "devices.proxy_protocol is a section"),
        ("proxy_protocol: {trustd: 127.0.0.1}", "did you mean devices.proxy_protocol.trusted?"),
        ("connections_per_second: 0", "devices.connections_per_second: 0 is not allowed"),
    ])
    func `what says nothing usable is one problem`(yaml: String, problem: String) throws {
        let found = try problems("devices:\n  \(yaml)")
        #expect(found.count == 1 && found[0].hasPrefix("nanogridata.yaml:2: "), "\(found)")
        #expect(found.first?.contains(problem) == true, "\(found)")
    }
}
