import ArgumentParser
import Foundation
import NanoCore
import NanoServe
import NanoTUI

/// What is blocked: a device, or where connections come from.
struct BlockTarget: ParsableArguments {
    @OptionGroup var folder: StateFolderOption

    @Argument(
        help: ArgumentHelp(
            "An address or a network, or a model and a device's id: 10.0.4.17, or 0x10 ESP32-001.",
            valueName: "target"))
    var target: [String]

    /// The device; nil where an address is meant.
    var device: DeviceName? {
        guard target.count == 2 else { return nil }
        return ModelID(argument: target[0]).map { DeviceName($0, target[1]) }
    }

    /// The addresses; nil where a device is meant, or there are none.
    var network: IPNetwork? { target.count == 1 ? try? IPNetwork(target[0]) : nil }

    func validate() throws {
        guard target.count == 2 else {
            guard target.count == 1 else {
                throw ValidationError("give an address, or a model and a device's id")
            }
            if let fault = IPNetwork.fault(of: target[0]) {
                throw ValidationError("'\(target[0])': \(fault)")
            }
            return
        }
        guard let device else {
            guard (try? IPNetwork(target[0])) == nil else {
                throw ValidationError(
                    "'\(target[1])' stands behind an address, which stands alone")
            }
            throw ValidationError(
                "the first of the two is no model; use "
                    + ModelID.allValueStrings.joined(separator: ", "))
        }
        guard device.id.unicodeScalars.count > DeviceName.maximumScalars else { return }
        throw ValidationError(
            "the id is longer than the \(DeviceName.maximumScalars) characters that one may have")
    }

    /// Does something to the blocks of addresses, with an entry in the audit trail, and prints what
    /// was done.
    func record(_ command: Command, _ act: (BlockFile) throws -> String) throws {
        guard let (action, words) = command.audited else { return }
        try told { try RegistryFile(stateFolder: folder.path).checkOwner() }
        print(
            try AuditedAct(action: action, target: words, stateFolder: folder.path).perform {
                try act(BlockFile(stateFolder: folder.path))
            })
    }

    var now: Moment {
        Moment(
            unixMilliseconds: Int64(Date().timeIntervalSince1970 * 1_000),
            monotonicNanoseconds: 0)
    }
}

struct DevicesBlock: ParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "block",
        abstract:
            "Do not hear a device until it is unblocked, or nobody from an address for a time.",
        discussion: """
            Before a network is blocked, or an address that several devices share, you are asked, and \
            told how many devices are behind it; in scripts say --yes. Whom it cuts off is told \
            afterwards too: as a running gateway tells, or as the last one has written down.
            """)

    @OptionGroup var block: BlockTarget
    @OptionGroup var consent: ConsentOption

    @Option(
        name: .customLong("for"), parsing: .unconditional,
        help: "How long, for an address: 30m, 1h, 7d. Default: 1h.",
        transform: BlockTime.seconds)
    var seconds: Int?

    func validate() throws {
        guard seconds != nil, block.target.count != 1 else { return }
        throw ValidationError("--for is for addresses; a device is blocked until it is unblocked")
    }

    func run() throws {
        if let device = block.device { return try block.folder.take(.block(device)) }
        guard let network = block.network else { return }
        // A folder that is mistyped is nobody's, and not to be asked about.
        _ = try block.folder.path
        let (name, seconds) = (block.target[0], seconds ?? 3_600)
        let reach = try block.folder.reach(of: network)
        let mayHitMany = network.hasManySources || reach.within > 1
        if mayHitMany, !consent.yes {
            let question = try BlockQuestion(
                of: network, seconds: seconds, reach, in: block.folder)
            try consent.obtain(question.text, typed: question.isMost ? name : nil)
        }
        try block.record(.blockAddress(name, seconds: seconds)) {
            try $0.block(name, seconds: seconds, now: block.now)
        }
        if let words = reach.sentence(on: network, isWanted: mayHitMany) { print(words) }
    }
}

struct DevicesUnblock: ParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "unblock",
        abstract: "Hear a blocked device again, or lift the blocks of an address or network.")

    @OptionGroup var block: BlockTarget

    func run() throws {
        if let device = block.device { return try block.folder.take(.unblock(device)) }
        let network = block.target[0]
        try block.record(.unblockAddress(network)) {
            try $0.unblock(network, now: block.now)
        }
    }
}

struct DevicesBlocks: ParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "blocks", abstract: "Print the addresses that are blocked.")

    @OptionGroup var folder: StateFolderOption
    @Option(help: "A table, or a JSON object a line.") var format = DevicesCommand.Format.text

    func run() throws {
        let now = Moment(
            unixMilliseconds: Int64(Date().timeIntervalSince1970 * 1_000),
            monotonicNanoseconds: 0)
        let blocks = try told { try BlockFile(stateFolder: folder.path).read(now: now) }
        switch format {
        case .text: for line in Self.table(blocks) { print(line) }
        case .json: for block in blocks { print(Self.json(block)) }
        }
    }

    private static func table(_ blocks: [OffenderSnapshot]) -> [String] {
        TextTable(
            columns: [
                .init("address"), .init("by", importance: 1), .init("since", importance: 2),
                .init("until"),
            ],
            rows: blocks.map { block in
                [
                    block.source, block.isByOperator ? "operator" : "gateway",
                    Timestamp.short(unixSeconds: block.sinceUnixMilliseconds / 1_000),
                    Timestamp.short(unixSeconds: (block.untilUnixMilliseconds ?? 0) / 1_000),
                ]
            }
        ).lines(width: OutputStream.terminalColumns)
    }

    private static func json(_ block: OffenderSnapshot) -> String {
        let json = JSONBody.object { body in
            body.set("address", block.source)
            body.set("by", block.isByOperator ? "operator" : "gateway")
            body.set("since", Timestamp.iso8601(block.sinceUnixMilliseconds))
            body.set("until", Timestamp.iso8601(block.untilUnixMilliseconds ?? 0))
        }
        return String(decoding: json, as: UTF8.self)
    }
}

/// How long a block lasts, as an argument.
private enum BlockTime {
    private static let units: [Character: Int] = ["s": 1, "m": 60, "h": 3_600, "d": 86_400]
    private static let longest = 365 * 86_400

    static func seconds(_ argument: String) throws -> Int {
        guard let unit = argument.last.flatMap({ units[$0] }),
            let count = Int(argument.dropLast()), (1...longest / unit).contains(count)
        else {
            throw Limited.Fault(description: "use 90s, 30m, 24h or 7d, a year at most")
        }
        return count * unit
    }
}
