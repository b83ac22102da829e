import ArgumentParser
import Foundation
import NanoCore
import NanoServe

/// Sets a device up: what its firmware has to hold, and whether it arrives.
struct ProvisionCommand: AsyncParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "provision",
        abstract:
            "Print what the firmware of a new device has to hold, and wait for its first packet.",
        discussion: """
            Makes the model's secret if there is none, which takes --force where simulated devices use \
            one made at random, or derives the device's own key where the model \
            has keying: device. While a rotation is under way, of the staged secret. Prints a header for \
            C, once: what is printed is secret, so send it to a file that only you can read. Then the \
            first packet of the device is waited for, or of any device where none is named, and what is \
            wrong with what comes is told on standard error.

            Examples:
              (umask 077; nanogridata provision 0x10 ESP32-001 --address gw.example > gw.h)
              nanogridata provision 0x10 ESP32-001 --no-wait --format json

            Exit codes: 0 fine, 1 failed, also when no packet was accepted in time, 2 bad usage or \
            configuration.
            """)

    /// How it is printed.
    enum Format: String, CaseIterable, ExpressibleByArgument {
        case text, json
    }

    @OptionGroup var keystore: KeystoreChoice
    @OptionGroup var force: ForceOption
    @Option(help: "Host or address at which devices find the gateway; this machine's by default.")
    var address: String?
    @Option(
        help: """
            A header for C, or a JSON object with the keys and one for each thing that is told then.
            """)
    var format = Format.text
    @Flag(help: "Print, and wait for nothing; no gateway needs to run.") var noWait = false
    @Option(
        parsing: .unconditional, help: "For how long the first packet is waited for: 30s, 10m.",
        transform: Limited.span(TimeSpan(seconds: 1)...TimeSpan(seconds: 7 * 86_400)))
    var timeout = TimeSpan(seconds: 600)
    @Option(help: "The gateway's admin socket; by default that of its settings.")
    var socket: String?
    @Argument(help: "The model, as two hexadecimal digits: 0x10.") var model: ModelID
    @Argument(help: "The device_id; needed for models with keying: device.") var device: String?

    private var folder: StateFolderOption { keystore.folder }

    func validate() throws {
        guard let address else { return }
        let isPlain = address.unicodeScalars.allSatisfy { scalar in
            scalar.value > 0x20 && scalar.value != 0x7F && !"\"\\/".unicodeScalars.contains(scalar)
        }
        guard isPlain, !address.isEmpty else {
            let shown = address.isEmpty ? "it is empty" : SafeText.quotable(address, to: 60)
            throw ValidationError("--address: \(shown); use a host's name or an address")
        }
    }

    func run() async throws {
        let settings = try settings()
        try StateFolderOption.expect(settings.state.folder)
        let model = settings.intake.model(model)
        guard settings.intake.models.contains(where: { $0.id == model.id }) else {
            throw CommandFailure.misuse([
                "model \(model.id) is not configured; add it below models"
            ])
        }
        do throws(KeystoreError) {
            try Provisioning.check(device, model)
        } catch {
            throw CommandFailure.misuse(["\(error)"])
        }
        // What is printed once is not printed where it leads to nothing.
        var wait =
            noWait
            ? nil
            : try ProvisionWait(
                socket: socket ?? settings.admin.path(inFolder: settings.state.folder),
                model: model.id, device: device)
        let port = wait?.devicePort ?? settings.ingress.port
        guard port > 0 else {
            throw CommandFailure.misuse([
                "devices.port is 0, for any free one, and devices need to know it: configure one"
            ])
        }
        var tls = settings.ingress.tls
        if tls?.port != nil, let wait { tls?.port = wait.tlsPort }
        let snippet = try snippet(of: model, port: port, tls, settings)
        let text = format == .json ? Self.json(snippet) : snippet.text
        // What is printed stands in no trail.
        guard let (action, target) = Command.provision(model.id, device: device).audited else {
            return
        }
        _ = try AuditedAct(
            action: action, target: "\(target), generation \(snippet.generation)",
            stateFolder: settings.state.folder
        ).perform { "printed" }
        try write(text)
        guard wait != nil else { return }
        printError(
            "nanogridata: waits for the first packet of \(model.id) "
                + "\(device.map { SafeText.shortened($0, to: 64) } ?? "") for \(timeout.text); Ctrl-C ends "
                + "that")
        try await wait?.run(atMost: timeout, tell: tell)
    }

    private func tell(_ news: ProvisionWatch.News) {
        let (name, text) =
            switch news {
            case .accepted(let text): ("accepted", text)
            case .refused(let text): ("refused", text)
            case .misnamed(let text): ("misnamed", text)
            case .nameless(let text): ("nameless", text)
            case .otherModel(let text): ("other_model", text)
            case .noFrames(let text): ("no_frames", text)
            }
        guard format == .json else {
            let isRefused = name == "refused" || name == "nameless"
            return printError("nanogridata: \(isRefused ? "refused: " : "")\(text)")
        }
        var json = Array("{\"\(name)\":".utf8)
        JSONText.writeString(text, into: &json)
        // A reader that has left misses nothing that it wants; the exit code tells all the same.
        try? write(String(decoding: json, as: UTF8.self) + "}")
    }

    /// Writes to standard output at once: whoever reads it from a pipe need not wait for the end.
    ///
    /// - Throws: ``CommandFailure`` when it cannot be written.
    private func write(_ text: String) throws {
        let output = OutputStream()
        output.bytes = Array((text + "\n").utf8)
        do {
            try output.flush()
        } catch is OutputStream.ReaderLeft {
            throw CommandFailure.failed(
                "standard output: nobody reads it, so the keys are not told")
        }
    }

    private func settings() throws -> Settings {
        var overrides = SettingsOverrides()
        overrides.stateDirectory = folder.stateDir ?? folder.state
        do {
            return try Settings.load(
                arguments: overrides, environment: ProcessInfo.processInfo.environment,
                configFile: folder.config)
        } catch {
            throw CommandFailure.misuse(error.lines)
        }
    }

    /// - Throws: ``CommandFailure`` with exit code 1 when there is no secret, and none can be made.
    private func snippet(
        of model: Settings.Intake.Model, port: Int, _ tls: Settings.DeviceTLS?,
        _ settings: Settings
    ) throws -> FirmwareSnippet {
        let editor = try told {
            try KeystoreEditor(
                stateFolder: settings.state.folder,
                environment: ProcessInfo.processInfo.environment, mayMake: true)
        }
        var found = try told { try editor.secretForNewDevices(of: model.id) }
        if found == nil {
            try begin(model.id, editor, settings)
            found = try told { try editor.secretForNewDevices(of: model.id) }
        }
        guard let found else { throw CommandFailure.failed("\(model.id) has no secret") }
        let host = settings.ingress.host
        return FirmwareSnippet(
            model: model, device: device, generation: found.number, secret: found.secret,
            host: address ?? (host == Settings.allAddresses ? SettingsPlaces.hostName : host),
            port: port, tls: tls)
    }

    /// Makes a model's first secret.
    private func begin(
        _ model: ModelID, _ editor: KeystoreEditor, _ settings: Settings
    ) throws {
        if let provided = settings.secrets.provided.first(where: { $0.model == model }) {
            throw CommandFailure.failed(
                "\(provided.variable) holds a secret of \(model) that the gateway has not taken over "
                    + "yet; start the gateway first")
        }
        try force.checkFirst(of: model, in: keystore, editor)
        guard let (action, target) = Command.rotateSecret(model).audited else { return }
        let now = Moment(
            unixMilliseconds: Int64(Date().timeIntervalSince1970 * 1_000), monotonicNanoseconds: 0)
        let said = try AuditedAct(
            action: action, target: target, stateFolder: settings.state.folder
        ).perform {
            try editor.perform(.begin(.random(), .keystore), on: model, graceHours: 0, now: now)
        }
        let outcome = try TakeOver(folder: folder).outcome(of: model, editor, now: now)
        printError("nanogridata: \(outcome.words(said))")
        if case .missing(let why) = outcome { throw CommandFailure.failed(why) }
    }

    private static func json(_ snippet: FirmwareSnippet) -> String {
        var json = Array("{\"model\":\"\(snippet.model.id)\"".utf8)
        func add(_ name: String, _ text: String) {
            json += ",\"\(name)\":".utf8
            JSONText.writeString(text, into: &json)
        }
        if let device = snippet.device { add("device", device) }
        json += ",\"generation\":\(snippet.generation),\"port\":\(snippet.port)".utf8
        add("host", snippet.host)
        add("level", snippet.level.name)
        add("keying", snippet.model.keying.rawValue)
        for (name, bytes) in snippet.keys { add("\(name)_key", Hexadecimal.text(bytes)) }
        add("header", snippet.text)
        return String(decoding: json, as: UTF8.self) + "}"
    }
}
