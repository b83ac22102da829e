/// What a filter chooses from, which decides what can be asked for.
package enum FilterScope: CaseIterable, Sendable {
    case devices, packets, rejections, routes, secrets, alarms, log, deadLetters
    /// Devices that are not heard.
    case registry
    /// Addresses that flood, flap or are blocked.
    case offenders
    /// What `decode` writes.
    case verdicts
    /// What listeners of the local bus get.
    case events

    /// The keys that can match something here, in the order in which they are told.
    package var keys: [FilterKey] {
        switch self {
        case .devices:
            [
                .model, .device, .address, .state, .generation, .rate, .accepted, .refused, .clock,
                .since, .until,
            ]
        case .packets: [.model, .device, .address, .type, .level, .size, .clock, .since, .until]
        case .rejections:
            [.reason, .model, .device, .address, .type, .level, .size, .clock, .since, .until]
        case .routes: [.route, .state, .waiting, .dead, .since, .until]
        case .secrets: [.model, .generation, .state, .since, .until]
        case .alarms: [.level, .model, .route, .device, .reason, .address, .since, .until]
        case .log: [.level, .from, .since, .until]
        case .deadLetters: [.model, .device, .state, .status, .since, .until]
        case .registry: [.model, .device, .address, .state, .generation, .since, .until]
        case .offenders: [.address, .state, .reason, .since, .until]
        case .verdicts:
            [
                .verdict, .reason, .model, .device, .address, .type, .level, .size, .clock, .since,
                .until,
            ]
        case .events: [.model, .device, .type, .level]
        }
    }

    /// The names that a key knows here; nil where anything may be asked for.
    func names(of key: FilterKey) -> [String]? {
        switch key {
        case .reason: RefusalReason.allCases.map(\.name)
        case .type: PayloadType.allCases.map(\.name)
        case .level: levels
        case .verdict: ["accepted", "refused"]
        case .state: states
        default: nil
        }
    }

    private var levels: [String] {
        switch self {
        case .log: ["trace", "debug", "info", "notice", "warning", "error", "critical"]
        case .alarms: AlarmSnapshot.Severity.allCases.map(\.rawValue)
        default: SecurityLevel.allCases.map(\.name)
        }
    }

    private var states: [String]? {
        switch self {
        case .devices: DeviceState.allCases.map(\.rawValue)
        case .routes: RouteSnapshot.State.allCases.map(\.rawValue)
        case .secrets: SecretSnapshot.State.allCases.map(\.rawValue)
        case .deadLetters: [false, true].map(DeadLetterSnapshot.stateName(redriven:))
        case .registry:
            [nil, .rejected, .blocked].map(RegistryRow.stateName(of:))
        case .offenders: OffenderSnapshot.State.allCases.map(\.rawValue)
        default: nil
        }
    }
}
