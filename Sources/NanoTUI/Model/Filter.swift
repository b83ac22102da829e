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
        case word(String)
        case model([String])
        case reason([String])
        case device([String])
        case address([String])
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
        for word in Self.words(source) {
            guard let colon = word.firstIndex(of: ":") else {
                terms.append(.word(word.lowercased()))
                continue
            }
            let values = word[word.index(after: colon)...].split(separator: ",")
                .map { $0.lowercased() }
            switch word[..<colon].lowercased() {
            case "model": terms.append(.model(values))
            case "reason":
                if let unknown = values.first(where: { !Self.isReason($0) }) {
                    fault = fault ?? "no reason is called \(unknown)"
                }
                terms.append(.reason(values))
            case "device": terms.append(.device(values))
            case "address": terms.append(.address(values))
            case let key:
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

    /// Whether a row is shown. An invalid filter shows everything.
    func matches(_ subject: Subject) -> Bool {
        guard fault == nil else { return true }
        return terms.allSatisfy { term in
            switch term {
            case .word(let word): subject.text.lowercased().contains(word)
            case .model(let values): values.contains { Self.model(subject.model, is: $0) }
            case .reason(let values): values.contains { Self.like(subject.reason, $0) }
            case .device(let values): values.contains { Self.like(subject.device, $0) }
            case .address(let values):
                values.contains { subject.address.lowercased().hasPrefix(Self.stem($0)) }
            }
        }
    }

    private static func model(_ model: ModelID?, is value: String) -> Bool {
        guard let model else { return false }
        return ModelID(value) == model || model.family?.lowercased() == value
    }

    private static func isReason(_ value: String) -> Bool {
        if value.hasSuffix("*") {
            return RefusalReason.allCases.contains { $0.name.hasPrefix(stem(value)) }
        }
        return RefusalReason(name: value) != nil
    }

    private static func like(_ text: String, _ value: String) -> Bool {
        let text = text.lowercased()
        return value.hasSuffix("*") ? text.hasPrefix(stem(value)) : text == value
    }

    private static func stem(_ value: String) -> String {
        value.hasSuffix("*") ? String(value.dropLast()) : value
    }

    /// Splits at spaces that are not within quotation marks, which are left out.
    private static func words(_ source: String) -> [String] {
        var (words, word, isQuoted) = ([String](), "", false)
        for character in source {
            switch character {
            case "\"": isQuoted.toggle()
            case " " where !isQuoted:
                if !word.isEmpty { words.append(word) }
                word = ""
            default: word.append(character)
            }
        }
        if !word.isEmpty { words.append(word) }
        return words
    }
}
