public import ArgumentParser
import Foundation
public import NanoCore
import NanoServe

/// Looks into the audit trail of a gateway.
struct AuditCommand: ParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "audit",
        abstract: "Look into a gateway's audit trail: who did what, and when.",
        discussion: """
            Nothing is changed, and a gateway that writes to the trail is not disturbed.

            Examples:
              nanogridata audit list                            everything
              nanogridata audit list --since 24h --action stop  a day's stops
              nanogridata audit list --format json              the lines as they stand
              nanogridata audit verify                          was something changed?
              nanogridata audit export --format csv --since 30d for a spreadsheet

            Exit codes: 0 fine, 1 damaged, tampered with or unreadable, 2 bad usage.
            """,
        subcommands: [AuditList.self, AuditVerify.self, AuditExport.self])
}

struct AuditList: ParsableCommand {
    /// How entries are printed.
    enum Format: String, CaseIterable, ExpressibleByArgument {
        case text, json
    }

    static let configuration = CommandConfiguration(
        commandName: "list", abstract: "Print the entries, the oldest first.")

    @OptionGroup var folder: StateFolderOption

    @Option(
        parsing: .unconditional,
        help: ArgumentHelp(
            "Only what is newer: 30s, 90m, 24h, 7d, a date like 2026-01-17 (from midnight UTC), or "
                + "a time like 2026-01-17T14:30:00Z."),
        transform: PastMoment.init(argument:))
    var since: PastMoment?

    @Option(help: "Only one action, by its word: pause_route, stop.")
    var action: AuditAction?

    @Option(help: "text or json.")
    var format = Format.text

    func run() throws {
        let found: AuditReading
        let path = try folder.path
        do {
            found = try AuditReading(
                stateFolder: path, since: since?.unixMilliseconds(now: Date()),
                action: action)
        } catch {
            throw CommandFailure.failed("\(error)")
        }
        for line in found.lines {
            print(format == .text ? line.entry.text : line.json)
        }
        try found.tell()
    }
}

extension AuditReading {
    /// Tells of lines that are not as they should be.
    ///
    /// - Throws: ``CommandFailure`` with exit code 1 for damaged ones.
    func tell() throws {
        for note in notes { printError("nanogridata: note: \(note)") }
        for damage in damages { printError("nanogridata: \(damage)") }
        guard damages.isEmpty else {
            let lines = PlainWords.count(UInt64(damages.count), "line")
            throw CommandFailure.failed("the audit trail is damaged in \(lines)")
        }
    }
}

extension AuditAction: ExpressibleByArgument {}
