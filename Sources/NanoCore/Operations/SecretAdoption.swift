/// Which generation of a model's secret each of its devices has used last, of those that have sent
/// something within the last 24 hours.
public struct SecretAdoption: Codable, Equatable, Sendable {
    /// Ids of devices by the number of the generation, as sent: hostile text.
    public private(set) var devices: [Int: [String]] = [:]

    /// How long a device counts as active, in milliseconds.
    static let activeMilliseconds: Int64 = 24 * 3_600_000
    /// Devices that are named in a sentence.
    private static let named = 3

    /// - Parameter rows: Devices of any models.
    public init(
        of model: ModelID, in rows: some Sequence<DeviceSnapshot>, nowUnixMilliseconds now: Int64
    ) {
        for row in rows where row.model == model && row.isActive(at: now) {
            devices[row.generation, default: []].append(row.id)
        }
    }

    /// What devices of all models use, in one pass through them.
    public static func byModel(
        _ rows: some Sequence<DeviceSnapshot>, nowUnixMilliseconds now: Int64
    ) -> [ModelID: SecretAdoption] {
        // Few pairs of model and generation: a search through them is faster than two dictionaries.
        var groups: [(model: ModelID, generation: Int, ids: [String])] = []
        for row in rows where row.isActive(at: now) {
            let pair = (row.model, row.generation)
            if let group = groups.firstIndex(where: { ($0.model, $0.generation) == pair }) {
                groups[group].ids.append(row.id)
            } else {
                groups.append((row.model, row.generation, [row.id]))
            }
        }
        var all: [ModelID: SecretAdoption] = [:]
        for group in groups {
            all[group.model, default: SecretAdoption()].devices[group.generation] = group.ids
        }
        return all
    }

    private init() {}

    /// How many devices have used a generation.
    public func count(of generation: Int) -> Int { devices[generation]?.count ?? 0 }

    /// All active devices.
    public var count: Int { devices.values.reduce(0) { $0 + $1.count } }

    /// Devices that have used another generation than this one.
    public func stragglers(behind generation: Int) -> [String] {
        devices.filter { $0.key != generation }.flatMap(\.value).sorted()
    }

    /// Devices that have used this generation.
    public func users(of generation: Int) -> [String] {
        (devices[generation] ?? []).sorted()
    }

    /// Devices that have used none of these.
    public func users(butOf generations: Set<Int>) -> [String] {
        devices.filter { !generations.contains($0.key) }.flatMap(\.value).sorted()
    }

    /// Some names, safe to be shown: `A, B, C and 9 more`.
    public static func names(_ ids: [String]) -> String {
        let shown = ids.prefix(named).map { SafeText.shortened($0, to: 40) }
        let rest = ids.count - shown.count
        return shown.joined(separator: ", ") + (rest > 0 ? " and \(rest) more" : "")
    }
}

extension DeviceSnapshot {
    /// Whether it has sent something within a day before this time, in Unix milliseconds.
    public func isActive(at now: Int64) -> Bool {
        now - lastSeenUnixMilliseconds < SecretAdoption.activeMilliseconds
    }
}
