import NanoCore

/// What the operator wants to see of a list: words, and `key:value` pairs, all of which must hold.
///
/// `model:esp32 reason:replay,mac_mismatch device:"ESP32-0*" address:10.0.` — a value may list
/// several with commas, and end in an asterisk.
struct Filter: Equatable, Sendable {
    /// What a row has to offer.
    struct Subject {
        var model: ModelID?
        var reason: String = ""
        var device: String = ""
        var address: String = ""
        var text: String = ""
    }

    private enum Term: Equatable {
        case word(FilterWord)
        case model([FilterWord])
        case reason([FilterWord])
        case device([FilterWord])
        case address([FilterWord])
    }

    static let keys = ["model", "reason", "device", "address"]

    let source: String
    private let terms: [Term]
    /// What is wrong with it, in a sentence; nil when it is valid.
    let fault: String?

    static let none = Filter("")

    init(_ source: String) {
        self.source = source
        var terms: [Term] = []
        var fault: String?
        for word in FilterWord.split(source) {
            guard let (key, values) = word.keyAndValues else {
                terms.append(.word(word))
                continue
            }
            switch key {
            case "model": terms.append(.model(values))
            case "reason":
                if let unknown = values.first(where: { !Self.isReason($0) }) {
                    fault = fault ?? "no reason is called \(unknown.text)"
                }
                terms.append(.reason(values))
            case "device": terms.append(.device(values))
            case "address": terms.append(.address(values))
            default:
                fault =
                    fault ?? "no key is called \(key); there are "
                    + Self.keys.joined(separator: ", ")
            }
            if values.isEmpty { fault = fault ?? "nothing behind the colon" }
        }
        self.terms = terms
        self.fault = fault
    }

    var isEmpty: Bool { terms.isEmpty && fault == nil }

    /// A value for `key:value` that stands for this text and nothing else, whatever is in it.
    static func quoted(_ text: String) -> String {
        "\"" + text.map { $0 == "\"" || $0 == "\\" ? "\\\($0)" : "\($0)" }.joined() + "\""
    }

    /// Whether a row is shown. An invalid filter shows everything.
    func matches(_ subject: @autoclosure () -> Subject) -> Bool {
        guard fault == nil, !terms.isEmpty else { return true }
        let subject = subject()
        return terms.allSatisfy { term in
            switch term {
            case .word(let word): Self.holds(word, subject)
            case .model(let values): values.contains { Self.model(subject.model, is: $0) }
            case .reason(let values): values.contains { $0.isLike(subject.reason) }
            case .device(let values): values.contains { $0.isLike(subject.device) }
            case .address(let values): values.contains { $0.starts(subject.address) }
            }
        }
    }

    private static func holds(_ word: FilterWord, _ subject: Subject) -> Bool {
        word.isIn(subject.device) || word.isIn(subject.address) || word.isIn(subject.reason)
            || word.isIn(subject.text) || (subject.model.map { word.isIn("\($0)") } ?? false)
    }

    private static func model(_ model: ModelID?, is value: FilterWord) -> Bool {
        guard let model else { return false }
        return ModelID(value.text) == model || model.family?.lowercased() == value.text
    }

    private static func isReason(_ value: FilterWord) -> Bool {
        RefusalReason.allCases.contains { value.isLike($0.name) }
    }
}
