/// One sentence about what was done last.
struct Notice: Equatable, Sendable {
    var text: String
    var isFault: Bool
    /// Uptime of the gateway, in seconds, from which on it is no longer shown by itself.
    var until: Double

    /// How long a sentence stays.
    static let seconds = 7.0
}
