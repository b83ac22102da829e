import ArgumentParser
import NanoCore
import NanoServe

/// Looks into the journal of a gateway.
struct JournalCommand: ParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "journal",
        abstract: "Look into a gateway's journal, or a copy of it.",
        discussion: """
            Nothing is changed, and a gateway that works with the journal is not disturbed.

            Examples:
              nanogridata journal info                        files, and what waits for whom
              nanogridata journal verify --state-dir /backup  compare all checksums
              nanogridata journal export --route alba         packets as lines of JSON

            Exit codes: 0 fine, 1 damaged or unreadable, 2 bad usage.
            """,
        subcommands: [JournalInfo.self, JournalVerify.self, JournalExport.self])
}

extension StateFolderOption {
    func inspect() throws -> JournalInspection {
        let path = try path
        do {
            return try JournalInspection(stateFolder: path)
        } catch {
            throw CommandFailure.failed("\(error)")
        }
    }
}

struct JournalInfo: ParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "info", abstract: "Show the files, and what waits for each destination.")

    @OptionGroup var folder: StateFolderOption

    func run() throws {
        for line in try folder.inspect().summary() { print(line) }
    }
}

struct JournalVerify: ParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "verify", abstract: "Read everything and compare its checksums.")

    @OptionGroup var folder: StateFolderOption

    func run() throws {
        let found = try folder.inspect().verify()
        print("\(found.blocks) blocks with \(found.packets) packets are whole")
        for damage in found.damages { print(damage) }
        guard found.damages.isEmpty else {
            let places = PlainWords.count(UInt64(found.damages.count), "place")
            throw CommandFailure.failed("the journal is damaged in \(places)")
        }
    }
}

struct JournalExport: ParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "export", abstract: "Print the packets that are there as lines of JSON.")

    @OptionGroup var folder: StateFolderOption
    @Option(help: "Only packets for this destination.")
    var route: String?

    func run() throws {
        let journal = try folder.inspect()
        if let route, !journal.routes.contains(route) {
            let known = journal.routes.joined(separator: ", ")
            throw CommandFailure.failed(
                "the journal has no destination \(SafeText.escaped(route)); it has "
                    + (known.isEmpty ? "none" : known))
        }
        try journal.export(route: route) { print($0) }
    }
}
