import NanoCore
import NanoServe

/// What is asked before a whole network is blocked.
struct BlockQuestion {
    let text: String
    /// Whether it cuts off most devices, or may.
    let isMost: Bool

    /// - Throws: ``CommandFailure`` when the state folder's files cannot be read.
    init(of network: IPNetwork, seconds: Int, in folder: StateFolderOption, now: Moment) throws {
        var words = ["block \(network) for \(TimeSpan(seconds: Int64(seconds)).text)?"]
        if let family = network.wholeFamily { words.append("That is every address of \(family).") }
        let whom = try Self.whom(network, in: folder, now: now)
        words.append(whom.sentence)
        words.append("Nobody is let in from there until it ends, or devices unblock lifts it.")
        text = words.joined(separator: " ")
        isMost = network.wholeFamily != nil || whom.isMost
    }

    /// Seconds that a gateway has for an answer: whoever blocks a network may be under attack.
    private static let patience = 2

    /// Who is behind the network: as a running gateway tells, or else as one has written down.
    private static func whom(
        _ network: IPNetwork, in folder: StateFolderOption, now: Moment
    ) throws -> (sentence: String, isMost: Bool) {
        let socket = try folder.adminSocket
        let client = try? AdminClient(path: socket, role: .observer, seconds: patience)
        if let gateway = try? client?.snapshot([.devices]) {
            let reach = BlockReach(
                of: network, among: gateway.devices, now: gateway.gateway.unixMilliseconds)
            return (reach.sentence, reach.isMost)
        }
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
