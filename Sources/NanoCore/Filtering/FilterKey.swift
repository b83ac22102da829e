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

    /// What its values are, in a few words for people.
    package var words: String {
        switch self {
        case .model: "id or family of a model"
        case .reason: "why it was refused"
        case .device: "device_id"
        case .route: "name of a route"
        case .address: "an address, or the beginning of one"
        case .type: "what the payload is for"
        case .level: "the level"
        case .verdict: "whether it was accepted"
        case .state: "the state"
        case .status: "what condemned it: 422, 42*"
        case .from: "the part of the gateway that speaks"
        case .generation: "generation of the secret: 3, >3"
        case .size: "bytes of the frame: 98, >200"
        case .rate: "packets a second: >10"
        case .accepted: "packets accepted: >1000"
        case .refused: "packets refused: >0"
        case .waiting: "packets that wait: >0"
        case .dead: "dead letters: >0"
        case .clock: "seconds that the device's clock is ahead: >60, <-5m"
        case .since: "not before: 5m, 2026-01-17, 2026-01-17T14:30:00Z"
        case .until: "not after: 5m, 2026-01-17, 2026-01-17T14:30:00Z"
        }
    }
}
