import ArgumentParser
import Foundation
import NanoCore

/// Judges captured bytes as a gateway would, and takes them apart.
struct DecodeCommand: ParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "decode",
        abstract: "Judge and dissect captured bytes.",
        usage: "nanogridata decode [<options>] [<file>]",
        discussion: """
            Every line of hexadecimal digits, or every packet of a dump, is a connection of its \
            own; frames are remembered from one to the next, so a frame that comes twice is a \
            replay. A model without a secret is unknown.

            In a capture of tcpdump or Wireshark the connections to the device port are put \
            together again, and frames are judged at the time at which they were captured. What \
            is missing in it, or cannot be read, is said.

            Examples:
              nanogridata decode --secrets secrets.txt frames.hex
              nanogridata decode --now 1767225600 --secrets secrets.txt dump.pcapng
              nanogridata decode --filter 'verdict:refused model:esp32' frames.hex
              tcpdump -i any -w - port 5678 | nanogridata decode --secrets secrets.txt
              nc -l 5678 | nanogridata decode --input raw --secrets secrets.txt

            A file of secrets has lines like 0x10=66b0e948…; # begins a comment. In a line of \
            digits, spaces and colons don't matter, and # begins a comment too.
            Exit codes: 0 the input was read, whatever the verdicts; 2 it could not be.
            """)

    /// How the bytes are given.
    enum Input: String, CaseIterable, ExpressibleByArgument {
        case auto, hex, raw, ndjson, pcap, pcapng
    }

    /// How the verdicts are shown.
    enum Format: String, CaseIterable, ExpressibleByArgument {
        case text, json
    }

    @Argument(help: "The file to read; standard input without one, or with -.")
    var file: String?

    @Option(
        help: "How the bytes are given; auto tells captures, dumps, raw frames and hex apart.")
    var input = Input.auto

    @Option(
        parsing: .unconditional,
        help: "Where the gateway listened, in a capture of tcpdump or Wireshark.",
        transform: Limited.integer(1...UInt16.max))
    var port: UInt16 = 5678

    @OptionGroup var secretOptions: SecretOptions
    @OptionGroup var keyingOptions: KeyingOptions

    @Option(
        parsing: .unconditional,
        help: ArgumentHelp(
            "The time to judge at: seconds since 1970, or packet for when each was captured; by "
                + "default packet for what tcpdump captured, else now.",
            valueName: "seconds|packet"),
        transform: JudgementTime.init(argument:))
    var now: JudgementTime?

    @Option(help: "The lowest level taken, for every model; by default each model's own.")
    var minimumLevel: LowestLevel?

    @Option(
        parsing: .unconditional,
        help: "Feed each line in pieces of these many bytes, over and over: 13,1,40.",
        transform: PieceSizes.init(argument:))
    var chunks: PieceSizes?

    @Option(help: "An annotated dissection, or a JSON object a verdict.")
    var format = Format.text

    @Option(
        parsing: .unconditional,
        help: ArgumentHelp(
            "Write only the verdicts that match: 'verdict:refused -reason:replay size:>200'.",
            discussion: "docs/filters.md has the language."),
        transform: Filter.init(verdicts:))
    var filter: Filter?

    func run() throws {
        let secrets = try secretOptions.load()
        let choices = try keyingOptions.load()
        let source = try InputFile(path: file)
        let judge = ConnectionJudge(
            keys: keys(secrets, choices), pieces: chunks?.sizes ?? [64 << 10],
            clock: JudgementClock(now),
            writer: writer)
        do {
            do {
                try feed(source, to: judge)
            } catch let failure as CommandFailure {
                // What was judged before the fault is worth having.
                try judge.output.flush()
                throw failure
            }
            try judge.output.flush()
        } catch is OutputStream.ReaderLeft {
            return
        }
    }

    private var writer: any VerdictWriter {
        let writer: any VerdictWriter = format == .json ? JSONVerdicts() : DissectedVerdicts()
        guard let filter else { return writer }
        return FilteredVerdicts(filter: filter, now: filterNow, writer: writer)
    }

    /// What times in a filter are counted back from, in milliseconds of Unix time: not the time of a
    /// captured packet, which is what is asked about.
    private var filterNow: Int64 {
        if case .seconds(let seconds) = now { return seconds * 1_000 }
        return Int64(Date().timeIntervalSince1970 * 1_000)
    }

    private func keys(
        _ secrets: [ModelID: [UInt8]], _ choices: KeyingOptions.Choices
    ) -> KeyTable {
        KeyTable(
            secrets.map { model, secret in
                ModelKeys(
                    model: model, name: model.family ?? "",
                    minimumLevel: minimumLevel?.level
                        ?? ModelKeys.defaultMinimumLevel(for: model),
                    profile: .standard(for: model), secrets: [secret],
                    keying: choices.keying[model] ?? .model,
                    encryption: choices.encryption[model] ?? .none)
            })
    }

    private func feed(_ source: InputFile, to judge: ConnectionJudge) throws {
        var reader = DecodeInput(input, isPcapngByName: hasPcapngEnding, port: port, judge: judge)
        do {
            try source.forEachBlock { block in
                try reader.take(block)
                try judge.output.flush()
            }
            try reader.finish()
        } catch let fault as HexLineError {
            throw CommandFailure.misuse(["\(source.name):\(fault)\(reader.hint)"])
        } catch let fault as DumpedLines.Fault {
            throw CommandFailure.misuse(["\(source.name): \(fault)"])
        } catch let fault as CaptureError {
            try judge.output.flush()
            complain(reader.complaints, of: source)
            throw CommandFailure.misuse(["\(source.name): \(fault)"])
        }
        try judge.output.flush()
        complain(reader.complaints, of: source)
    }

    private var hasPcapngEnding: Bool { file?.lowercased().hasSuffix(".pcapng") == true }

    private func complain(_ complaints: [String], of source: InputFile) {
        for complaint in complaints { printError("nanogridata: \(source.name): \(complaint)") }
    }
}

/// Sizes of pieces in bytes: `13,1,40`.
struct PieceSizes {
    let sizes: [Int]

    init(argument: String) throws {
        sizes = try argument.split(separator: ",", omittingEmptySubsequences: false).map { part in
            guard let size = Int(part.trimmingCharacters(in: .whitespaces)), size > 0 else {
                throw Limited.Fault(description: "use numbers above 0 with commas between: 13,1,40")
            }
            return size
        }
    }
}

/// The lowest level taken, as an argument.
enum LowestLevel: String, CaseIterable, ExpressibleByArgument {
    case none, standard, high, military

    /// In either case, as the gateway's settings take it.
    init?(argument: String) {
        self.init(rawValue: argument.lowercased())
    }

    var level: SecurityLevel {
        switch self {
        case .none: .none
        case .standard: .standard
        case .high: .high
        case .military: .military
        }
    }
}
