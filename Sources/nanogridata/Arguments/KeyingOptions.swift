import ArgumentParser
import NanoCore

/// How models' devices are keyed, and whether they encrypt, as the tools take it.
struct KeyingOptions: ParsableArguments {
    @Option(
        name: .customLong("keying"),
        help: ArgumentHelp(
            "A model whose devices have keys of their own; repeatable.", valueName: "0x10=device"))
    var keying: [String] = []

    @Option(
        name: .customLong("encryption"),
        help: ArgumentHelp(
            "A model with --keying device that encrypts its payloads at levels high and military; "
                + "repeatable.", valueName: "0x10=aes-256-gcm"))
    var encryption: [String] = []

    /// What holds for a model that is not named: its secret as the key, nothing encrypted.
    struct Choices {
        var keying: [ModelID: Keying] = [:]
        var encryption: [ModelID: PayloadEncryption] = [:]
    }

    /// - Throws: ``CommandFailure`` with exit code 2, naming every fault.
    func load() throws -> Choices {
        var faults: [String] = []
        var choices = Choices()
        choices.keying = Self.values(
            keying, "--keying", of: Keying.allCases.map(\.rawValue), Keying.init(rawValue:),
            &faults)
        choices.encryption = Self.values(
            encryption, "--encryption", of: PayloadEncryption.allCases.map(\.rawValue),
            PayloadEncryption.init(rawValue:), &faults)
        for (model, encryption) in choices.encryption.sorted(by: { $0.key < $1.key })
        where encryption != .none && choices.keying[model] != .device {
            faults.append("--encryption \(model) needs --keying \(model)=device beside it")
        }
        guard faults.isEmpty else { throw CommandFailure.misuse(faults) }
        return choices
    }

    private static func values<Value>(
        _ texts: [String], _ option: String, of names: [String], _ make: (String) -> Value?,
        _ faults: inout [String]
    ) -> [ModelID: Value] {
        var values: [ModelID: Value] = [:]
        for text in texts {
            let parts = text.split(separator: "=", omittingEmptySubsequences: false).map(
                String.init)
            guard parts.count == 2, let model = ModelID(argument: parts[0]),
                let value = make(parts[1]),
                values.updateValue(value, forKey: model) == nil
            else {
                faults.append(
                    "\(option): expected a model, named once, and one of "
                        + names.joined(separator: ", ") + ", like 0x10=\(names.last ?? ""); found "
                        + SafeText.quotable(text, to: 40))
                continue
            }
        }
        return values
    }
}
