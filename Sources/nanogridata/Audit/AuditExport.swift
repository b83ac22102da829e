import ArgumentParser
import Foundation
import NanoCore
import NanoServe

/// Prints a trail for other programs.
struct AuditExport: ParsableCommand {
    /// How entries are printed.
    enum Format: String, CaseIterable, ExpressibleByArgument {
        case jsonl, csv
    }

    static let configuration = CommandConfiguration(
        commandName: "export",
        abstract: "Print every line for other programs, announcements too, the oldest first.")

    @OptionGroup var folder: StateFolderOption

    @Option(
        help: ArgumentHelp(
            "jsonl, the lines as they stand, or csv, where text that a spreadsheet would take for "
                + "a formula begins with an apostrophe."))
    var format = Format.jsonl

    @Option(
        parsing: .unconditional,
        help: "Only what is of this moment or newer: 24h, 2026-01-17, 2026-01-17T14:30:00Z.",
        transform: PastMoment.init(argument:))
    var since: PastMoment?

    @Option(
        parsing: .unconditional, help: "Only what is older than this moment, in the same form.",
        transform: PastMoment.init(argument:))
    var until: PastMoment?

    func run() throws {
        let found: AuditReading
        let now = Date()
        let path = try folder.path
        do {
            found = try AuditReading(
                stateFolder: path, since: since?.unixMilliseconds(now: now),
                until: until?.unixMilliseconds(now: now), keepsAnnouncements: true)
        } catch {
            throw CommandFailure.failed("\(error)")
        }
        let output = OutputStream()
        do {
            if format == .csv { output.bytes += AuditSheet.head.utf8 }
            for line in found.lines {
                output.bytes +=
                    (format == .csv ? AuditSheet.row(line.entry) : line.json + "\n").utf8
                try output.flushIfFull()
            }
            try output.flush()
        } catch is OutputStream.ReaderLeft {
            return
        }
        try found.tell()
    }
}
