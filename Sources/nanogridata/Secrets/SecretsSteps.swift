import ArgumentParser
import Foundation
import NanoCore
import NanoServe

/// Whether a step is taken that cuts devices off.
struct ForceOption: ParsableArguments {
    @Flag(help: "Also when devices that were active within a day would be cut off.")
    var force = false

    /// - Parameters:
    ///   - what: What these devices do.
    ///   - devices: Those that would be cut off.
    /// - Throws: ``CommandFailure`` with exit code 1 when there are any.
    func check(
        _ model: ModelID, in keystore: KeystoreChoice, _ what: String,
        _ devices: (SecretAdoption) -> [String]
    ) throws {
        guard !force else { return }
        let adoption = try keystore.adoption(of: model)
        let found = devices(adoption)
        guard !found.isEmpty else { return }
        throw CommandFailure.failed(
            "not done: \(found.count) of \(adoption.count) devices active in the last 24 hours "
                + "\(what): \(SecretAdoption.names(found)); use --force if that is meant")
    }
}

extension ForceOption {
    /// The same before a model's first secret: a gateway with simulated devices accepts one that the
    /// keystore does not have, and takes the keystore's from then on.
    ///
    /// - Parameter secret: The first one; nil for one at random.
    /// - Throws: ``CommandFailure`` with exit code 1 when devices use another.
    func checkFirst(
        of model: ModelID, in keystore: KeystoreChoice, _ editor: KeystoreEditor,
        secret: Secret? = nil
    ) throws {
        let generated = try told { try editor.generatedSecret(of: model) }
        guard !force, let generated, generated != secret else { return }
        let adoption = try keystore.adoption(of: model)
        guard adoption.count > 0 else { return }
        throw CommandFailure.failed(
            "not done: \(adoption.count) devices of \(model) active in the last 24 hours use the secret "
                + "that was made at random for simulated devices, and would be refused from now on: "
                + "\(SecretAdoption.names(adoption.stragglers(behind: 0))); stage another secret "
                + "with s in the console's Secrets, or use --force if that is meant")
    }
}

/// How long a secret that was replaced is accepted.
struct GraceOption: ParsableArguments {
    @Option(
        parsing: .unconditional,
        help:
            "Hours for which the former secret is accepted still; those of the gateway by default.",
        transform: Limited.integer(0...8_760))
    var graceHours: Int?

    /// What the option says, or the gateway that worked with the folder last, or else the default.
    func hours(_ keystore: KeystoreChoice) throws -> Int {
        if let graceHours { return graceHours }
        return try told { try AdoptionFile(stateFolder: keystore.folder.path).read() }?.graceHours
            ?? Settings.Secrets().graceHours
    }
}

struct SecretsStage: ParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "stage", abstract: "Make a new secret that is accepted beside the current one."
    )

    @OptionGroup var keystore: KeystoreChoice
    @Argument(help: "The model, as two hexadecimal digits: 0x10.") var model: ModelID

    func run() throws {
        let editor = try keystore.open()
        try keystore.record(.stageSecret(model), on: model, in: editor) {
            try editor.perform(
                .stage(.random(), .keystore), on: model, graceHours: 0, now: keystore.now)
        }
    }
}

struct SecretsPromote: ParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "promote", abstract: "Make the staged secret the current one.")

    @OptionGroup var keystore: KeystoreChoice
    @OptionGroup var grace: GraceOption
    @OptionGroup var force: ForceOption
    @Argument(help: "The model, as two hexadecimal digits: 0x10.") var model: ModelID

    func run() throws {
        let editor = try keystore.open()
        if let staged = try keystore.staged(of: model, in: editor) {
            try force.check(model, in: keystore, "do not use generation \(staged) yet") {
                $0.stragglers(behind: staged)
            }
        }
        let hours = try grace.hours(keystore)
        try keystore.record(
            .promoteSecret(model, forced: force.force), on: model, in: editor
        ) {
            try editor.perform(.promote, on: model, graceHours: hours, now: keystore.now)
        }
    }
}

struct SecretsAbort: ParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "abort", abstract: "Give the staged secret up.")

    @OptionGroup var keystore: KeystoreChoice
    @OptionGroup var force: ForceOption
    @Argument(help: "The model, as two hexadecimal digits: 0x10.") var model: ModelID

    func run() throws {
        let editor = try keystore.open()
        if let staged = try keystore.staged(of: model, in: editor) {
            try force.check(model, in: keystore, "use generation \(staged) already") {
                $0.users(of: staged)
            }
        }
        try keystore.record(
            .abortRotation(model, forced: force.force), on: model, in: editor
        ) {
            try editor.perform(.abort, on: model, graceHours: 0, now: keystore.now)
        }
    }
}

struct SecretsExtend: ParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "extend", abstract: "Accept a former secret for longer than its grace.",
        discussion: """
            The time counts from now, as it does when a secret is promoted; the new end is printed. \
            A grace is never made shorter by this, and a secret whose grace has ended stays refused.
            """)

    @OptionGroup var keystore: KeystoreChoice
    @Option(
        parsing: .unconditional, help: "For how long from now on: 24h, 7d.",
        transform: Limited.span(TimeSpan(seconds: 60)...TimeSpan(seconds: 365 * 86_400)))
    var grace: TimeSpan
    @Argument(help: "The model, as two hexadecimal digits: 0x10.") var model: ModelID
    @Argument(
        help: "The number of the generation; by default that of the only former one.",
        transform: Limited.integer(1...Int(Int32.max)))
    var generation: Int?

    func run() throws {
        let editor = try keystore.open()
        let now = keystore.now
        let generation = try self.generation ?? onlyFormer(in: editor, now: now)
        let end = now.unixMilliseconds + grace.seconds * 1_000
        try keystore.record(
            .extendGrace(model, generation: generation, untilUnixMilliseconds: end), on: model,
            in: editor
        ) {
            try editor.perform(
                .extend(generation, untilUnixMilliseconds: end), on: model, graceHours: 0, now: now)
        }
    }

    private func onlyFormer(in editor: KeystoreEditor, now: Moment) throws -> Int {
        let former = try told { try editor.generations(now: now) }
            .filter { $0.model == model && $0.state == .previous }.map(\.generation)
        guard former.count <= 1 else {
            throw CommandFailure.misuse([
                "\(model) has several former secrets, of generations "
                    + former.map(String.init).joined(separator: ", ") + "; name one of them"
            ])
        }
        guard let only = former.first else {
            throw CommandFailure.failed("\(model) has no former secret that is accepted")
        }
        return only
    }
}

struct SecretsRevoke: ParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "revoke", abstract: "End the grace of a former secret.")

    @OptionGroup var keystore: KeystoreChoice
    @OptionGroup var force: ForceOption
    @Argument(help: "The model, as two hexadecimal digits: 0x10.") var model: ModelID
    @Argument(
        help: "The number of the generation, as list shows it.",
        transform: Limited.integer(1...Int(Int32.max)))
    var generation: Int

    func run() throws {
        let editor = try keystore.open()
        let present = try told { try editor.generations(now: keystore.now) }
            .first { $0.model == model && $0.generation == generation }
        if let fault = present?.whyNotRevocable {
            throw CommandFailure.failed("not done: \(fault)")
        }
        try force.check(model, in: keystore, "have used generation \(generation) last") {
            $0.users(of: generation)
        }
        try keystore.record(
            .revokeSecret(model, generation: generation, forced: force.force), on: model,
            in: editor
        ) {
            try editor.perform(.revoke(generation), on: model, graceHours: 0, now: keystore.now)
        }
    }
}
