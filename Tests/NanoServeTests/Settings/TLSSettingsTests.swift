import Foundation
import NanoCore
import Testing

@testable import NanoServe

/// TLS of the device port and of monitoring, and the monitor's token, as people write them.
@Suite struct TLSSettingsTests {
    private let authority: TestAuthority

    init() throws {
        authority = try TestAuthority()
    }

    private func yaml(_ keys: [String], section: String = "devices") -> String {
        let files = authority.server
        let lines = ["certificate: \(files.certificate)", "key: \(files.key)"] + keys
        return "\(section):\n  tls:\n" + lines.map { "    \($0)\n" }.joined()
    }

    @Test func `without keys there is no TLS`() throws {
        let settings = try load("devices: {tls: }")
        #expect(settings.ingress.tls == nil && settings.monitor.tls == nil)
        #expect(!settings.summary.contains { $0.hasPrefix("tls ") })
    }

    @Test func `a certificate and its key are enough, from the environment too`() throws {
        let files = authority.server
        let environment = [
            "NANOGRIDATA_TLS_CERTIFICATE": files.certificate, "NANOGRIDATA_TLS_KEY": files.key,
            "NANOGRIDATA_TLS_PORT": "5680",
        ]
        let tls = try #require(try load(yaml([])).ingress.tls)
        #expect(tls.files.certificate == files.certificate && tls.files.key == files.key)
        #expect(tls.port == nil && tls.takesPlain && tls.naming == nil)
        #expect(tls.policy == TLSPolicy())
        let other = try #require(try load(nil, environment).ingress.tls)
        #expect(other.files == tls.files && other.port == 5680)
    }

    @Test func `all keys reach the gateway and the summary`() throws {
        let settings = try load(
            yaml([
                "port: 5680", "plain: refuse", "minimum_version: 1.3",
                "client_ca: \(authority.caFile)", "device_from: dns", "subjects:",
                "  - {certificate: a.example, device: ESP32-1}",
                "  - {certificate: b.example, device: ESP32-2}",
            ]))
        let tls = try #require(GatewayConfiguration(settings).tls)
        #expect(tls.port == 5680 && !tls.takesPlain)
        #expect(tls.policy.minimumVersion == .tls13)
        #expect(tls.policy.clientCertificates == .required)
        #expect(
            tls.naming
                == DeviceNaming(
                    .dns,
                    subjects: [
                        Array("a.example".utf8): "ESP32-1", Array("b.example".utf8): "ESP32-2",
                    ]))
        let line = try #require(settings.summary.first { $0.hasPrefix("tls ") })
        #expect(
            line.hasSuffix(
                "port 5680, plain connections refused, TLS 1.3 or newer, client certificates "
                    + "required, device from dns"))
    }

    @Test func `what does not fit together is named with its line`() throws {
        #expect(
            try problems("devices:\n  tls: {plain: refuse}") == [
                "nanogridata.yaml:2: devices.tls needs devices.tls.certificate and devices.tls.key"
            ])
        #expect(
            try problems("devices:\n  tls: {key: x.pem}") == [
                "nanogridata.yaml:2: devices.tls.key: needs devices.tls.certificate beside it"
            ])
        #expect(
            try problems(yaml(["device_from: uri", "client_certificates: optional"])) == [
                "nanogridata.yaml:6: devices.tls.client_certificates: needs devices.tls.client_ca "
                    + "beside it"
            ])
        #expect(
            try problems(yaml(["device_from: uri"])) == [
                "nanogridata.yaml:5: devices.tls.device_from: needs devices.tls.client_ca beside it"
            ])
        #expect(
            try problems(yaml(["subjects: [{certificate: a, device: b}, {device: c}]"])) == [
                "nanogridata.yaml:5: devices.tls.subjects[1] needs certificate and device",
                "nanogridata.yaml:5: devices.tls.subjects needs devices.tls.device_from beside it",
            ])
        let unused = ["client_certificates: none", "client_ca: \(authority.caFile)"]
        #expect(
            try problems(yaml(unused)) == [
                "nanogridata.yaml:5: devices.tls.client_certificates: devices.tls.client_ca would "
                    + "have no effect; leave one of the two out"
            ])
        #expect(
            try problems(yaml(["port: 5678"])) == [
                "devices.port (default) and nanogridata.yaml:5: devices.tls.port: both ports are "
                    + "5678; use two different ones"
            ])
        #expect(
            try problems(yaml(["minimum_version: 1.1"])) == [
                "nanogridata.yaml:5: devices.tls.minimum_version: \"1.1\" is not allowed; use 1.2, "
                    + "1.3 (did you mean 1.2?)"
            ])
    }

    @Test func `files are judged when they are read`() throws {
        let path = authority.caFile
        #expect(
            try problems("monitor:\n  tls:\n    certificate: \(path)\n    key: /nowhere.key") == [
                "nanogridata.yaml:4: monitor.tls.key: /nowhere.key: the file is not there"
            ])
    }

    @Test func `the monitor's token is taken from a file, and never shown`() throws {
        let folder = try TemporaryFolder()
        let token = "0123456789abcdef-token"
        try PrivateFile.write(Array(token.utf8), to: folder.path + "/token")
        let settings = try load("monitor: {token_file: \(folder.path)/token}")
        #expect(settings.monitor.token == Secret(Array(token.utf8)))
        #expect(!settings.summary.joined().contains(token))
        #expect(settings.summary.contains { $0.contains("with a token") })
        let environment = ["NANOGRIDATA_MONITOR_TOKEN": token]
        #expect(try load(nil, environment).monitor.token == settings.monitor.token)
        #expect(try load(nil, environment).warnings.isEmpty)
        #expect(
            try problems("monitor: {token: short}") == [
                "nanogridata.yaml:1: monitor.token: the token can be guessed; use at least 16 "
                    + "characters, as of openssl rand -hex 32"
            ])
        #expect(
            try problems("monitor: {token: \"has a space in it, and is long\"}") == [
                "nanogridata.yaml:1: monitor.token: \(HTTPAccess.tokenRule)"
            ])
    }

    @Test func `payloads stay on this machine unless somebody says otherwise`() throws {
        #expect(try load().monitor.showsPayloads)
        #expect(try !load("monitor: {host: 10.0.0.1}").monitor.showsPayloads)
        #expect(try load("monitor: {host: 10.0.0.1, payloads: allow}").monitor.showsPayloads)
        #expect(try !load("monitor: {payloads: deny}").monitor.showsPayloads)
    }

    @Test func `a monitor that others reach without token or TLS gives notice`() throws {
        let open = try load("monitor: {host: \"*\"}").warnings
        #expect(open.count == 2 && open[0].contains("monitor.token_file"))
        #expect(open[1].contains("monitor.tls.certificate"))
        let token = "  token: 0123456789abcdef\n"
        let half = try load("monitor:\n  host: \"*\"\n" + token).warnings
        #expect(half.count == 1 && half[0].contains("the token too"))
        let files = yaml(["{}"].filter { _ in false }, section: "monitor")
        #expect(try load(files + "  host: \"*\"\n" + token).warnings.isEmpty)
        #expect(try load("monitor: {host: localhost}").warnings.isEmpty)
    }

    @Test func `certificates that are required, and that nobody has to show, give notice`() throws {
        let required = ["client_ca: \(authority.caFile)"]
        let warnings = try load(yaml(required)).warnings
        #expect(warnings.count == 1 && warnings[0].hasPrefix("devices.tls.plain: "))
        #expect(try load(yaml(required + ["plain: refuse"])).warnings.isEmpty)
        #expect(try load(yaml(required + ["client_certificates: optional"])).warnings.isEmpty)
    }

    @Test func `a fleet beside the gateway that would be turned away gives notice`() throws {
        let warnings = try load(yaml(["plain: refuse"]) + "fleet: 3\n").warnings
        #expect(warnings.count == 1 && warnings[0].hasPrefix("fleet: "))
        #expect(try load(yaml([]) + "fleet: 3\n").warnings.isEmpty)
    }

    @Test func `an abbreviated key is told with the one that was probably meant`() throws {
        let lines = try problems("devices: {tls: {cert: /x, key: /y}}")
        #expect(
            lines.contains {
                $0.hasPrefix(
                    "nanogridata.yaml:1: devices.tls.cert is not a known key; did you mean "
                        + "devices.tls.certificate? ")
            }, "\(lines)")
    }
}
