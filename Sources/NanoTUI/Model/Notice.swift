/// One sentence about what was done last, or why there is nothing to do.
struct Notice: Equatable, Sendable {
    /// What it is about.
    enum Kind {
        case done
        /// Nothing was done, and nothing has failed.
        case remark
        case fault
    }

    var text: String
    var kind: Kind
    /// Uptime of the gateway, in seconds, from which on it is no longer shown by itself.
    var until: Double

    /// How long a sentence stays.
    static let seconds = 7.0
}
