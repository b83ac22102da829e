import Foundation
import NanoCore
import NanoServe

/// What is asked before addresses are blocked that several devices may be behind.
struct BlockQuestion {
    let text: String
    /// Whether it cuts off most devices, or may.
    let isMost: Bool

    /// - Throws: ``CommandFailure`` when the state folder's files cannot be read.
    init(
        of network: IPNetwork, seconds: Int, _ known: KnownReach, in folder: StateFolderOption
    ) throws {
        var words = ["block \(network) for \(TimeSpan(seconds: Int64(seconds)).text)?"]
        if let family = network.wholeFamily { words.append("That is every address of \(family).") }
        let whom =
            switch known {
            case .told(let reach): (reach.sentence, reach.isMost)
            case .writtenDown(let reach):
                ("No gateway answers. \(reach.sentence)", reach.isMost)
            case .unknown: try Self.sources(network, in: folder)
            }
        words.append(whom.0)
        words.append("Nobody is let in from there until it ends, or devices unblock lifts it.")
        text = words.joined(separator: " ")
        isMost = network.wholeFamily != nil || whom.1
    }

    /// From where genuine frames came, as a gateway has written down that does not answer now.
    private static func sources(
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

/// Which devices are behind addresses, as far as a command line can know.
enum KnownReach {
    /// As the running gateway tells.
    case told(BlockReach)
    /// As a gateway has written down that does not answer now.
    case writtenDown(BlockReach)
    /// Nothing is written down.
    case unknown

    /// Devices that were heard from there.
    var within: Int {
        switch self {
        case .told(let reach), .writtenDown(let reach): reach.within
        case .unknown: 0
        }
    }

    /// What there is to say behind a block: whom it cuts off, or that nobody knows.
    ///
    /// - Parameter isWanted: Whether the operator wants to know of nobody, too.
    func sentence(on network: IPNetwork, isWanted: Bool) -> String? {
        switch self {
        case .told(let reach): isWanted || reach.within > 0 ? reach.sentence : nil
        case .writtenDown(let reach):
            "No gateway answers, so which devices are behind it now is not known. \(reach.sentence)"
        case .unknown: "No gateway answers, so which devices are behind \(network) is not known."
        }
    }
}

extension StateFolderOption {
    /// Seconds that a gateway has for an answer: whoever blocks somebody may be under attack.
    private static let patience = 2

    /// Whom a block cuts off.
    ///
    /// - Throws: ``CommandFailure`` with exit code 2 when the file that says where the gateway is cannot be
    ///   read, with exit code 1 when the devices that are written down cannot be.
    func reach(of network: IPNetwork) throws -> KnownReach {
        let socket = try adminSocket
        let client = try? AdminClient(path: socket, role: .observer, seconds: Self.patience)
        if let gateway = try? client?.snapshot([.devices]) {
            return .told(
                BlockReach(
                    of: network, among: gateway.devices, former: gateway.formerDevices ?? [],
                    now: gateway.gateway.unixMilliseconds))
        }
        let known = try told { try AdoptionFile(stateFolder: path).read() }
        let reach = BlockReach(
            of: network, among: [], former: known?.devices ?? [], within: .day,
            now: Int64(Date().timeIntervalSince1970 * 1_000))
        return reach.heard > 0 ? .writtenDown(reach) : .unknown
    }
}
