import ArgumentParser
import Foundation
import NanoCore

/// The models' secrets, as the tools take them. What is said about them never repeats one.
struct SecretOptions: ParsableArguments {
    @Option(
        name: .customLong("secret"),
        help: ArgumentHelp(
            "A model's secret; repeatable. Other users of this machine can see it.",
            valueName: "0x10=HEX"))
    var secrets: [String] = []

    @Option(
        name: .customLong("secrets"),
        help: ArgumentHelp(
            """
            A file of mode 0600 with a line MODEL=HEX for each model; # begins a comment.
            """, valueName: "file"))
    var file: String?

    /// The secrets of both options.
    ///
    /// - Throws: ``CommandFailure`` with exit code 2, naming every fault and its place.
    func load() throws -> [ModelID: [UInt8]] {
        var ring = SecretRing()
        for (index, text) in secrets.enumerated() {
            ring.add(text, from: "--secret number \(index + 1)")
        }
        if let file {
            ring.add(linesOf: try InputFile.secretText(at: file, option: "--secrets"), of: file)
        }
        guard ring.faults.isEmpty else { throw CommandFailure.misuse(ring.faults) }
        return ring.secrets
    }

    /// The secrets of both options and of the variables that a gateway reads; the options win.
    func load(with environment: [String: String]) throws -> [ModelID: [UInt8]] {
        var ring = SecretRing()
        for model in ModelID.builtIn {
            let names = [
                "NANOGRIDATA_SECRET_\(model)", model.family.map { "NANOGRIDATA_\($0)_SECRET" },
            ]
            for case let name? in names {
                guard let text = environment[name], !text.isEmpty else { continue }
                ring.add(model, text[...], from: "environment \(name)")
            }
        }
        guard ring.faults.isEmpty else { throw CommandFailure.misuse(ring.faults) }
        return ring.secrets.merging(try load()) { $1 }
    }
}

/// Secrets found so far, and what was wrong with the others.
private struct SecretRing {
    var secrets: [ModelID: [UInt8]] = [:]
    var faults: [String] = []

    /// Faults of one file that are told; they share a line.
    private static let shownFaults = 3

    mutating func add(linesOf text: String, of file: String) {
        let name = SafeText.quotable(file, to: 4_096)
        let before = faults.count
        let lines = text.split(omittingEmptySubsequences: false, whereSeparator: \.isNewline)
        for (index, line) in lines.enumerated() {
            let content = line.prefix { $0 != "#" }.trimmingCharacters(in: .whitespaces)
            if !content.isEmpty { add(content, from: "\(name):\(index + 1)") }
        }
        let found = faults[before...]
        guard found.count > 1 else { return }
        let rest = found.count - Self.shownFaults
        faults[before...] = [
            found.prefix(Self.shownFaults).joined(separator: "; ")
                + (rest > 0 ? "; and \(rest) more" : "")
        ]
    }

    mutating func add(_ text: String, from place: String) {
        let parts = text.split(separator: "=", maxSplits: 1, omittingEmptySubsequences: false)
        guard parts.count == 2,
            let model = ModelID(argument: parts[0].trimmingCharacters(in: .whitespaces))
        else {
            return faults.append(
                "\(place): expected MODEL=HEX, with a model of two hexadecimal digits: 0x10=…")
        }
        add(model, parts[1], from: place)
    }

    mutating func add(_ model: ModelID, _ digits: Substring, from place: String) {
        do {
            let trimmed = digits.trimmingCharacters(in: .whitespaces)
            let secret = try SecretPolicy.decode(hexadecimal: trimmed)
            try SecretPolicy.validate(
                secret: secret, for: model, others: secrets.map { ($0.key, $0.value) })
            if let known = secrets[model], known != secret {
                faults.append("\(place): \(model) has another secret already; give one")
            }
            secrets[model] = secret
        } catch {
            faults.append("\(place), \(model): \(error)")
        }
    }
}
