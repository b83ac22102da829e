package import NanoCore

/// `vouched.json`: sources that genuine frames came from, which are not blocked as a whole. It lasts
/// as the blocks do: else a gateway that is started anew would block honest devices with whoever shares
/// their address.
struct VouchedContent: SharedContent, Equatable {
    static let fileName = "vouched.json"
    static let readVersion = 1
    static let isSpacious = false

    var version = VouchedContent.readVersion
    /// When the day under way began.
    var sinceUnixMs: Int64 = 0
    /// Of the day under way.
    var sources: [String] = []
    /// Of the day before.
    var formerly: [String] = []

    init() {}

    /// As it is to be written down.
    init(_ honest: HonestSources, now: Moment) {
        sinceUnixMs = max(0, now.unixMilliseconds - Int64(honest.age / 1_000_000))
        sources = honest.today.map(\.description).sorted()
        formerly = honest.formerly.map(\.description).sorted()
    }

    var fault: String? {
        guard sinceUnixMs >= 0 else {
            return "since_unix_ms is \(sinceUnixMs); use milliseconds of Unix time"
        }
        for (key, list) in [("sources", sources), ("formerly", formerly)] {
            guard list.count <= OffenderTable.honestCapacity else {
                return
                    "\(key) are \(list.count); at most \(OffenderTable.honestCapacity) are allowed"
            }
            if let index = list.firstIndex(where: { (try? IPNetwork($0)) == nil }) {
                return "\(key)[\(index)] is no address or network"
            }
        }
        return nil
    }
}

/// What a table knows of sources of genuine frames, as it was at one moment.
struct HonestSources {
    /// Of the day under way.
    let today: Set<IPNetwork>
    let formerly: Set<IPNetwork>
    /// How long the day under way has lasted, in nanoseconds.
    let age: UInt64

    init(_ table: OffenderTable, now: UInt64) {
        (today, formerly, age) = (table.honest, table.formerlyHonest, table.honestAge(now: now))
    }
}

/// The file with what was in it at the start.
struct VouchedFile: Sendable {
    let file: SharedFile<VouchedContent>
    let content: VouchedContent?

    /// - Parameter complain: Is told why there is a file that cannot be gone by; then it is as if there
    ///   were none.
    init(stateFolder: String, complain: (KeystoreError) -> Void) {
        file = SharedFile(folder: stateFolder)
        var found: VouchedContent?
        do throws(KeystoreError) {
            found = try file.load()
        } catch {
            complain(error)
        }
        content = found
    }
}

extension OffenderTable {
    /// Takes up what a run before this one has noted. Wherever the clock stands now, that was heard at
    /// most a day ago counts for a day at least, and no more than two.
    mutating func restore(_ content: VouchedContent, now: Moment) {
        let day = Int64(OffenderRecord.dayNanoseconds / 1_000_000)
        let age = max(0, now.unixMilliseconds - content.sinceUnixMs)
        func networks(_ texts: [String]) -> Set<IPNetwork> {
            Set(texts.compactMap { try? IPNetwork($0) })
        }
        switch age {
        case ..<day:
            restoreHonest(
                networks(content.sources), formerly: networks(content.formerly),
                age: UInt64(age) * 1_000_000, now: now.monotonicNanoseconds)
        case ..<(2 * day):
            restoreHonest(
                [], formerly: networks(content.sources), age: UInt64(age - day) * 1_000_000,
                now: now.monotonicNanoseconds)
        default: break
        }
    }
}

/// Where genuine frames came from within the last day or two, as a gateway has written it down: for a
/// command line, when no gateway runs.
package struct VouchedSources: Sendable {
    private let sources: Set<IPNetwork>

    /// - Throws: ``KeystoreError`` when there is a file that cannot be read, or is wrong.
    package init(stateFolder: String) throws(KeystoreError) {
        let content = try SharedFile<VouchedContent>(folder: stateFolder).load()
        let texts = (content?.sources ?? []) + (content?.formerly ?? [])
        sources = Set(texts.compactMap { try? IPNetwork($0) })
    }

    /// How many addresses there are.
    package var count: Int { sources.count }

    /// How many of them a network has.
    package func count(within network: IPNetwork) -> Int {
        sources.count { network.contains($0) || $0.contains(network) }
    }
}
