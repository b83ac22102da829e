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
        var type: String = ""
        var level: String = ""
        var text: String = ""
    }

    private enum Term: Equatable {
        case word(FilterWord)
        case key(FilterKey, [FilterWord])
    }

    let source: String
    private let terms: [Term]
    /// What is wrong with it, in a sentence; nil when it is valid.
    let fault: String?

    static let none = Filter("")

    /// - Parameter view: Where it is used: what cannot match there is a fault.
    init(_ source: String, in view: ViewKind = .rejections) {
        self.source = source
        var terms: [Term] = []
        let (words, isOpen) = FilterWord.split(source)
        var fault = isOpen ? "a quotation mark is not closed" : nil
        for word in words {
            guard let (name, values) = word.keyAndValues else {
                terms.append(.word(word))
                continue
            }
            switch FilterKey.named(name, in: view) {
            case .success(let key):
                fault = fault ?? key.fault(of: values, in: view)
                terms.append(.key(key, values))
            case .failure(let refusal): fault = fault ?? refusal.words
            }
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
            case .key(let key, let values): values.contains { key.holds($0, subject) }
            }
        }
    }

    private static func holds(_ word: FilterWord, _ subject: Subject) -> Bool {
        word.isIn(subject.device) || word.isIn(subject.address) || word.isIn(subject.reason)
            || word.isIn(subject.text) || (subject.model.map { word.isIn("\($0)") } ?? false)
    }
}
