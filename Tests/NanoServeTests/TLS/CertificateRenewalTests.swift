import Foundation
import NanoCore
import Testing

@testable import NanoServe

/// Certificates that are renewed while the gateway runs.
@Suite struct CertificateRenewalTests {
    private func withTLS(
        _ files: CertificateFiles, scenario: (LiveGateway, Int) async throws -> Void
    ) async throws {
        let yaml = """
            devices:
              tls:
                certificate: \(files.certificate)
                key: \(files.key)
            """
        try await withGateway(yaml: yaml) { gateway in
            try await scenario(gateway, gateway.gateway.snapshot([]).gateway.devicePort)
        }
    }

    @Test func `new connections get the new certificate, open ones go on`() async throws {
        let (old, new) = (try TestAuthority(), try TestAuthority())
        try await withTLS(old.server) { gateway, port in
            let device = try await TLSDevice(port: port, old.client())
            try await device.send(DeviceFrames.pressure(1))
            try await gateway.reaches("packets.accepted", 1)
            await #expect(throws: (any Error).self) {
                _ = try await TLSDevice(port: port, new.client())
            }

            try new.server.replace(old.server)
            #expect(
                try await eventually {
                    !gateway.log.lines(with: "the certificate was renewed").isEmpty
                })
            let next = try await TLSDevice(port: port, new.client())
            try await next.send(DeviceFrames.pressure(2))
            try await device.send(DeviceFrames.pressure(3))
            try await gateway.reaches("packets.accepted", 3)
            try await gateway.reaches("connections.tls.open", 2)
            #expect(!device.isClosed)
            #expect(gateway.gateway.snapshot([]).certificates.first?.fault == "")
        }
    }

    @Test func `broken files keep the certificate that holds, and raise an alarm`() async throws {
        let authority = try TestAuthority()
        try await withTLS(authority.server) { gateway, port in
            // Two days are left of it, which is an alarm of its own.
            #expect(
                try await eventually {
                    gateway.gateway.snapshot([]).alarms.contains {
                        $0.id == "certificate/devices.tls.certificate" && $0.severity == .critical
                    }
                })
            try Data("broken".utf8).write(to: URL(filePath: authority.server.key))
            #expect(
                try await eventually {
                    gateway.gateway.snapshot([]).alarms.contains {
                        $0.title == "certificate not taken over"
                            && $0.text.hasPrefix("devices.tls.key: ")
                    }
                })
            let device = try await TLSDevice(port: port, authority.client())
            try await device.send(DeviceFrames.pressure(1))
            try await gateway.reaches("packets.accepted", 1)
        }
    }
}
