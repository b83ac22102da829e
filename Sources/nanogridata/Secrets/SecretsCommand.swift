public import ArgumentParser
import Foundation
public import NanoCore
import NanoServe
import NanoTUI

/// Looks at the models' secrets, and changes them step by step.
struct SecretsCommand: ParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "secrets",
        abstract: "Look at the models' secrets, and change them without refusing a frame.",
        discussion: """
            Works while a gateway runs, and when none does. A running gateway takes over what is \
            changed within a second. What would cut devices off that were active within a day is \
            not done unless it is forced, and everything is in the audit trail.

            Examples:
              nanogridata secrets init 0x10 0x20          first secrets for two models
              nanogridata secrets list                    generations, ages, devices
              nanogridata secrets stage 0x10              a new one, accepted too
              nanogridata secrets promote 0x10            when the devices use it
              nanogridata secrets extend 0x10 --grace 24h accept it for longer
              nanogridata secrets revoke 0x10 1           end a former secret's grace
              (umask 077; nanogridata secrets export 0x10 ESP32-001 --format c > key.h)

            Exit codes: 0 fine, 1 failed, also when a running gateway does not go by what was changed, \
            2 bad usage.
            """,
        subcommands: [
            SecretsList.self, SecretsInit.self, SecretsStage.self, SecretsPromote.self,
            SecretsAbort.self, SecretsExtend.self, SecretsRevoke.self, SecretsExport.self,
            SecretsImport.self,
            SecretsRekey.self, SecretsVerify.self,
        ])
}

/// The keystore of a state folder, for one command.
struct KeystoreChoice: ParsableArguments {
    @OptionGroup var folder: StateFolderOption

    var now: Moment {
        Moment(
            unixMilliseconds: Int64(Date().timeIntervalSince1970 * 1_000),
            monotonicNanoseconds: 0)
    }

    /// - Parameters:
    ///   - mayMake: Whether a key is made where there is none.
    ///   - mayMakeFolder: Whether the state folder is, too.
    /// - Throws: ``CommandFailure``: with exit code 1 when there is no keystore, with 2 when there is no
    ///   state folder, or no key to open it.
    func open(mayMake: Bool = false, mayMakeFolder: Bool = false) throws -> KeystoreEditor {
        let path = try mayMakeFolder ? folder.wantedPath : folder.path
        return try told {
            try KeystoreEditor(
                stateFolder: path, environment: ProcessInfo.processInfo.environment,
                mayMake: mayMake)
        }
    }

    /// Takes a step with a model's secrets, with an entry in the audit trail, and prints what was done
    /// once a running gateway goes by it, or that it does not.
    ///
    /// - Throws: ``CommandFailure`` with exit code 1, also when a gateway does not go by it.
    func record(
        _ command: Command, on model: ModelID, in editor: KeystoreEditor,
        _ act: () throws -> String
    ) throws {
        if let fault = try take(command, on: model, in: editor, act) {
            throw CommandFailure.failed(fault)
        }
    }

    /// The same for a step that others follow.
    ///
    /// - Returns: Why a gateway does not go by it.
    func take(
        _ command: Command, on model: ModelID, in editor: KeystoreEditor,
        _ act: () throws -> String
    ) throws -> String? {
        guard let (action, target) = command.audited else { return nil }
        let said = try record(action, of: target, act)
        let outcome = try TakeOver(folder: folder).outcome(of: model, editor, now: now)
        print(outcome.words(said))
        switch outcome {
        case .holds: return nil
        case .unknown(let why):
            printError("nanogridata: note: \(why)")
            return nil
        case .missing(let why): return why
        }
    }

    /// Does something, with an entry in the audit trail.
    func record(
        _ action: AuditAction, of target: String, _ act: () throws -> String
    ) throws -> String {
        try AuditedAct(action: action, target: target, stateFolder: folder.path).perform(act)
    }

    /// The number of the generation that is staged; nil for none.
    func staged(of model: ModelID, in editor: KeystoreEditor) throws -> Int? {
        try told { try editor.generations(now: now) }
            .first { $0.model == model && $0.state == .staged }?.generation
    }

    /// What devices of a model use, as far as a gateway knows it or has written it down.
    ///
    /// - Throws: ``CommandFailure`` with exit code 1 when nobody does.
    func adoption(of model: ModelID) throws -> SecretAdoption {
        guard let known = try HeardDevices(in: folder, now: now) else {
            throw CommandFailure.failed(
                "not done: no gateway runs, and none has written down which devices use which secret of "
                    + "\(model); start it, or use --force")
        }
        return known[model]
    }
}

/// Faults of the keystore, as the command line tells them: with exit code 2 where it cannot be used.
func told<Value>(_ action: () throws -> Value) throws -> Value {
    do {
        return try action()
    } catch let failure as CommandFailure {
        throw failure
    } catch let fault as KeystoreError where fault.isMisconfiguration {
        throw CommandFailure.misuse(["\(fault)"])
    } catch {
        throw CommandFailure.failed("\(error)")
    }
}

extension ModelID: ExpressibleByArgument {
    /// Takes the names of families too.
    public init?(argument: String) {
        let family = Self.builtIn.first { $0.family?.lowercased() == argument.lowercased() }
        guard let model = family ?? ModelID(argument) else { return nil }
        self = model
    }

    public static var allValueStrings: [String] {
        builtIn.compactMap { $0.family?.lowercased() } + ["0x00…0xff"]
    }
}

struct SecretsInit: ParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "init", abstract: "Make the first secrets of models that have none.")

    @OptionGroup var keystore: KeystoreChoice
    @OptionGroup var force: ForceOption

    @Argument(help: ArgumentHelp("Models, as two hexadecimal digits: 0x10.", valueName: "model"))
    var models: [ModelID] = ModelID.builtIn

    func run() throws {
        let editor = try keystore.open(mayMake: true, mayMakeFolder: true)
        let known = Set(((try? editor.generations(now: keystore.now)) ?? []).map(\.model))
        for model in models where !known.contains(model) {
            try force.checkFirst(of: model, in: keystore, editor)
        }
        var fault: String?
        for model in models {
            guard !known.contains(model) else {
                print("\(model) has a secret already; it stays")
                continue
            }
            fault =
                try keystore.take(.rotateSecret(model), on: model, in: editor) {
                    try editor.perform(
                        .begin(.random(), .keystore), on: model, graceHours: 0, now: keystore.now)
                } ?? fault
        }
        if let fault { throw CommandFailure.failed(fault) }
    }
}

struct SecretsVerify: ParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "verify", abstract: "Open the keystore, and check all that is in it.")

    @OptionGroup var keystore: KeystoreChoice

    func run() throws {
        let found = try told { try keystore.open().verify(now: keystore.now) }
        print(
            "whole: \(PlainWords.count(UInt64(found.generations), "generation")) of "
                + "\(PlainWords.count(UInt64(found.models), "model")) can be used")
    }
}
