import NanoCore

extension OffenderRules {
    mutating func read(_ reader: inout SettingsReader) {
        let section = "devices.offenders"
        action =
            reader.choice(
                "\(section).action", of: Action.allCases.map(\.rawValue), Action.init(rawValue:))
            ?? action
        let counts = 1...1_000_000
        slowAfter = reader.integer("\(section).slow_after", in: counts) ?? slowAfter
        blockAfter = reader.integer("\(section).block_after", in: counts) ?? blockAfter
        flapAfter = reader.integer("\(section).flap_after", in: counts) ?? flapAfter
        let seconds = 1...31_536_000
        blockSeconds = reader.integer("\(section).block_for_s", in: seconds) ?? blockSeconds
        maximumBlockSeconds =
            reader.integer("\(section).block_for_max_s", in: seconds) ?? maximumBlockSeconds
        if blockAfter < slowAfter {
            reader.report(
                "\(reader.origin(of: "\(section).block_after", nil)) is \(blockAfter); use "
                    + "slow_after, which is \(slowAfter), or more")
        }
        if maximumBlockSeconds < blockSeconds {
            reader.report(
                "\(reader.origin(of: "\(section).block_for_max_s", nil)) is "
                    + "\(maximumBlockSeconds); use block_for_s, which is \(blockSeconds), or more")
        }
    }

    /// What is in effect, in a line.
    var summary: String {
        guard action != .watch else { return "watched, not slowed or blocked" }
        let slowed = "slowed from \(PlainWords.count(UInt64(slowAfter))) refused frames a minute"
        guard action == .block else { return slowed }
        return "\(slowed), blocked from \(PlainWords.count(UInt64(blockAfter))), or from "
            + "\(PlainWords.count(UInt64(flapAfter), "connection")) for nothing, for "
            + PlainWords.time(seconds: Double(blockSeconds)) + " and up to "
            + PlainWords.time(seconds: Double(maximumBlockSeconds))
    }
}
