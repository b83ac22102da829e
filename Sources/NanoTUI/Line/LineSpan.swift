/// A part of a line that is drawn in a way of its own; what no span covers is drawn plainly.
struct LineSpan: Equatable, Sendable {
    enum Kind: Equatable, Sendable {
        case plain, valid, invalid
        /// What a value is of.
        case name
    }

    /// Places of characters.
    var range: Range<Int>
    var kind: Kind

    init(_ range: Range<Int>, _ kind: Kind) {
        self.range = range
        self.kind = kind
    }

    /// All of a line.
    static func whole(_ text: String, isValid: Bool) -> [LineSpan] {
        [LineSpan(0..<text.count, isValid ? .valid : .invalid)]
    }
}

extension LineSpan.Kind {
    var style: Style {
        switch self {
        case .plain: .text
        case .valid: .good
        case .invalid: .bad
        case .name: .accent
        }
    }
}
