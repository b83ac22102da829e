/// Reads a term in its scope: what it asks for, or what is wrong with it.
struct FilterReading {
    let scope: FilterScope

    /// - Parameter part: Without its minus.
    func condition(of part: FilterSyntax.Part) throws(FilterFault) -> FilterCondition {
        guard let colon = part.colon else { return try word(part) }
        let key = try key(part.part(part.range.lowerBound..<colon), colon)
        let values = part.part(colon + 1..<part.range.upperBound).values.filter {
            !$0.range.isEmpty
        }
        guard !values.isEmpty else {
            let range = part.range.lowerBound..<colon + 1
            throw FilterFault(range: range, words: "nothing behind \(key.rawValue):")
        }
        switch key.kind {
        case .model: return try model(values)
        case .reason: return try reason(values)
        case .name: return .name(key, try names(values, key))
        case .address: return .address(values.map(\.pattern))
        case .text: return .text(key, values.map(\.pattern))
        case .number, .span: return .number(key, try numbers(values, key))
        case .time: return try time(values, key)
        }
    }

    private func word(_ part: FilterSyntax.Part) throws(FilterFault) -> FilterCondition {
        if let pair = pair(meantBy: part) {
            throw FilterFault(
                range: part.range,
                words: "use \(SafeText.quotable(pair, to: 60)); text with = goes between quotation "
                    + "marks")
        }
        let word = part.pattern
        return .word(
            word, FilterModels { word.isIn($0.description) },
            RefusalSet(RefusalReason.allCases.filter { word.isIn($0.name) }))
    }

    /// The pair that a word without a colon looks like: `model:esp32` for `model=esp32`.
    private func pair(meantBy part: FilterSyntax.Part) -> String? {
        let name = part.letters.prefix { !$0.isBare("=") }
        let text = String(decoding: name.map(\.byte), as: UTF8.self).lowercased()
        guard name.count < part.letters.count, !name.contains(where: \.isQuoted),
            let key = FilterKey(rawValue: text), scope.keys.contains(key)
        else { return nil }
        let value = part.letters[name.endIndex...].dropFirst()
        return "\(key.rawValue):" + String(decoding: value.map(\.byte), as: UTF8.self)
    }

    private func key(
        _ part: FilterSyntax.Part, _ colon: Int
    ) throws(FilterFault) -> FilterKey {
        let here = "keys here: " + scope.keys.map(\.rawValue).joined(separator: ", ")
        let name = part.text.lowercased()
        guard !name.isEmpty else {
            throw FilterFault(
                range: part.range.lowerBound..<max(colon + 1, part.range.lowerBound + 1),
                words: "nothing in front of the colon; \(here); text with a colon goes between "
                    + "quotation marks")
        }
        guard let key = FilterKey(rawValue: name) else {
            let hint = hint(name, among: scope.keys.map(\.rawValue))
            throw FilterFault(
                range: part.range.lowerBound..<max(colon, part.range.lowerBound + 1),
                words: "no key is called \(quotable(part))\(hint); \(here); text with a colon "
                    + "goes between quotation marks")
        }
        guard scope.keys.contains(key) else {
            throw FilterFault(range: part.range, words: "\(name): can match nothing here; \(here)")
        }
        return key
    }

    private func model(_ values: [FilterSyntax.Part]) throws(FilterFault) -> FilterCondition {
        var models = FilterModels { _ in false }
        for value in values {
            let meant = FilterModels(value)
            guard !meant.isEmpty else {
                let families = ModelID.builtIn.compactMap { $0.family?.lowercased() }
                throw FilterFault(
                    range: value.range,
                    words: "no model is called \(quotable(value)); known: "
                        + families.joined(separator: ", ") + ", or 0xNN")
            }
            models.formUnion(meant)
        }
        return .model(models)
    }

    private func reason(_ values: [FilterSyntax.Part]) throws(FilterFault) -> FilterCondition {
        let names = try names(values, .reason)
        return .reason(RefusalSet(names.compactMap { RefusalReason(name: $0) }))
    }

    /// The names that the values mean, of those that there are.
    private func names(
        _ values: [FilterSyntax.Part], _ key: FilterKey
    ) throws(FilterFault) -> [String] {
        let all = scope.names(of: key) ?? []
        var meant: [String] = []
        for value in values {
            let names = all.filter(value.pattern.isAll)
            guard !names.isEmpty else {
                // There are too many reasons to be told in a line.
                let known =
                    key == .reason
                    ? "docs/protocol.md lists them" : "known: " + all.joined(separator: ", ")
                throw FilterFault(
                    range: value.range,
                    words: "no \(key.rawValue) is called \(quotable(value))"
                        + "\(hint(value.text, among: all)); \(known)")
            }
            meant += names
        }
        return meant
    }

    private func numbers(
        _ values: [FilterSyntax.Part], _ key: FilterKey
    ) throws(FilterFault) -> [FilterNumber] {
        var numbers: [FilterNumber] = []
        for value in values {
            let (comparison, digits) = value.comparison
            guard let number = FilterNumber(comparison, digits.text, key.kind) else {
                let allowed =
                    key.kind == .span
                    ? "seconds or a time, ahead or behind: >60, <-5m, 0"
                    : "a whole number: 7, >200, <=1000"
                throw FilterFault(
                    range: value.range, words: "\(key.rawValue): takes \(allowed)")
            }
            numbers.append(number)
        }
        return numbers
    }

    private func time(
        _ values: [FilterSyntax.Part], _ key: FilterKey
    ) throws(FilterFault) -> FilterCondition {
        if values.count > 1 {
            throw FilterFault(
                range: values[1].range, words: "\(key.rawValue): takes one time alone")
        }
        guard let moment = PastMoment(values[0].text) else {
            throw FilterFault(
                range: values[0].range,
                words: "\(key.rawValue): takes \(PastMoment.allowed(for: values[0].text))")
        }
        return key == .since ? .since(moment) : .until(moment)
    }

    private func quotable(_ part: FilterSyntax.Part) -> String {
        part.text.isEmpty ? "nothing" : SafeText.quotable(part.text, to: 40)
    }

    /// The name that was probably meant.
    private func hint(_ text: String, among names: [String]) -> String {
        // Finding out takes the square of the length.
        guard text.utf8.count <= 40,
            let near = Suggestion.nearest(to: text, among: names)
        else { return "" }
        return " (did you mean \(near)?)"
    }
}
