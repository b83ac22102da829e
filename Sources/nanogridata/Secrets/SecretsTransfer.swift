import ArgumentParser
import Foundation
import NanoCore
import NanoServe

/// Brings a secret, or a device's keys, to whoever builds the firmware.
struct SecretsExport: ParsableCommand {
    /// How keys are written.
    enum Format: String, CaseIterable, ExpressibleByArgument {
        case hex, c
    }

    static let configuration = CommandConfiguration(
        commandName: "export", abstract: "Print a model's secret, or the keys of one device.",
        discussion: """
            With a device, the keys that are derived for it: they tell nothing about the model's \
            secret or other devices. What is printed is secret; send it to a file that only you \
            can read.
            """)

    @OptionGroup var keystore: KeystoreChoice
    @Option(help: "hex, or c for a header.") var format = Format.hex
    @Option(help: "A generation that is accepted; the current one by default.")
    var generation: Int?
    @Argument(help: "The model, as two hexadecimal digits: 0x10.") var model: ModelID
    @Argument(help: "The device_id of one device, for models with keying: device.")
    var device: String?

    func run() throws {
        let found = try told {
            try keystore.open().secret(of: model, generation: generation, now: keystore.now)
        }
        let target =
            "\(model) generation \(found.number)"
            + (device.map { " device \(SafeText.shortened($0, to: 64))" } ?? "")
        // What is printed stands in no trail.
        _ = try keystore.record(.exportSecret, of: target) { "printed" }
        for (name, bytes) in keys(of: found.secret) {
            switch format {
            case .hex: print((device == nil ? "" : "\(name) ") + Hexadecimal.text(bytes))
            case .c: print(Self.declaration(name, bytes))
            }
        }
    }

    private func keys(of secret: Secret) -> [(name: String, bytes: [UInt8])] {
        guard let device else { return [("secret", secret.bytes)] }
        let derivation = KeyDerivation(secret: secret.bytes)
        let name = Array(device.utf8)
        return [
            ("mac", derivation.key(for: .authentication, model: model, device: name).bytes),
            ("enc", derivation.key(for: .encryption, model: model, device: name).bytes),
        ]
    }

    /// An array as a header for C has it.
    private static func declaration(_ name: String, _ bytes: [UInt8]) -> String {
        let rows = stride(from: 0, to: bytes.count, by: 8).map { start in
            "    "
                + bytes[start..<min(start + 8, bytes.count)].map {
                    "0x\(Hexadecimal.text([$0])),"
                }.joined(separator: " ")
        }
        return "static const unsigned char nanogridata_\(name)[\(bytes.count)] = {\n"
            + rows.joined(separator: "\n") + "\n};"
    }
}

/// Takes a secret that was made elsewhere.
struct SecretsImport: ParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "import",
        abstract: "Take a secret from standard input, in hexadecimal digits.",
        discussion: """
            It becomes the model's first secret, or is staged beside the current one. It is read \
            from standard input, since other users can see arguments:

              openssl rand -hex 32 | nanogridata secrets import 0x10
            """)

    @OptionGroup var keystore: KeystoreChoice
    @Argument(help: "The model, as two hexadecimal digits: 0x10.") var model: ModelID

    func run() throws {
        let secret = try read()
        let editor = try keystore.open(mayMake: true)
        let known = (try? editor.generations(now: keystore.now)) ?? []
        let isFirst = !known.contains { $0.model == model }
        try keystore.record(isFirst ? .rotateSecret(model) : .stageSecret(model)) {
            try editor.perform(
                isFirst ? .begin(secret, .imported) : .stage(secret, .imported), on: model,
                graceHours: 0, now: keystore.now)
        }
    }

    private static let mostDigits = 4_096

    private func read() throws -> Secret {
        let text = (readLine() ?? "").trimmingCharacters(in: .whitespaces)
        guard text.utf8.count <= Self.mostDigits else {
            throw CommandFailure.misuse([
                "standard input: more than \(Self.mostDigits) hexadecimal digits are no secret"
            ])
        }
        do {
            let bytes = try SecretPolicy.decode(hexadecimal: text)
            try SecretPolicy.validate(secret: bytes, for: model, others: [])
            return Secret(bytes)
        } catch {
            throw CommandFailure.misuse(["standard input: \(error)"])
        }
    }
}
