import NanoCore

/// What stands before the colon in a filter.
enum FilterKey: String, CaseIterable, Sendable {
    case model, reason, device, address, type, level

    /// Why there is no such key, or not here.
    struct Unknown: Error {
        let words: String
    }

    static func named(_ name: String, in view: ViewKind) -> Result<FilterKey, Unknown> {
        let here = view.filterKeys.map(\.rawValue).joined(separator: ", ")
        guard let key = FilterKey(rawValue: name) else {
            return .failure(Unknown(words: "no key is called \(name); here are: \(here)"))
        }
        guard view.filterKeys.contains(key) else {
            let words = "\(name): matches nothing in this view; here are: \(here)"
            return .failure(Unknown(words: words))
        }
        return .success(key)
    }

    /// What is wrong with one of the values, in a sentence; nil when they can all be met.
    func fault(of values: [FilterWord], in view: ViewKind) -> String? {
        if values.isEmpty { return "nothing behind \(rawValue):" }
        let names = names(in: view)
        guard !names.isEmpty,
            let unknown = values.first(where: { value in !names.contains { value.isLike($0) } }),
            self != .model || ModelID(unknown.text) == nil
        else { return nil }
        let known =
            switch self {
            case .model: names.joined(separator: ", ") + ", or 0xNN"
            case .reason: "their list is in docs/protocol.md"
            default: names.joined(separator: ", ")
            }
        return "no \(rawValue) is called \(unknown.text); known: \(known)"
    }

    /// The values that there are; none where anything may be asked for.
    private func names(in view: ViewKind) -> [String] {
        switch self {
        case .model: Self.families
        case .reason: RefusalReason.allCases.map(\.name)
        case .type: PayloadType.allCases.map(\.name)
        case .level:
            view == .log
                ? ["trace", "debug", "info", "notice", "warning", "error", "critical"]
                : SecurityLevel.allCases.map(\.name)
        case .device, .address: []
        }
    }

    private static let families = (UInt8.min...UInt8.max)
        .compactMap { ModelID(rawValue: $0).family?.lowercased() }

    /// Whether a row has a value.
    func holds(_ value: FilterWord, _ subject: Filter.Subject) -> Bool {
        switch self {
        case .model:
            guard let model = subject.model else { return false }
            return ModelID(value.text) == model || model.family.map(value.isLike) ?? false
        case .reason: return value.isLike(subject.reason)
        case .device: return value.isLike(subject.device)
        case .address: return value.starts(subject.address)
        case .type: return value.isLike(subject.type)
        case .level: return value.isLike(subject.level)
        }
    }
}

extension ViewKind {
    /// The keys that its rows can be asked for.
    var filterKeys: [FilterKey] {
        switch self {
        case .devices, .registry: [.model, .device, .address]
        case .deadLetters: [.model, .device]
        case .packets: [.model, .device, .address, .type, .level]
        case .rejections: FilterKey.allCases
        case .offenders: [.address]
        case .log: [.level]
        case .overview, .routes, .secrets, .alarms: []
        }
    }
}
