import ArgumentParser
import Foundation
import Glibc
import NanoCore
import NanoServe

/// Brings a secret, or a device's keys, to whoever builds the firmware.
struct SecretsExport: ParsableCommand {
    /// How keys are written.
    enum Format: String, CaseIterable, ExpressibleByArgument {
        case hex, c, qr
    }

    static let configuration = CommandConfiguration(
        commandName: "export", abstract: "Print a model's secret, or the keys of one device.",
        discussion: """
            With a device, the keys that are derived for it: they tell nothing about the model's \
            secret or other devices. What is printed is secret; send it to a file that only you \
            can read.

            With qr what hex prints is drawn as a QR code, black on white. Without colours (NO_COLOR, or \
            a TERM that has none) the light modules are written, which is right where a terminal \
            writes light on dark; for one that writes dark on light say --light-terminal.
            """)

    @OptionGroup var keystore: KeystoreChoice
    @Option(help: "hex, c for a header, or qr to be scanned from the screen.")
    var format = Format.hex
    @Flag(help: "With qr: the terminal writes dark on light, and has no colours.")
    var lightTerminal = false
    @Flag(help: "With qr: also when standard output is no terminal, or one that is too small.")
    var force = false
    @Option(
        parsing: .unconditional, help: "A generation that is accepted; the current one by default.")
    var generation: Int?
    @Argument(help: "The model, as two hexadecimal digits: 0x10.") var model: ModelID
    @Argument(help: "The device_id of one device, for models with keying: device.")
    var device: String?

    func run() throws {
        try checkKeying()
        let found = try told {
            try keystore.open().secret(of: model, generation: generation, now: keystore.now)
        }
        let target =
            "\(model) generation \(found.number)"
            + (device.map { " device \(SafeText.shortened($0, to: 64))" } ?? "")
        let lines = try lines(of: keys(of: found.secret))
        // What is printed stands in no trail.
        _ = try keystore.record(.exportSecret, of: target) { "printed" }
        for line in lines { print(line) }
    }

    /// A device's key is of no use where devices sign with the model's secret.
    ///
    /// - Throws: ``CommandFailure`` with exit code 2, also when the gateway's settings have faults.
    private func checkKeying() throws {
        guard device != nil else { return }
        let settings: Settings
        do {
            settings = try Settings.load(
                arguments: SettingsOverrides(),
                environment: ProcessInfo.processInfo.environment, configFile: keystore.folder.config
            )
        } catch {
            throw CommandFailure.misuse(error.lines)
        }
        guard settings.intake.model(model).keying == .model else { return }
        throw CommandFailure.misuse([
            "devices of \(model) sign with the model's secret (keying: model), and a frame under a key "
                + "of its own would be refused; leave the device out, or set models.\(model).keying "
                + "to device first"
        ])
    }

    private func lines(of keys: [(name: String, bytes: [UInt8])]) throws -> [String] {
        let digits = keys.map { name, bytes in
            (device == nil ? "" : "\(name) ") + Hexadecimal.text(bytes)
        }
        return switch format {
        case .hex: digits
        case .c: keys.map(FirmwareSnippet.declaration)
        case .qr: try drawn(digits.joined(separator: "\n"))
        }
    }

    /// - Throws: ``CommandFailure`` with exit code 1 where it could not be scanned.
    private func drawn(_ text: String) throws -> [String] {
        guard let code = QRCode(text) else {
            throw CommandFailure.failed(
                "\(text.utf8.count) bytes are too many for a QR code; use hex")
        }
        let drawing = QRDrawing(
            code: code, depth: .detect(environment: ProcessInfo.processInfo.environment),
            isOnLight: lightTerminal)
        let lines = drawing.lines
        guard !force else { return lines }
        guard isatty(STDOUT_FILENO) == 1 else {
            throw CommandFailure.failed(
                "standard output is no terminal, and a QR code is to be scanned from one; use --force if "
                    + "that is meant")
        }
        guard let size = OutputStream.terminalSize else { return lines }
        // The prompt takes a row of its own.
        guard size.columns >= drawing.columns, size.rows > lines.count else {
            throw CommandFailure.failed(
                "the terminal has \(size.columns) columns and \(size.rows) rows, and the QR code takes "
                    + "\(drawing.columns) and \(lines.count + 1); make it larger, or use --format hex"
            )
        }
        return lines
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
    @OptionGroup var force: ForceOption
    @Argument(help: "The model, as two hexadecimal digits: 0x10.") var model: ModelID

    func run() throws {
        let secret = try read()
        let editor = try keystore.open(mayMake: true)
        let known = (try? editor.generations(now: keystore.now)) ?? []
        let isFirst = !known.contains { $0.model == model }
        if isFirst { try force.checkFirst(of: model, in: keystore, editor, secret: secret) }
        try keystore.record(
            isFirst ? .rotateSecret(model) : .stageSecret(model), on: model, in: editor
        ) {
            try editor.perform(
                isFirst ? .begin(secret, .imported) : .stage(secret, .imported), on: model,
                graceHours: 0, now: keystore.now, from: "standard input")
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
