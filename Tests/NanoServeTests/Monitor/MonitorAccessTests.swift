import Foundation
import NIOPosix
import NanoCore
import TestProcesses
import Testing

@testable import NanoServe

/// Who may see what of the monitor.
@Suite struct MonitorAccessTests {
    private static let token = "0123456789abcdef0123456789abcdef"

    private func monitor(
        _ snapshot: Snapshot = StillGateway.busy, tls: ServerTLS? = nil,
        _ edit: (inout Settings.Monitor) -> Void
    ) async throws -> RunningServer {
        var settings = Settings.Monitor()
        settings.port = 0
        edit(&settings)
        let bus = LocalBus()
        return try await RunningServer { [settings] listening in
            try await Monitor(
                settings: settings, gateway: StillGateway(snapshot),
                events: { bus.subscribe(bufferedEvents: 8) }, tls: tls,
                group: MultiThreadedEventLoopGroup.singleton, logger: RunningServer.logger,
                whenListening: listening
            ).run()
        }
    }

    private func bearer(_ token: String, scheme: String = "Bearer") -> [(String, String)] {
        [("Authorization", "\(scheme) \(token)")]
    }

    @Test func `without the token there is nothing to see but that the process lives`()
        async throws
    {
        let server = try await monitor { $0.token = Secret(Array(Self.token.utf8)) }
        #expect(try await server.get("/health").status == 200)
        for path in ["/ready", "/stats", "/metrics", "/events", "/nowhere"] {
            let answer = try await server.get(path)
            #expect(answer.status == 401 && answer.headers["WWW-Authenticate"] == "Bearer")
            #expect(!answer.text.contains(Self.token) && !answer.text.contains("plant"))
        }
        let wrong = [
            bearer(String(Self.token.dropLast())), bearer(Self.token + "0"), bearer("x"),
            bearer(Self.token, scheme: "Basic"), bearer(Self.token + " " + Self.token),
            [("Authorization", Self.token)],
        ]
        for headers in wrong {
            #expect(try await server.request("GET", "/stats", headers: headers).status == 401)
        }
    }

    @Test func `with the token there is, whatever the case of its scheme`() async throws {
        let server = try await monitor { $0.token = Secret(Array(Self.token.utf8)) }
        for scheme in ["Bearer", "bearer"] {
            let headers = bearer(Self.token, scheme: scheme)
            for path in ["/ready", "/stats", "/metrics"] {
                #expect(try await server.request("GET", path, headers: headers).status == 200)
            }
            let events = try await server.request("HEAD", "/events", headers: headers)
            #expect(events.status == 200)
        }
    }

    private func statuses(
        _ server: RunningServer, _ hosts: [String], path: String = "/stats"
    ) async throws -> [Int] {
        var statuses: [Int] = []
        for host in hosts {
            let headers = [("Host", host)] + bearer(Self.token)
            statuses.append(try await server.request("GET", path, headers: headers).status)
        }
        return statuses
    }

    @Test func `a page whose name leads here gets nothing`() async throws {
        let strangers = [
            "evil.example", "evil.example:5679", "localhost.evil.example", "127.0.0.1.evil.example",
            "10.0.0.9.evil.example", "evil.example.",
        ]
        let own = [
            "10.0.0.9", "[2001:db8::1]:5679", "plant", "gateway.localhost",
            "localhost", "LOCALHOST:5679", "localhost.", "127.0.0.1:80", "127.8.9.1", "[::1]:5679",
            "[::ffff:127.0.0.1]",
        ]
        let server = try await monitor { _ in }
        for path in ["/stats", "/ready", "/events", "/nowhere"] {
            let found = try await statuses(server, strangers, path: path)
            #expect(found == strangers.map { _ in 421 })
        }
        let answer = try await server.request("GET", "/stats", headers: [("Host", "evil.example")])
        #expect(answer.text.contains("monitor.hosts") && !answer.text.contains("evil"))
        #expect(try await statuses(server, own) == own.map { _ in 200 })
    }

    @Test func `who watches over the process is answered whatever address it asks by`()
        async throws
    {
        let server = try await monitor { $0.hosts = ["gw.example"] }
        let hosts = ["10.0.0.9:5679", "gw.example", "pod.example"]
        #expect(try await statuses(server, hosts, path: "/health") == [200, 200, 200])
        #expect(try await statuses(server, hosts) == [200, 200, 421])
    }

    @Test func `names that are configured are answered, and where others are kept out all are`()
        async throws
    {
        let hosts = ["evil.example", "gw.example:1", "10.0.0.9", "[2001:DB8::0:1]", "localhost"]
        let named = try await monitor { $0.hosts = ["GW.example", "2001:db8::1"] }
        #expect(try await statuses(named, hosts) == [421, 200, 200, 200, 200])
        let kept = try await monitor { $0.token = Secret(Array(Self.token.utf8)) }
        #expect(try await statuses(kept, hosts) == [200, 200, 200, 200, 200])
        let strict = try await monitor {
            $0.token = Secret(Array(Self.token.utf8))
            $0.hosts = ["gw.example"]
        }
        #expect(try await statuses(strict, hosts) == [421, 200, 200, 200, 200])
        let open = try await monitor { $0.host = "0.0.0.0" }
        #expect(try await statuses(open, hosts) == [200, 200, 200, 200, 200])
    }

    @Test func `names are configured without ports`() throws {
        #expect(
            try load("monitor: {hosts: [gw.example, \"[::1]\"]}").monitor.hosts == [
                "gw.example", "::1",
            ])
        #expect(try load("monitor: {hosts: gw.example}").monitor.hosts == ["gw.example"])
        #expect(
            try problems("monitor: {hosts: [\"gw.example:5679\"]}") == [
                "nanogridata.yaml:1: monitor.hosts[0]: \"gw.example:5679\" is not a host; use names, "
                    + "IPv4 or IPv6 addresses, without ports"
            ])
    }

    @Test(arguments: ["POST", "PUT", "DELETE", "PATCH", "OPTIONS"])
    func `nothing is changed here, by whatever method`(method: String) async throws {
        let server = try await monitor { $0.token = Secret(Array(Self.token.utf8)) }
        for path in ["/health", "/stats", "/nowhere"] {
            let answer = try await server.request(method, path, headers: bearer(Self.token))
            #expect(answer.status == 405 && answer.headers["Allow"] == "GET, HEAD")
        }
    }

    @Test func `payloads are shown where they may be, and refused with the setting's name`()
        async throws
    {
        let closed = try await monitor { $0.payloads = false }
        let answer = try await closed.get("/events")
        #expect(answer.status == 403 && answer.text.contains("monitor.payloads"))
        #expect(try await closed.request("HEAD", "/events").status == 403)
        #expect(try await closed.get("/stats").status == 200)
        let open = try await monitor { $0.payloads = true }
        #expect(try await open.request("HEAD", "/events").status == 200)
    }

    @Test func `where payloads are kept back, so is what devices measure`() async throws {
        var snapshot = StillGateway.busy
        snapshot.anomalies = [AnomalyKind.silence, .value].map { kind in
            AnomalySnapshot(
                kind: kind, devices: 1,
                examples: [
                    .init(model: .esp32Pressure, device: "D-\(kind.name)", evidence: "of \(kind)")
                ])
        }
        snapshot.alarms = snapshot.anomalies.map { anomaly in
            AlarmSnapshot(
                id: anomaly.kind.alarmID, severity: .warning, unixMilliseconds: 0, title: "t",
                text: "alarm of \(anomaly.kind)")
        }
        snapshot.endedAlarms = snapshot.alarms
        for shows in [true, false] {
            let server = try await monitor(snapshot) { $0.payloads = shows }
            let text = try await server.get("/stats").text
            #expect(text.contains("of silence") && text.contains("D-silence"))
            #expect(text.contains("alarm of silence") && text.contains("devices/value"))
            #expect(text.contains("of value") == shows)
            #expect(text.contains("D-value") == shows)
            let kinds = try await server.get("/stats").object["anomalies"] as? [[String: Any]]
            #expect(kinds?.map { $0["devices"] as? Int } == [1, 1])
        }
    }

    @Test func `over TLS it answers curl that knows the authority, and nobody in the clear`()
        async throws
    {
        let authority = try TestAuthority()
        let files = authority.server
        let tls = try ServerTLS(
            TLSFiles(section: "monitor.tls", certificate: files.certificate, key: files.key),
            unixSeconds: Int64(DeviceFrames.now))
        let server = try await monitor(tls: tls) { $0.token = Secret(Array(Self.token.utf8)) }
        let url = "https://127.0.0.1:\(server.port)"
        let known = ["--cacert", authority.caFile, "-H", "Authorization: Bearer \(Self.token)"]
        let stats = try curl(known + [url + "/stats"])
        #expect(stats.status == 0 && stats.text.contains("\"packets\""))
        let health = try curl(["--cacert", authority.caFile, url + "/health"])
        #expect(health.status == 0 && health.text.contains("\"ok\""))
        let bare = ["-o", "/dev/null", "-w", "%{http_code}"]
        #expect(try curl(["--cacert", authority.caFile] + bare + [url + "/stats"]).text == "401")
        // 60: the certificate is of nobody whom the system knows.
        #expect(try curl([url + "/health"]).status == 60)
        #expect(try curl(["http://127.0.0.1:\(server.port)/health"]).status != 0)
        // 35: no version in common.
        let old = known + ["--tls-max", "1.1", url + "/health"]
        #expect(try curl(old).status == 35)
    }

    private func curl(_ arguments: [String]) throws -> (status: Int32, text: String) {
        let run = try ProgramRun("curl", ["-s", "--max-time", "10"] + arguments)
        return (run.status, run.text)
    }
}
