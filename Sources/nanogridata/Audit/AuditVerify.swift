import ArgumentParser
import NanoCore
import NanoServe

/// Compares a trail with its hashes.
struct AuditVerify: ParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "verify",
        abstract: "Compare every entry with the hash that the next one holds of it, and the last "
            + "with audit.head.",
        discussion: """
            Whoever can write both files can make others that fit. So note the head that this \
            prints, or that each start logs, on another machine, and have it looked for later:
              nanogridata audit verify --expect 12:9f86d081884c…
            """)

    @OptionGroup var folder: StateFolderOption

    @Option(
        help: ArgumentHelp(
            "An entry that has to be there: its number and hash, or its hash alone.",
            valueName: "number:hash"),
        transform: ExpectedEntry.init(argument:))
    var expect: ExpectedEntry?

    func run() throws {
        let found: AuditVerification
        let path = try folder.path
        do {
            found = try AuditVerification(
                stateFolder: path, expecting: expect.map { ($0.number, $0.hash) })
        } catch {
            throw CommandFailure.failed("\(error)")
        }
        let others =
            found.unchained == 0 ? "" : ", \(PlainWords.count(UInt64(found.unchained))) not chained"
        print("entries: \(PlainWords.count(UInt64(found.chained))) chained\(others)")
        if let head = found.head { print("head \(head)") }
        for note in found.notes { printError("nanogridata: note: audit.jsonl:\(note)") }
        for finding in found.findings { print("audit.jsonl:\(finding.text)") }
        guard found.findings.isEmpty else {
            throw CommandFailure.failed(
                "the audit trail is not whole: "
                    + PlainWords.count(UInt64(found.findings.count), "fault"))
        }
    }
}

/// What `--expect` names.
struct ExpectedEntry: Equatable {
    let number: UInt64?
    let hash: String

    /// - Throws: ``Limited/Fault`` that says what is allowed.
    init(argument: String) throws {
        guard let read = AuditHead.read(argument) else {
            throw Limited.Fault(
                description: "use NUMBER:HASH or HASH, with the 64 hexadecimal digits of a SHA-256")
        }
        (number, hash) = read
    }
}
