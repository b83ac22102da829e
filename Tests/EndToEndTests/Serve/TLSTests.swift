import Foundation
import TestProcesses
import Testing

/// A gateway and a fleet that speak TLS, as processes.
@Suite struct TLSTests {
    /// The gateway's own certificate, which is its own authority, and another one.
    private static func certificates() throws -> URL {
        let folder = FileManager.default.temporaryDirectory.appending(
            path: "nanogridata-\(UUID().uuidString)")
        try FileManager.default.createDirectory(at: folder, withIntermediateDirectories: true)
        for name in ["gateway", "other"] {
            let arguments =
                "req -x509 -newkey ec -pkeyopt ec_paramgen_curve:prime256v1 -nodes -days 60 "
                + "-keyout \(name).key -out \(name).pem -subj /CN=gateway "
                + "-addext subjectAltName=IP:127.0.0.1"
            try ProgramRun(
                "openssl", arguments.split(separator: " ").map(String.init), folder: folder.path()
            ).succeeding()
        }
        return folder
    }

    private func simulate(_ options: [String], port: Int) throws -> RunningProcess {
        try RunningProcess(
            [
                "simulate", "--devices", "10", "--rate", "10", "--duration", "2", "--port",
                "\(port)",
            ] + options, environment: TestDevice.environment)
    }

    @Test func `a fleet over TLS gets everything in, one that trusts somebody else nothing`()
        async throws
    {
        let folder = try Self.certificates()
        defer { try? FileManager.default.removeItem(at: folder) }
        func path(_ name: String) -> String { folder.appending(path: name).path() }
        let gateway = try await RunningGateway(extra: [
            "NANOGRIDATA_TLS_CERTIFICATE": path("gateway.pem"),
            "NANOGRIDATA_TLS_KEY": path("gateway.key"),
        ])
        let fleet = try simulate(
            ["--tls", "--tls-ca", path("gateway.pem")], port: gateway.devicePort)
        #expect(try await fleet.wait() == 0, "\(fleet.standardError)")
        let summary =
            try JSONSerialization.jsonObject(with: Data(fleet.standardOutput.utf8))
            as? [String: Any]
        let frames = try #require(summary?["frames"] as? Int)
        #expect(frames > 50)
        try await eventually("all are judged") { try await gateway.hasJudged(frames) }
        #expect(try await gateway.number("packets.accepted") == frames)
        #expect(try await gateway.number("connections.tls.total") >= 10)

        let stranger = try simulate(
            ["--tls", "--tls-ca", path("other.pem")], port: gateway.devicePort)
        #expect(try await stranger.wait() == 1)
        #expect(stranger.standardError.contains("TLS handshake failed"))
        #expect(try await gateway.number("connections.turned_away_by.tls_handshake") > 0)
        #expect(try await gateway.number("packets.received") == frames)
    }

    @Test(arguments: [
        (["--tls-ca", "x"], "--tls-ca needs --tls"),
        (["--tls", "--tls-key", "x"], "need each other"),
        (["--tls", "--tls-ca", "/nowhere.pem"], "--tls: /nowhere.pem: no certificate"),
    ])
    func `bad usage is named and ends with 2`(options: [String], words: String) async throws {
        let process = try simulate(options, port: 1)
        #expect(try await process.wait() == 2)
        #expect(process.standardError.contains(words), "\(process.standardError)")
    }

    @Test func `a file that cannot be used is named, and the gateway does not start`() async throws
    {
        let folder = try Self.certificates()
        defer { try? FileManager.default.removeItem(at: folder) }
        let process = try RunningProcess(
            ["check-config"],
            environment: [
                "NANOGRIDATA_TLS_CERTIFICATE": folder.appending(path: "gateway.pem").path(),
                "NANOGRIDATA_TLS_KEY": folder.appending(path: "other.key").path(),
            ])
        #expect(try await process.wait() == 2)
        #expect(process.standardError.contains("environment NANOGRIDATA_TLS_KEY: "))
        #expect(process.standardError.contains("does not belong to the certificate"))
    }
}
