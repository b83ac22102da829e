import NanoCore

/// What refusals are counted by.
enum RefusalGrouping: Int, CaseIterable, Sendable {
    case reason, model, device, source

    var next: RefusalGrouping {
        Self.allCases.neighbour(of: self, by: 1)
    }

    /// What a refusal is counted as; nil where it does not tell.
    func name(of record: PacketRecord) -> String? {
        switch self {
        case .reason: record.refusal?.reason.name
        case .model: record.model?.description
        case .device: record.deviceID
        case .source: String(record.host)
        }
    }

    /// A filter for those that are counted under a name.
    func filter(_ name: String) -> String {
        switch self {
        case .reason: "reason:\(name)"
        case .model: "model:\(name)"
        case .device: "device:\(Filter.value(name))"
        case .source: "address:\(Filter.value(name))"
        }
    }

    /// What is told of a group besides: of reasons the device that is refused most, of others why.
    fileprivate func companion(of record: PacketRecord) -> String? {
        self == .reason ? record.deviceID ?? String(record.host) : record.refusal?.reason.name
    }
}

/// Refusals that have something in common.
struct RefusalGroup: Equatable, Sendable {
    /// What they have in common, as devices sent it; nil where the frames do not tell.
    var name: String?
    /// Of those that are kept.
    var count = 0
    /// A second, over the last minute or as far as what is kept goes back.
    var perSecond: Double = 0
    var newestUnixMilliseconds: Int64 = 0
    /// What most of them have in common besides.
    var mostly = ""

    /// The longest time that a rate is made of, in milliseconds.
    private static let window: Int64 = 60_000

    /// The groups of some refusals, the largest first.
    ///
    /// - Parameters:
    ///   - kept: All that are kept, which say how far back they go.
    ///   - now: Milliseconds of Unix time.
    static func groups(
        of records: [PacketRecord], kept: [PacketRecord], by grouping: RefusalGrouping, now: Int64
    ) -> [RefusalGroup] {
        let oldest = kept.map(\.unixMilliseconds).min() ?? now
        let span = min(window, max(1_000, now - oldest))
        var members: [String?: [PacketRecord]] = [:]
        for record in records { members[grouping.name(of: record), default: []].append(record) }
        let groups = members.map { name, members in
            var group = RefusalGroup(name: name, count: members.count)
            let lately = members.count { now - $0.unixMilliseconds <= span }
            group.perSecond = Double(lately) * 1_000 / Double(span)
            group.newestUnixMilliseconds =
                members.max { $0.isJudged(before: $1) }?.unixMilliseconds ?? 0
            group.mostly = commonest(members.compactMap(grouping.companion))
            return group
        }
        return groups.sorted { ($1.count, $0.name ?? "") < ($0.count, $1.name ?? "") }
    }

    private static func commonest(_ names: [String]) -> String {
        var counts: [String: Int] = [:]
        for name in names { counts[name, default: 0] += 1 }
        return counts.min { ($1.value, $0.key) < ($0.value, $1.key) }?.key ?? ""
    }
}

extension ConsoleModel {
    /// Counts refusals by reason, and from there on by something else with each call.
    mutating func countByNext() {
        if view == .refusalGroups {
            refusalGrouping = refusalGrouping.next
            lists[.refusalGroups] = nil
            return
        }
        refusalGrouping = .reason
        lists[.refusalGroups] = nil
        let source = filter(.rejections).source
        go(
            to: .refusalGroups,
            showing: source.isEmpty ? nil : ViewKind.refusalGroups.filter(source))
    }

    /// From a group to what is in it.
    mutating func open(_ group: RefusalGroup) {
        guard let name = group.name else {
            return say("these frames do not tell their \(refusalGrouping)", isFault: true)
        }
        let before = filter(.refusalGroups).source
        let added = refusalGrouping.filter(name)
        go(
            to: .rejections,
            showing: ViewKind.rejections.filter(before.isEmpty ? added : "\(before) \(added)"))
    }
}
