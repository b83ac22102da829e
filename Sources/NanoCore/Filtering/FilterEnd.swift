/// One end of the time that a filter asks for.
struct FilterEnd {
    private let moment: PastMoment
    private let isSince: Bool
    /// As it was written, with its place.
    private let part: FilterSyntax.Part

    /// Nil for a condition that is about something else.
    init?(_ condition: FilterCondition?, _ part: FilterSyntax.Part) {
        switch condition {
        case .since(let moment): (self.moment, isSince) = (moment, true)
        case .until(let moment): (self.moment, isSince) = (moment, false)
        default: return nil
        }
        self.part = part
    }

    /// What is wrong where it stands behind another end: that nothing lies between the two. A time that
    /// counts back and a date are told apart by the clock alone, and no fault.
    func fault(with other: FilterEnd) -> FilterFault? {
        guard isSince != other.isSince else { return nil }
        let (since, until) = isSince ? (self, other) : (other, self)
        let isBehind =
            switch (since.moment, until.moment) {
            case (.ago(let since), .ago(let until)): since < until
            case (.at(let since), .at(let until)): since > until
            default: false
            }
        guard isBehind else { return nil }
        let names = [since, until].map { SafeText.quotable($0.part.text, to: 40) }
        return FilterFault(
            range: part.range,
            words: "\(names[0]) is later than \(names[1]), so nothing can match both")
    }
}
