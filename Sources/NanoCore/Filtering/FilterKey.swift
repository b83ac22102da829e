/// What stands in front of the colon in a filter.
package enum FilterKey: String, CaseIterable, Sendable {
    case model, reason, device, route, address, type, level, verdict, state, status, from
    case generation, size, rate, accepted, refused, waiting, dead, clock
    case since, until

    /// How the values behind it are read.
    enum Kind: Equatable {
        case model, reason, address, text
        /// One of the names that there are.
        case name
        case number
        /// Seconds with a sign.
        case span
        case time
    }

    var kind: Kind {
        switch self {
        case .model: .model
        case .reason: .reason
        case .address: .address
        case .device, .route, .status, .from: .text
        case .type, .level, .verdict, .state: .name
        case .generation, .size, .rate, .accepted, .refused, .waiting, .dead: .number
        case .clock: .span
        case .since, .until: .time
        }
    }
}
