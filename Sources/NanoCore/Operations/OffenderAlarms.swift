/// The alarms for sources that flood and that flap, one for each kind, however many there are, and never
/// both for the same source; and the warning that operators' blocks keep devices out.
enum OffenderAlarms {
    private static let flap = AlarmSnapshot.offendersPrefix + "flap"

    /// - Parameter sources: Which alarm tells of which source, from one look to the next.
    static func findings(
        _ snapshot: Snapshot, _ sources: inout OffendingSources, now: Moment
    ) -> [AlarmFinding] {
        let rows = snapshot.offenders.rows.filter {
            !$0.isByOperator && ($0.isFlooding || $0.isFlapping)
        }
        sources.note(rows, now: now.monotonicNanoseconds)
        var flood = finding(
            AlarmSnapshot.offendersPrefix + "flood", "addresses that flood",
            rows.filter { sources.isOfFloods($0.source) })
        if sources.areAllOfFloods { flood?.covered = flap }
        let flapping = finding(
            flap, "addresses that flap", rows.filter { !sources.isOfFloods($0.source) })
        return [flood, flapping, held(snapshot.offenders)].compactMap(\.self)
    }

    /// Stands until the block ends or is lifted.
    private static func held(_ offenders: OffendersSnapshot) -> AlarmFinding? {
        guard let most = offenders.holds?.first, let text = offenders.keptOut else { return nil }
        var finding = AlarmFinding(
            id: AlarmSnapshot.offendersPrefix + "held", severity: .warning,
            title: "devices blocked",
            text: text, holdNanoseconds: 0)
        finding.address = most.source
        return finding
    }

    private static func finding(
        _ id: String, _ title: String, _ rows: [OffenderSnapshot]
    ) -> AlarmFinding? {
        guard let worst = rows.first else { return nil }
        let since = Timestamp.short(unixSeconds: worst.sinceUnixMilliseconds / 1_000)
        var text = "\(worst.source): \(worst.evidence) since \(since); "
        if let until = worst.untilUnixMilliseconds {
            text += "blocked until \(Timestamp.short(unixSeconds: until / 1_000))"
        } else {
            text += worst.state == .slowed ? "slowed" : "only watched"
            if worst.isShared { text += "; honest devices are behind it too" }
        }
        if rows.count > 1 { text += "; and \(rows.count - 1) more" }
        var finding = AlarmFinding(
            id: id, severity: .warning, title: title,
            text: "\(text); o in Rejections lists them",
            holdNanoseconds: OffendingSources.holdNanoseconds)
        finding.address = worst.source
        return finding
    }
}

extension AlarmSnapshot {
    /// How the ids of these alarms begin.
    package static let offendersPrefix = "offenders/"
}

extension OffendersSnapshot {
    /// That blocks of operators keep out devices which were heard before, and what takes the block back
    /// that has most of them; nil where none does.
    package var keptOut: String? {
        guard let holds, let most = holds.first else { return nil }
        let count = max(holding ?? 0, holds.count)
        let times = [most.sinceUnixMilliseconds, most.untilUnixMilliseconds].map {
            Timestamp.short(unixSeconds: $0 / 1_000)
        }
        let others = count > 1 ? ", and \(PlainWords.count(UInt64(count - 1), "block")) more" : ""
        return
            "\(most.whom) kept out by an operator's block of \(most.source) since \(times[0]), until "
            + "\(times[1])\(others); devices unblock \(most.source) takes it back"
    }
}
