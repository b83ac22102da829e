import NanoCore

// What operators ask for about dead letters.
extension Gateway {
    /// - Parameter letters: Their numbers; nil for all of the destination.
    func redrive(_ name: String, _ letters: [Int64]?) -> CommandResult {
        guard let route = route(name) else { return noRoute(name) }
        do {
            let count = try deadLetters.redrive(
                DeadLetterSelection(route: name, numbers: letters))
            guard count > 0 else {
                return .failed(
                    Self.noLetters(of: name, letters) + " that is not to be sent already")
            }
            let text = "\(PlainWords.count(UInt64(count), "dead letter")) of \(name) "
            guard !journal.isPaused(route: route.place) else {
                return .done(text + "go out when \(name) is resumed")
            }
            return .done(text + (count == 1 ? "goes" : "go") + " out once more")
        } catch {
            return .failed("\(error)")
        }
    }

    func redrive(
        _ name: String, matching query: LetterQuery, atMost most: Int
    ) -> CommandResult {
        matched(name, query, atMost: most) { redrive(name, $0) }
    }

    func drop(_ name: String, _ letters: DroppedLetters) -> CommandResult {
        switch letters {
        case .numbers(let numbers):
            drop(DeadLetterSelection(route: name, numbers: numbers), of: name, numbers)
        case .all(let highest):
            drop(DeadLetterSelection(route: name, highest: highest), of: name, nil)
        case .matching(let query, let most):
            matched(name, query, atMost: most) { drop(name, .numbers($0)) }
        }
    }

    func countLetters(of name: String, _ query: LetterQuery) -> CommandResult {
        matched(name, query) { .counted($0.count) }
    }

    private func drop(
        _ selection: DeadLetterSelection, of name: String, _ numbers: [Int64]?
    ) -> CommandResult {
        guard route(name) != nil else { return noRoute(name) }
        do {
            let (dropped, underWay) = try deadLetters.drop(selection)
            guard dropped + underWay > 0 else { return .failed(Self.noLetters(of: name, numbers)) }
            let parts = [
                dropped > 0 ? "\(PlainWords.count(UInt64(dropped), "dead letter")) dropped" : nil,
                underWay > 0
                    ? "\(PlainWords.count(UInt64(underWay), "dead letter")) under way, to be dropped "
                        + "should the destination not take them" : nil,
            ]
            return .done("\(name): " + parts.compactMap(\.self).joined(separator: "; "))
        } catch {
            return .failed("\(error)")
        }
    }

    /// Does something with the letters that a filter matches.
    ///
    /// - Parameter most: How many somebody has agreed to; nil where nothing is changed.
    private func matched(
        _ name: String, _ query: LetterQuery, atMost most: Int? = nil,
        _ act: ([Int64]) -> CommandResult
    ) -> CommandResult {
        guard route(name) != nil else { return noRoute(name) }
        let filter = Filter(query.filter, in: .deadLetters)
        if let fault = filter.faults.first { return .failed("not done: \(fault.sentence)") }
        // An empty one would match everything, which has another name.
        guard !filter.isEmpty else { return .failed("not done: the filter is empty") }
        do {
            let numbers = try deadLetters.numbers(of: name, filter, query)
            if let most, numbers.count > most {
                return .failed(
                    "not done: \(PlainWords.count(UInt64(numbers.count), "dead letter")) of \(name) "
                        + "match by now, and \(PlainWords.count(UInt64(most))) were asked about")
            }
            return act(numbers)
        } catch {
            return .failed("\(error)")
        }
    }

    /// - Parameter numbers: Those that were asked for; nil for all.
    private static func noLetters(of name: String, _ numbers: [Int64]?) -> String {
        switch numbers {
        case nil: "\(name) has no dead letters"
        case let numbers? where numbers.count == 1: "\(name) has no dead letter \(numbers[0])"
        case _?: "\(name) has none of these dead letters"
        }
    }
}
