import ArgumentParser
import Foundation
import NanoCore

/// Judges captured bytes as a gateway would, and takes them apart.
struct DecodeCommand: ParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "decode",
        abstract: "Judge and dissect captured bytes.",
        discussion: """
            Every line of hexadecimal digits, or every packet of a dump, is a connection of its \
            own; frames are remembered from one to the next, so a frame that comes twice is a \
            replay. A model without a secret is unknown.

            Examples:
              nanogridata decode --secrets secrets.txt frames.hex
              nanogridata decode --now 1767225600 --secrets secrets.txt dump.pcapng
              nanogridata decode --filter 'verdict:refused model:esp32' frames.hex
              nc -l 5678 | nanogridata decode --input raw --format json --secrets secrets.txt

            A file of secrets has lines like 0x10=66b0e948…; # begins a comment. In a line of \
            digits, spaces and colons don't matter, and # begins a comment too.
            Exit codes: 0 the input was read, whatever the verdicts; 2 it could not be.
            """)

    /// How the bytes are given.
    enum Input: String, CaseIterable, ExpressibleByArgument {
        case hex, raw, pcapng
    }

    /// How the verdicts are shown.
    enum Format: String, CaseIterable, ExpressibleByArgument {
        case text, json
    }

    @Argument(help: "The file to read; standard input without one, or with -.")
    var file: String?

    @Option(
        help: "How the bytes are given; by default pcapng for a file with that ending, else hex.")
    var input: Input?

    @OptionGroup var secretOptions: SecretOptions
    @OptionGroup var keyingOptions: KeyingOptions

    @Option(
        parsing: .unconditional,
        help: ArgumentHelp("The time to judge at; now by default.", valueName: "unix-seconds"),
        transform: Limited.integer(0...Self.lastSecond))
    var now: Int64?

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
        let source = try InputFile(path: file, argument: "FILE")
        let clock = JudgementClock(now)
        let judge = ConnectionJudge(
            keys: keys(secrets, choices), pieces: chunks?.sizes ?? [64 << 10], clock: clock,
            writer: writer(clock))
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

    private func writer(_ clock: JudgementClock) -> any VerdictWriter {
        let writer: any VerdictWriter = format == .json ? JSONVerdicts() : DissectedVerdicts()
        guard let filter else { return writer }
        return FilteredVerdicts(filter: filter, clock: clock, writer: writer)
    }

    /// The end of the year 9999.
    private static let lastSecond: Int64 = 253_402_300_799

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
        switch input ?? (file?.lowercased().hasSuffix(".pcapng") == true ? .pcapng : .hex) {
        case .hex:
            var reader = HexLineReader()
            do {
                try source.forEachBlock { block in
                    try reader.read(block) { line, bytes in try judge.judge(bytes, line: line) }
                    try judge.output.flush()
                }
                try reader.finish { line, bytes in try judge.judge(bytes, line: line) }
            } catch let fault as HexLineError {
                throw CommandFailure.misuse(["\(source.name):\(fault)"])
            }
        case .raw:
            try judge.judge(try source.readAll(), line: 1)
        case .pcapng:
            let bytes = try source.readAll(atMost: Pcapng.maximumFileBytes)
            do {
                var line = 0
                try Pcapng.forEachPacket(in: bytes) { packet in
                    line += 1
                    try judge.judge(packet.bytes, line: line)
                }
            } catch let fault as PcapngError {
                throw CommandFailure.misuse(["\(source.name): \(fault)"])
            }
        }
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

    var level: SecurityLevel {
        switch self {
        case .none: .none
        case .standard: .standard
        case .high: .high
        case .military: .military
        }
    }
}

/// The time of judgement: the machine's, or one that stands still.
struct JudgementClock {
    private let fixedSeconds: Int64?
    private let start = ContinuousClock.now

    init(_ fixedSeconds: Int64?) {
        self.fixedSeconds = fixedSeconds
    }

    var now: Moment {
        if let fixedSeconds {
            return Moment(unixMilliseconds: fixedSeconds * 1_000, monotonicNanoseconds: 0)
        }
        let (seconds, attoseconds) = (ContinuousClock.now - start).components
        return Moment(
            unixMilliseconds: Int64(Date().timeIntervalSince1970 * 1_000),
            monotonicNanoseconds: UInt64(seconds * 1_000_000_000 + attoseconds / 1_000_000_000))
    }
}
