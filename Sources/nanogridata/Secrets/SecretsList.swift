import ArgumentParser
import NanoCore
import NanoServe
import NanoTUI

struct SecretsList: ParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "list", abstract: "Print the generations that are accepted; no secret.",
        discussion: """
            The age of a current secret counts from when it became current. When another is due is \
            told for models with rotate_after, as the gateway that worked with the folder last has it.
            """)

    /// How the generations are written.
    enum Format: String, CaseIterable, ExpressibleByArgument {
        case text, json
    }

    @OptionGroup var keystore: KeystoreChoice
    @Option(help: "A table, or a JSON object a line.") var format = Format.text

    func run() throws {
        let editor = try keystore.open()
        let now = keystore.now
        let known = try told { try AdoptionFile(stateFolder: keystore.folder.path).read() }
        let limits = known?.rotateAfterSeconds ?? [:]
        let heard = try HeardDevices(in: keystore.folder, now: now)
        let secrets = try told { try editor.generations(rotateAfterSeconds: limits, now: now) }
            .map { secret in
                var secret = secret
                secret.devices = heard?[secret.model].count(of: secret.generation) ?? 0
                return secret
            }
        switch format {
        case .text:
            let table = Self.table(secrets, now.unixMilliseconds)
            for line in table.lines(width: OutputStream.terminalColumns) { print(line) }
        case .json: for secret in secrets { print(Self.json(secret, now.unixMilliseconds)) }
        }
        if let words = try told({ try editor.generatedWords() }) {
            // Lines of JSON are read by programs.
            if format == .text { print(words) } else { printError("nanogridata: \(words)") }
        }
    }

    private static func table(_ secrets: [SecretSnapshot], _ now: Int64) -> TextTable {
        TextTable(
            columns: [
                .init("model"), .init("gen"), .init("state"), .init("devices"),
                .init("fingerprint", importance: 1), .init("age", importance: 3),
                .init("due", importance: 2), .init("until"), .init("from", importance: 4),
            ],
            rows: secrets.map { secret in
                [
                    "\(secret.model)", "\(secret.generation)", secret.state.rawValue,
                    "\(secret.devices)", secret.fingerprint,
                    PlainWords.time(seconds: Double(secret.ageSeconds(at: now))),
                    secret.dueWords(at: now) ?? "-",
                    secret.validUntilUnixMilliseconds.map {
                        Timestamp.short(unixSeconds: $0 / 1_000)
                    } ?? "-", secret.origin,
                ]
            })
    }

    /// One generation with the names that `/stats` has for its facts.
    private static func json(_ secret: SecretSnapshot, _ now: Int64) -> String {
        var facts = [
            ("model", "\"\(secret.model)\""), ("generation", "\(secret.generation)"),
            ("state", "\"\(secret.state.rawValue)\""), ("origin", "\"\(secret.origin)\""),
            ("fingerprint", "\"\(secret.fingerprint)\""), ("devices", "\(secret.devices)"),
            ("created", "\"\(Timestamp.iso8601(secret.createdUnixMilliseconds))\""),
            ("age_s", "\(secret.ageSeconds(at: now))"),
        ]
        if let limit = secret.rotateAfterSeconds { facts.append(("rotate_after_s", "\(limit)")) }
        if let due = secret.dueInSeconds(at: now) { facts.append(("due_in_s", "\(due)")) }
        if let end = secret.validUntilUnixMilliseconds {
            facts.append(("valid_until", "\"\(Timestamp.iso8601(end))\""))
        }
        return "{" + facts.map { "\"\($0)\":\($1)" }.joined(separator: ",") + "}"
    }
}
