import NanoCore
import NanoServe

/// What is asked before addresses are blocked that several devices may be behind.
struct BlockQuestion {
    let text: String
    /// Whether it cuts off most devices, or may.
    let isMost: Bool

    /// - Parameter reach: Whom it cuts off, as a running gateway tells; nil where none does.
    /// - Throws: ``CommandFailure`` when the state folder's files cannot be read.
    init(
        of network: IPNetwork, seconds: Int, _ reach: BlockReach?, in folder: StateFolderOption
    ) throws {
        var words = ["block \(network) for \(TimeSpan(seconds: Int64(seconds)).text)?"]
        if let family = network.wholeFamily { words.append("That is every address of \(family).") }
        let whom =
            try reach.map { ($0.sentence, $0.isMost) } ?? Self.writtenDown(network, in: folder)
        words.append(whom.0)
        words.append("Nobody is let in from there until it ends, or devices unblock lifts it.")
        text = words.joined(separator: " ")
        isMost = network.wholeFamily != nil || whom.1
    }

    /// Who is behind the network, as a gateway has written down that does not answer now.
    private static func writtenDown(
        _ network: IPNetwork, in folder: StateFolderOption
    ) throws -> (sentence: String, isMost: Bool) {
        let path = try folder.path
        let sources = try told { try VouchedSources(stateFolder: path) }
        guard sources.count > 0 else {
            return ("No gateway answers, so nobody knows which devices are behind it.", true)
        }
        let within = sources.count(within: network)
        let all = PlainWords.count(UInt64(sources.count))
        return (
            "No gateway answers; of \(all) addresses that genuine frames came from in the last days, "
                + "\(PlainWords.count(UInt64(within))) are in it.",
            within * 2 > sources.count
        )
    }
}

extension StateFolderOption {
    /// Seconds that a gateway has for an answer: whoever blocks somebody may be under attack.
    private static let patience = 2

    /// Whom a block cuts off, as the running gateway tells; nil where none answers in time.
    ///
    /// - Throws: ``CommandFailure`` with exit code 2 when the file that says where it is cannot be read.
    func reach(of network: IPNetwork) throws -> BlockReach? {
        let socket = try adminSocket
        let client = try? AdminClient(path: socket, role: .observer, seconds: Self.patience)
        guard let gateway = try? client?.snapshot([.devices]) else { return nil }
        return BlockReach(
            of: network, among: gateway.devices, now: gateway.gateway.unixMilliseconds)
    }
}
