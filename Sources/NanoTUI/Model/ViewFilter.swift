import NanoCore

extension ViewKind {
    /// What a filter of the view chooses from; of the overview the alarms, since all else there are
    /// sums.
    var filterScope: FilterScope {
        switch self {
        case .overview, .alarms: .alarms
        case .devices: .devices
        case .packets: .packets
        case .rejections: .rejections
        case .routes: .routes
        case .secrets: .secrets
        case .log: .log
        case .deadLetters: .deadLetters
        case .device: .verdicts
        case .registry: .registry
        case .offenders: .offenders
        case .refusalGroups: .rejections
        }
    }

    func filter(_ source: String) -> Filter { Filter(source, in: filterScope) }
}
