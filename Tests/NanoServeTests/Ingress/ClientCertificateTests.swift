import NIOSSL
import NanoCore
import Testing

@testable import NanoServe

/// Devices that show certificates, over real sockets.
@Suite struct ClientCertificateTests {
    private let authority: TestAuthority

    init() throws {
        authority = try TestAuthority()
    }

    private func withTLS(
        _ keys: [String] = [], scenario: (LiveGateway) async throws -> Void
    ) async throws {
        let files = authority.server
        let tls =
            [
                "certificate: \(files.certificate)", "key: \(files.key)",
                "client_ca: \(authority.caFile)",
            ] + keys
        try await withGateway(
            yaml: "devices:\n  tls:\n" + tls.map { "    \($0)\n" }.joined(), scenario)
    }

    /// A device's end of the handshake is done before the gateway has seen the certificate.
    private func connect(
        _ gateway: LiveGateway, showing files: CertificateFiles? = nil
    ) async throws -> TLSDevice {
        try await TLSDevice(
            port: gateway.gateway.snapshot([]).gateway.devicePort, authority.client(showing: files))
    }

    private func failure(_ gateway: LiveGateway) -> HandshakeFailure? {
        gateway.gateway.snapshot([]).connections.tls?.failures.last
    }

    @Test func `nobody comes in without a certificate of the authority where one is required`()
        async throws
    {
        let others = try TestAuthority()
        let stranger = try others.issue("device", subject: "ESP32-001")
        try await withTLS { gateway in
            let bare = try await connect(gateway)
            #expect(try await eventually { bare.isClosed })
            try await gateway.reaches("connections.turned_away_by.client_certificate", 1)
            #expect(failure(gateway)?.words == "no client certificate")

            let wrong = try await connect(gateway, showing: stranger)
            #expect(try await eventually { wrong.isClosed })
            try await gateway.reaches("connections.turned_away_by.client_certificate", 2)
            #expect(failure(gateway)?.words.contains("no known authority") == true)

            let device = try await connect(
                gateway, showing: authority.issue("device", subject: "anybody"))
            try await device.send(DeviceFrames.pressure(1))
            try await gateway.reaches("packets.accepted", 1)
            try await gateway.reaches("connections.total", 1)
        }
    }

    @Test func `where they are optional, who shows one is judged by it`() async throws {
        let others = try TestAuthority()
        let stranger = try others.issue("device", subject: "ESP32-001")
        let keys = ["client_certificates: optional", "device_from: common_name"]
        try await withTLS(keys) { gateway in
            let bare = try await connect(gateway)
            try await bare.send(DeviceFrames.pressure(1, device: "ESP32-9"))
            try await gateway.reaches("packets.accepted", 1)
            let wrong = try await connect(gateway, showing: stranger)
            #expect(try await eventually { wrong.isClosed })
            try await gateway.reaches("connections.turned_away_by.client_certificate", 1)
            let named = try await connect(
                gateway, showing: authority.issue("device", subject: "ESP32-001"))
            try await named.send(DeviceFrames.pressure(2, device: "ESP32-9"))
            try await gateway.reaches("refused.profile_violation", 1)
        }
    }

    @Test func `a named connection carries frames of its device alone, and burns no other's`()
        async throws
    {
        try await withTLS(["device_from: common_name"]) { gateway in
            let first = try await connect(
                gateway, showing: authority.issue("first", subject: "ESP32-001"))
            let second = try await connect(
                gateway, showing: authority.issue("second", subject: "ESP32-002"))
            let frame = DeviceFrames.pressure(1, device: "ESP32-001")
            try await second.send(frame + DeviceFrames.pressure(2, device: "ESP32-002"))
            try await gateway.reaches("packets.accepted", 1)
            try await gateway.reaches("refused.profile_violation", 1)
            let record = gateway.gateway.snapshot([.rejections]).rejections.last
            #expect(record?.refusal?.detail == .otherCertificate)
            try await first.send(frame)
            try await gateway.reaches("packets.accepted", 2)
            try await gateway.reaches("refused.replay", 0)
        }
    }

    @Test(arguments: [
        ("dns", "DNS:esp32-1.plant.example,IP:10.0.0.1", "esp32-1.plant.example"),
        ("uri", "URI:urn:plant:esp32:1,DNS:a.example", "urn:plant:esp32:1"),
    ])
    func `an alternative name leads to its device by the list`(
        field: String, names: String, name: String
    ) async throws {
        let keys = [
            "device_from: \(field)", "subjects:", "  - certificate: \"\(name)\"",
            "    device: ESP32-001",
        ]
        try await withTLS(keys) { gateway in
            let device = try await connect(
                gateway, showing: authority.issue("device", subject: nil, names: names))
            try await device.send(
                DeviceFrames.pressure(1, device: "ESP32-001")
                    + DeviceFrames.pressure(2, device: name))
            try await gateway.reaches("packets.accepted", 1)
            try await gateway.reaches("refused.profile_violation", 1)
            let other = try await connect(
                gateway,
                showing: authority.issue(
                    "other", subject: nil, names: "DNS:other.example,URI:urn:other"))
            #expect(try await eventually { other.isClosed })
            try await gateway.reaches("connections.turned_away_by.client_certificate", 1)
            #expect(failure(gateway)?.words.hasPrefix("devices.tls.subjects has no ") == true)
        }
    }

    @Test func `a certificate names one device, or nobody comes in`() {
        let naming = DeviceNaming(.dns)
        #expect(throws: HandshakeFault(.certificate, "its certificate has no dns")) {
            try naming.device(named: [])
        }
        #expect(throws: HandshakeFault(.certificate, "its certificate has 2 of dns, not one")) {
            try naming.device(named: ["a", "b"])
        }
        #expect(
            throws: HandshakeFault(.certificate, "devices.tls.subjects has no x\\u{202E}")
        ) {
            try DeviceNaming(.dns, subjects: [[0x61]: "b"]).device(named: ["x\u{202E}"])
        }
    }

    @Test func `a name that only looks like a listed one leads to nobody`() throws {
        let (composed, decomposed) = ("pump-\u{E9}", "pump-e\u{301}")
        let listed = DeviceNaming(.commonName, subjects: [Array(composed.utf8): "ESP32-001"])
        #expect(try listed.device(named: [composed]) == "ESP32-001")
        #expect(throws: HandshakeFault.self) { try listed.device(named: [decomposed]) }
    }

    @Test func `codes of the library are told in words, unknown ones as they are`() {
        let known = HandshakeFault(codes: ["X", "CERTIFICATE_VERIFY_FAILED"])
        #expect(known.reason == .certificate)
        let said =
            "Error: 268435703 error:100000f7:SSL routines:OPENSSL_internal:WRONG_VERSION_NUMBER at "
            + "/x/y.cc:128"
        let unknown = HandshakeFault(codes: HandshakeCode.codes(in: said))
        #expect(unknown == HandshakeFault(.handshake, "wrong version number"))
        #expect(HandshakeFault(codes: []).words == "unknown fault")
    }
}
