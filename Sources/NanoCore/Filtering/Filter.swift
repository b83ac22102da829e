/// What somebody wants to see of many rows: words, and `key:value` pairs, all of which must hold
/// (`docs/filters.md`).
///
/// `model:esp32 reason:replay,mac_mismatch -address:10.0.4. since:5m`
package struct Filter: Equatable, Sendable {
    /// The longest filter, in UTF-8 bytes.
    package static let maximumBytes = 1_024
    /// The most words and values of a filter.
    package static let maximumValues = 64

    /// One word or pair.
    struct Term: Equatable, Sendable {
        let isNegated: Bool
        let condition: FilterCondition
    }

    package let source: String
    package let scope: FilterScope
    /// Its parts in their order, which make up all of the source.
    package let pieces: [FilterPiece]
    /// What is wrong with it, in the order of the places; empty when it is valid.
    package let faults: [FilterFault]
    private let terms: [Term]

    package init(_ source: String, in scope: FilterScope) {
        self.source = source
        self.scope = scope
        let bytes = Array(source.utf8)
        let syntax = FilterSyntax(bytes.count > Self.maximumBytes ? [] : bytes)
        if let excess = Self.excess(of: syntax, in: bytes.count) {
            (terms, faults) = ([], [excess])
        } else {
            (terms, faults) = Self.read(syntax, in: scope, bytes.count)
        }
        pieces = FilterPiece.pieces(of: syntax, in: bytes.count, faults)
    }

    private static func read(
        _ syntax: FilterSyntax, in scope: FilterScope, _ count: Int
    ) -> (terms: [Term], faults: [FilterFault]) {
        let reading = FilterReading(scope: scope)
        var (terms, faults): ([Term], [FilterFault]) = ([], [])
        var ends: [FilterEnd] = []
        for part in syntax.terms {
            do throws(FilterFault) {
                let term = try term(part, reading)
                if let end = FilterEnd(term.isNegated ? nil : term.condition, part) {
                    if let fault = ends.lazy.compactMap({ end.fault(with: $0) }).first {
                        throw fault
                    }
                    ends.append(end)
                }
                terms.append(term)
            } catch {
                faults.append(error)
            }
        }
        if let open = syntax.openQuote {
            faults.append(FilterFault(range: open..<count, words: "a quotation mark is not closed"))
        }
        return (terms, faults.sorted { $0.range.lowerBound < $1.range.lowerBound })
    }

    private static func term(
        _ part: FilterSyntax.Part, _ reading: FilterReading
    ) throws(FilterFault) -> Term {
        guard part.isNegated else {
            return Term(isNegated: false, condition: try reading.condition(of: part))
        }
        guard part.range.count > 1 else {
            throw FilterFault(range: part.range, words: "nothing behind the minus")
        }
        return Term(isNegated: true, condition: try reading.condition(of: part.withoutMinus))
    }

    /// What goes beyond the limits, which keep reading and matching cheap.
    private static func excess(of syntax: FilterSyntax, in count: Int) -> FilterFault? {
        if count > maximumBytes {
            return FilterFault(
                range: maximumBytes..<count,
                words: "too long: \(count) bytes; at most \(maximumBytes)")
        }
        let values = syntax.terms.flatMap(\.values)
        guard values.count > maximumValues else { return nil }
        return FilterFault(
            range: values[maximumValues].range.lowerBound..<count,
            words: "too many words and values: \(values.count); at most \(maximumValues)")
    }

    /// Whether it has nothing to say.
    package var isEmpty: Bool { terms.isEmpty && faults.isEmpty }

    package var isValid: Bool { faults.isEmpty }

    /// Whether a row is shown. An invalid filter shows everything.
    ///
    /// - Parameter now: Milliseconds of Unix time that times are counted back from.
    package func matches(_ subject: @autoclosure () -> FilterSubject, now: Int64) -> Bool {
        guard isValid, !terms.isEmpty else { return true }
        let subject = subject()
        return terms.allSatisfy { $0.condition.holds(subject, now: now) != $0.isNegated }
    }

    /// A value for `key:value`, or a word, that stands for this text and nothing else, whatever is
    /// in it, but for other ways to write the same characters.
    package static func quoted(_ text: String) -> String {
        var quoted = "\""
        // By scalars: a quotation mark with an accent is one character, and closes all the same.
        for scalar in text.unicodeScalars {
            if scalar == "\"" || scalar == "\\" || scalar == "*" {
                quoted.unicodeScalars.append("\\")
            }
            quoted.unicodeScalars.append(scalar)
        }
        return quoted + "\""
    }

    /// The same for a value, without quotation marks where none are needed.
    package static func value(_ text: String) -> String {
        let isPlain = text.utf8.allSatisfy { byte in
            switch byte {
            case 0...0x20, UInt8(ascii: "\""), UInt8(ascii: ","), UInt8(ascii: "*"): false
            default: true
            }
        }
        let operators = [UInt8(ascii: "<"), UInt8(ascii: ">"), UInt8(ascii: "=")]
        guard isPlain, let first = text.utf8.first, !operators.contains(first) else {
            return quoted(text)
        }
        return text
    }
}
