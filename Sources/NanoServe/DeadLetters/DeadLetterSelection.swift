/// Which dead letters are meant.
package struct DeadLetterSelection: Equatable, Sendable {
    /// Those of one destination; nil for all.
    package var route: String?
    /// Those with these numbers or identities; nil for all.
    package var ids: [ID]?
    /// Those with numbers up to this one, so that "all" means what there was when it was said; nil
    /// for no limit.
    package var highest: Int64?
    /// Those that were condemned, for the last time, until this time in milliseconds of Unix time; nil for
    /// all.
    package var condemnedBy: Int64?

    /// What a dead letter is called by.
    package enum ID: Hashable, Sendable, CustomStringConvertible {
        case number(Int64)
        case identity(String)

        /// Reads an id as lists show it; nil when it is none.
        package init?(_ text: String) {
            if let number = Int64(text), number > 0 {
                self = .number(number)
                return
            }
            guard text.wholeMatch(of: /[0-9a-f]{2}-[0-9a-f]{8}-[0-9a-f]{32}/) != nil else {
                return nil
            }
            self = .identity(text)
        }

        package var description: String {
            switch self {
            case .number(let number): "\(number)"
            case .identity(let identity): identity
            }
        }

        /// Whether a letter is called so.
        package func names(_ letter: (number: Int64, identity: String)) -> Bool {
            switch self {
            case .number(let number): number == letter.number
            case .identity(let identity): identity == letter.identity
            }
        }
    }

    package init(route: String? = nil, ids: [ID]? = nil, highest: Int64? = nil) {
        self.route = route
        self.ids = ids
        self.highest = highest
    }

    /// The letters of a destination with these numbers; nil for all of them.
    package init(route: String, numbers: [Int64]?) {
        self.init(route: route, ids: numbers?.map(ID.number))
    }
}
