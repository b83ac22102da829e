/// Keeps what later consoles begin with.
struct SettingsKeeper {
    typealias Keep = @Sendable (_ old: LastingSettings, _ new: LastingSettings) throws -> String?

    /// The settings as they were kept, as they were tried to be kept, and as they were at the last look.
    private var written: LastingSettings
    private var tried: LastingSettings
    private var seen: LastingSettings
    private let action: Keep?

    /// - Parameter action: Nil where nothing is kept.
    init(_ settings: LastingSettings, _ action: Keep?) {
        (written, tried, seen) = (settings, settings, settings)
        self.action = action
    }

    /// Looks at the settings: one who tries all themes has it written once.
    ///
    /// - Returns: What the operator has to know; nil for nothing.
    mutating func look(at settings: LastingSettings) -> String? {
        defer { seen = settings }
        return settings == seen && settings != tried ? keep(settings) : nil
    }

    /// Keeps what has changed since the last time. What could not be kept goes with the next change, or at
    /// the end.
    ///
    /// - Returns: What the operator has to know; nil for nothing.
    mutating func keep(_ settings: LastingSettings) -> String? {
        guard settings != written, let action else { return nil }
        tried = settings
        do {
            let remark = try action(written, settings)
            written = settings
            return remark
        } catch {
            return "\(error)"
        }
    }
}
