package import NanoCore

/// What the firmware of a device has to hold, as a header for C: its key, where to send to, and how a
/// frame is signed. It is secret.
package struct FirmwareSnippet: Sendable {
    package var model: Settings.Intake.Model
    /// The `device_id`; nil leaves a name to be changed.
    package var device: String?
    /// The generation of the model's secret.
    package var generation: Int
    package var secret: Secret
    /// Where devices find the gateway.
    package var host: String
    package var port: Int
    /// TLS on the device port, with the port of its own that it has; nil where it is not spoken.
    package var tls: Settings.DeviceTLS?

    package init(
        model: Settings.Intake.Model, device: String?, generation: Int, secret: Secret,
        host: String, port: Int, tls: Settings.DeviceTLS?
    ) {
        self.model = model
        self.device = device
        self.generation = generation
        self.secret = secret
        self.host = host
        self.port = port
        self.tls = tls
    }

    /// The lowest level that the gateway takes and that signs.
    package var level: SecurityLevel { max(model.minimumLevel, .standard) }

    /// The `device_id` that the header has.
    package var deviceID: String { device ?? "\(model.id.family ?? "DEVICE")-001" }

    /// Whether payloads of ``level`` are encrypted.
    private var isSealed: Bool { model.encryption != .none && level >= .high }

    /// The device's keys with their names in the header; the model's secret where devices have none.
    package var keys: [(name: String, bytes: [UInt8])] {
        guard model.keying == .device else { return [("mac", secret.bytes)] }
        let derivation = secret.withBytes { KeyDerivation(secret: $0) }
        let name = Array(deviceID.utf8)
        let mac = derivation.key(for: .authentication, model: model.id, device: name)
        guard model.encryption != .none else { return [("mac", mac.bytes)] }
        let enc = derivation.key(for: .encryption, model: model.id, device: name)
        return [("mac", mac.bytes), ("enc", enc.bytes)]
    }

    /// The whole header.
    package var text: String {
        let whose =
            model.keying == .device
            ? "The key is this device's alone, of generation \(generation)."
            : "The key is that of all devices of the model, generation \(generation)."
        return """
            /* For a device that sends to a nanogridata gateway: \(Self.comment(model.id, model.name)).
             * SECRET: keep it out of version control. \(whose) */
            #pragma once
            #include <stdint.h>
            #include <string.h>

            #define NANOGRIDATA_HOST \(Self.literal(host))
            #define NANOGRIDATA_PORT \(port)\(portWords)
            #define NANOGRIDATA_MODEL 0x\(model.id.hexadecimal)
            #define NANOGRIDATA_LEVEL \(level.rawValue) /* \(level.name) */
            #define NANOGRIDATA_MAC_LENGTH \(level.macLength)
            #define NANOGRIDATA_DEVICE_ID \(Self.literal(deviceID))\(device == nil ? " /* each device its own */" : "")

            \(keys.map(Self.declaration).joined(separator: "\n\n"))

            \(FirmwareCode.signing)

            \(isSealed ? FirmwareCode.sealedFrame : FirmwareCode.plainFrame)

            \(hello)

            """
    }

    /// What TLS there is behind the port, as the header has it: it holds nothing to speak TLS with.
    private var portWords: String {
        guard let tls else { return "" }
        let proof =
            tls.policy.clientCertificates == .required ? ", with a client certificate" : ""
        guard tls.takesPlain else {
            return " /* TLS alone\(proof): no plain connection is taken */"
        }
        guard let own = tls.port else { return " /* plain, or TLS\(proof) */" }
        // Any free one is another after each start.
        guard own > 0 else { return " /* plain; TLS\(proof) has a port of its own */" }
        return " /* plain */\n#define NANOGRIDATA_TLS_PORT \(own) /* TLS\(proof) */"
    }

    /// An array as a header for C has it.
    package static func declaration(_ name: String, _ bytes: [UInt8]) -> String {
        let rows = stride(from: 0, to: bytes.count, by: 8).map { start in
            "    "
                + bytes[start..<min(start + 8, bytes.count)].map {
                    "0x\(Hexadecimal.text([$0])),"
                }.joined(separator: " ")
        }
        return "static const unsigned char nanogridata_\(name)[\(bytes.count)] = {\n"
            + rows.joined(separator: "\n") + "\n};"
    }

    /// Text between quotation marks, whatever is in it.
    private static func literal(_ text: String) -> String {
        let escaped = text.utf8.map { byte -> String in
            switch byte {
            case UInt8(ascii: "\""), UInt8(ascii: "\\"), UInt8(ascii: "?"):
                "\\" + String(Unicode.Scalar(byte))
            case 0x20...0x7E: String(Unicode.Scalar(byte))
            default: "\\" + octal(byte)
            }
        }
        return "\"" + escaped.joined() + "\""
    }

    private static func octal(_ byte: UInt8) -> String {
        let digits = String(byte, radix: 8)
        return String(repeating: "0", count: 3 - digits.count) + digits
    }

    /// A model as a comment may hold it.
    private static func comment(_ id: ModelID, _ name: String) -> String {
        "\(id) \(name.filter { $0.isASCII && ($0.isLetter || $0.isNumber || " -_.".contains($0)) })"
    }

    /// The least that is accepted of any model: an event with the device's id.
    private var hello: String {
        var writer = CBORWriter()
        writer.map(1)
        writer.text("device_id")
        writer.text(deviceID)
        return
            "/* {\"device_id\": NANOGRIDATA_DEVICE_ID}: sent as an event, it is enough to be seen. */\n"
            + Self.declaration("hello", writer.bytes)
    }
}
