/// What one term of a filter asks for.
enum FilterCondition: Equatable, Sendable {
    /// Found in a text of the row, or in the id of its model or the name of its reason.
    case word(FilterPattern, FilterModels, RefusalSet)
    case model(FilterModels)
    case reason(RefusalSet)
    case address([FilterPattern])
    case text(FilterKey, [FilterPattern])
    /// One of these names.
    case name(FilterKey, [String])
    case number(FilterKey, [FilterNumber])
    case since(PastMoment)
    case until(PastMoment)

    /// - Parameter now: Milliseconds of Unix time that times are counted back from.
    func holds(_ subject: FilterSubject, now: Int64) -> Bool {
        switch self {
        case .word(let word, let models, let reasons):
            return reasons.overlaps(subject.reasons) || subject.holds(word)
                || subject.model.map(models.contains) ?? false
        case .model(let models): return subject.model.map(models.contains) ?? false
        case .reason(let reasons): return reasons.overlaps(subject.reasons)
        case .address(let values):
            guard let address = subject.address else { return false }
            return values.contains { $0.begins(address: address) }
        case .text(let key, let values):
            guard let text = subject.text(key) else { return false }
            return values.contains { $0.isAll(of: text) || key == .status && $0.isCode(of: text) }
        case .name(let key, let names):
            guard let name = subject.text(key) else { return false }
            return names.contains(name)
        case .number(let key, let values):
            guard let number = subject.number(key) else { return false }
            return values.contains { $0.holds(number) }
        case .since(let moment):
            guard let time = subject.unixMilliseconds else { return false }
            return time >= moment.unixMilliseconds(now: now)
        case .until(let moment):
            guard let time = subject.unixMilliseconds else { return false }
            return time <= moment.unixMilliseconds(now: now)
        }
    }
}
