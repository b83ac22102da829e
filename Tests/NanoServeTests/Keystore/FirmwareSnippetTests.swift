import NanoCore
import NanoServe
import Testing

/// What a device's firmware is told of the gateway's ports.
@Suite struct FirmwareSnippetTests {
    private func port(_ edit: ((inout Settings.DeviceTLS) -> Void)?) -> [Substring] {
        var tls: Settings.DeviceTLS?
        if let edit {
            var settings = Settings.DeviceTLS(
                files: TLSFiles(section: "devices.tls", certificate: "c.pem", key: "k.pem"))
            edit(&settings)
            tls = settings
        }
        let snippet = FirmwareSnippet(
            model: .init(id: .esp32Pressure), device: "ESP32-001", generation: 1,
            secret: Secret(Array(repeating: 7, count: 32)), host: "gw", port: 5_678, tls: tls)
        return snippet.text.split(separator: "\n").filter { $0.contains("_PORT ") }
    }

    @Test func `the header tells where TLS is spoken, and that plain connections are refused`() {
        #expect(port(nil) == ["#define NANOGRIDATA_PORT 5678"])
        #expect(port { _ in } == ["#define NANOGRIDATA_PORT 5678 /* plain, or TLS */"])
        let own = port { $0.port = 8_883 }
        #expect(
            own == [
                "#define NANOGRIDATA_PORT 5678 /* plain */",
                "#define NANOGRIDATA_TLS_PORT 8883 /* TLS */",
            ])
        let any = port { $0.port = 0 }
        #expect(
            any == ["#define NANOGRIDATA_PORT 5678 /* plain; TLS has a port of its own */"])
        let alone = port { settings in
            settings.takesPlain = false
            settings.policy.clientCertificates = .required
        }
        #expect(
            alone == [
                "#define NANOGRIDATA_PORT 5678 "
                    + "/* TLS alone, with a client certificate: no plain connection is taken */"
            ])
    }
}
