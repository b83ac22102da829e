import NanoCore

/// What is known of an address that floods, flaps or is blocked.
enum OffenderContent {
    /// Devices that are named, at most.
    private static let mostNames = 8

    static func entries(
        of row: OffenderSnapshot, in model: ConsoleModel
    ) -> [SheetView.Entry] {
        let now = model.shown.gateway.unixMilliseconds
        var facts = [
            ("state", row.state.rawValue + (row.isShared ? ", honest devices behind it" : ""))
        ]
        if row.state == .blocked {
            facts.append(("blocked by", row.isByOperator ? "an operator" : "the gateway"))
        }
        facts.append(("since", time(row.sinceUnixMilliseconds, now: now)))
        if let end = row.untilUnixMilliseconds {
            let left = Double(max(0, end - now)) / 1_000
            facts.append(
                (
                    "ends",
                    "\(Timestamp.short(unixSeconds: end / 1_000)), in \(Numbers.duration(left))"
                ))
        }
        // The gateway does not count what is behind a block of operators.
        if row.refused > 0 || row.isFlooding {
            facts.append(("refused", count(row.refused, row.refusedPerMinute)))
        }
        facts += row.reasons.map { ("  \($0.reason.name)", Numbers.grouped($0.count)) }
        if row.connections > 0 || row.isFlapping {
            facts.append(("connections", count(row.connections, row.connectionsPerMinute)))
        }
        if let hold = model.shown.offenders.holds?.first(where: { $0.source == row.source }),
            row.isByOperator
        {
            facts.append(("⊘ blocked", "\(hold.whom) heard before"))
        }
        if isOneSource(row.source) { facts += devices(behind: row.source, in: model.shown) }
        return facts.map { SheetView.Entry(name: $0.0, text: $0.1) }
    }

    private static func count(_ total: UInt64, _ perMinute: Int) -> String {
        "\(Numbers.grouped(total)) so far, \(Numbers.grouped(UInt64(perMinute))) a minute"
    }

    private static func time(_ unixMilliseconds: Int64, now: Int64) -> String {
        let age = Double(max(0, now - unixMilliseconds)) / 1_000
        return
            "\(Timestamp.short(unixSeconds: unixMilliseconds / 1_000)), \(Numbers.duration(age)) ago"
    }

    /// Whether it is what addresses are counted by, and not a network that an operator has blocked.
    private static func isOneSource(_ source: String) -> Bool {
        !source.contains("/") || source.hasSuffix("/64")
    }

    private static func devices(
        behind source: String, in snapshot: Snapshot
    ) -> [(String, String)] {
        func isBehind(_ address: String) -> Bool {
            let host = address.lastIndex(of: ":").map { String(address[..<$0]) } ?? address
            return AddressSource.text(of: host) == source
        }
        let heard = (snapshot.devices + (snapshot.formerDevices ?? []))
            .filter { isBehind($0.address) }
            .map { "\($0.model) \(SafeText.shortened($0.id, to: 40))" }
        let claimed = Set(
            snapshot.rejections.filter { isBehind($0.address) }.compactMap { record in
                record.deviceID.map { id in
                    let model = record.model.map { "\($0) " } ?? ""
                    return model + SafeText.shortened(id, to: 40)
                }
            })
        return [
            ("devices heard", names(heard.sorted())),
            ("names refused", names(claimed.subtracting(heard).sorted())),
        ]
    }

    private static func names(_ all: [String]) -> String {
        guard !all.isEmpty else { return "–" }
        let rest = all.count - mostNames
        return all.prefix(mostNames).joined(separator: ", ") + (rest > 0 ? " and \(rest) more" : "")
    }
}
