import NanoCore

/// Dead letters that a filter matches, of which only the newest are listed: the gateway counts them
/// before anybody is asked.
struct LetterCount: Equatable, Sendable {
    enum Purpose { case redrive, drop }

    var route: String
    var query: LetterQuery
    var purpose: Purpose
}

extension ConsoleModel {
    /// Asks about all that the filter matches: at once where all letters of the route are listed, or else
    /// when the gateway has counted them.
    ///
    /// - Parameter ask: Asks about those that are listed.
    mutating func askAboutMatching(
        _ purpose: LetterCount.Purpose, _ ask: (inout ConsoleModel) -> Void
    ) -> [Effect] {
        let filter = filter(.deadLetters)
        guard filter.isValid else {
            say("nothing was done: the filter is wrong, and chooses nothing", isFault: true)
            return []
        }
        let route = shown.routes.first { $0.name == lettersRoute }
        guard let route, route.deadLetters > UInt64(route.newestDeadLetters.count) else {
            if letters.isEmpty {
                say("the filter lists no dead letter", isFault: true)
            } else {
                ask(&self)
            }
            return []
        }
        // What comes while it is counted and thought about is not meant.
        let query = LetterQuery(
            filter: filter.source, upTo: route.highestDeadLetter,
            asOf: shown.gateway.unixMilliseconds)
        counting = LetterCount(route: route.name, query: query, purpose: purpose)
        return [.perform(.countDeadLetters(route.name, query))]
    }

    /// Asks about the letters that were counted, if they are still what the operator looks at.
    mutating func noteCount(of query: LetterQuery, _ route: String, _ result: CommandResult) {
        guard let expected = counting, expected.query == query, expected.route == route else {
            return
        }
        counting = nil
        if case .failed(let why) = result { return say(why, isFault: true) }
        guard case .counted(let count) = result, view == .deadLetters, lettersRoute == route,
            filter(.deadLetters).source == query.filter, case .none = overlay
        else { return say("nothing was done: another view or question came in between") }
        guard count > 0 else {
            return say(
                "the filter matches no dead letter of \(SafeText.escaped(route))", isFault: true)
        }
        overlay = .confirmation(question(about: count, expected))
    }

    private func question(about count: Int, _ counted: LetterCount) -> Confirmation {
        let (route, query) = (counted.route, counted.query)
        let letters = Numbers.counted(UInt64(count), "dead letter")
        let whom =
            "\(count == 1 ? "The" : "All") \(letters) of \(SafeText.escaped(route)) that "
            + "\(count == 1 ? "matches" : "match") \(SafeText.shortened(query.filter, to: 60)) "
            + "\(count == 1 ? "is" : "are")"
        let older = count - min(count, self.letters.count)
        let unlisted =
            older > 0
            ? "\(Numbers.grouped(UInt64(older))) of them \(older == 1 ? "is" : "are") older than what "
                + "is listed here." : nil
        switch counted.purpose {
        case .redrive:
            return Confirmation(
                title: "Redrive \(letters)?",
                text: [
                    whom + " sent to it once more, in turn with what waits.", unlisted,
                    others(UInt64(count)), "What it refuses again comes back here.",
                ].compactMap(\.self), verb: "Redrive",
                effect: .perform(.redriveMatching(route, query, atMost: count)))
        case .drop:
            return Confirmation(
                title: "Drop \(letters)?",
                text: [
                    whom + " given up for good.", unlisted, others(UInt64(count)),
                    "What is dropped counts as skipped. That cannot be undone.",
                ].compactMap(\.self), verb: "Drop",
                effect: .perform(
                    .dropDeadLetters(route, letters: .matching(query, atMost: count))),
                typed: TypedConsent(word: route))
        }
    }
}
