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
    /// What there is to say beside it, the most important first; each is shown whole or not at all.
    var details: [String] = []
    var kind: Kind
    /// Uptime of the gateway, in seconds, from which on it is no longer shown by itself.
    var until: Double

    /// How long a sentence stays.
    static let seconds = 7.0

    /// All of it.
    var sentence: String { ([text] + details).joined(separator: "; ") }
}
