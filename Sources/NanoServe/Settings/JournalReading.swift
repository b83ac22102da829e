extension Settings.DeadLetters {
    /// Reads the section `dead_letters`.
    mutating func read(_ reader: inout SettingsReader) {
        maximumCount =
            reader.integer("dead_letters.max_count", in: 1...10_000_000) ?? maximumCount
    }
}

extension Settings.Journal {
    /// Reads the section `journal`.
    mutating func read(_ reader: inout SettingsReader) {
        memoryBytes = reader.integer("journal.memory_bytes", in: 1 << 20...1 << 36) ?? memoryBytes
        durability =
            reader.choice(
                "journal.durability", "NANOGRIDATA_DURABILITY",
                of: Durability.allCases.map(\.rawValue), Durability.init(rawValue:)) ?? durability
        maxBytes = reader.integer("journal.max_bytes", in: 1 << 20...1 << 50)
        maxAgeHours = reader.integer("journal.max_age_h", in: 1...87_600)
        whenFull =
            reader.choice(
                "journal.when_full", of: WhenFull.allCases.map(\.rawValue),
                WhenFull.init(rawValue:)) ?? whenFull
        commitMilliseconds =
            reader.number("journal.commit_ms", in: 0...1_000) ?? commitMilliseconds
    }
}
