import NanoCore

/// What is done about a route's dead letters.
extension ConsoleModel {
    mutating func openLetters(of route: RouteSnapshot?) {
        guard let route else { return }
        go(to: .deadLetters, showing: nil)
        lettersRoute = route.name
        lists[.deadLetters] = nil
    }

    /// The route whose dead letters are listed, as it is now.
    var routeOfLetters: RouteSnapshot? { live.routes.first { $0.name == lettersRoute } }

    private var chosenLetter: DeadLetterSnapshot? { cursor.map { letters[$0] } }

    /// Those that are marked, the newest first, whatever the filter hides.
    private var markedLetters: [DeadLetterSnapshot] {
        (shown.routes.first { $0.name == lettersRoute }?.newestDeadLetters ?? []).reversed()
            .filter { marks.isMarked(.number(UInt64($0.number)), in: .deadLetters) }
    }

    /// Takes away the marks of letters that are listed no more, and says of those that are still there
    /// that newer ones have their place.
    mutating func keepMarksOfLetters() {
        guard let route = routeOfLetters else { return }
        let listed = route.newestDeadLetters.map(\.number)
        let oldest = listed.min().map { UInt64($0) } ?? 0
        let before = marks.countOfLeft(in: .deadLetters)
        marks.keep(
            only: Set(listed.map { RowID.number(UInt64($0)) }), in: .deadLetters,
            hasLeft: { row in
                guard case .number(let number) = row else { return false }
                return number < oldest && route.deadLetters > UInt64(listed.count)
            })
        let left = marks.countOfLeft(in: .deadLetters)
        if left > before { say("\(wordsOfLeft(left)) no longer in this list, and not chosen") }
    }

    /// `3 marked letters are`
    private func wordsOfLeft(_ count: Int) -> String {
        "\(Numbers.counted(UInt64(count), "marked letter")) \(count == 1 ? "is" : "are")"
    }

    /// Marked letters that cannot be reached here any more; nil where there are none.
    private var leftWords: String? {
        let left = marks.countOfLeft(in: .deadLetters)
        guard left > 0 else { return nil }
        return "\(wordsOfLeft(left)) no longer in this list, and \(left == 1 ? "stays" : "stay")."
    }

    /// Whether all that was marked is listed no more: what is under the cursor was not meant then.
    private mutating func saysThatMarksLeft() -> Bool {
        let left = marks.countOfLeft(in: .deadLetters)
        guard left > 0, marks.count(in: .deadLetters) == 0 else { return false }
        say(
            "nothing was done: \(wordsOfLeft(left)) no longer in this list; U forgets them",
            isFault: true)
        return true
    }

    /// Sending one needs no question: what is refused again comes back.
    mutating func redriveLetter() -> [Effect] {
        let marked = markedLetters
        guard marked.isEmpty else {
            askToRedrive(marked, "marked")
            return []
        }
        if saysThatMarksLeft() { return [] }
        guard let letter = chosenLetter else {
            say("there is no dead letter to send", isFault: true)
            return []
        }
        return [.perform(.redrive(lettersRoute, letters: [letter.number]))]
    }

    /// Asks about those that the filter matches; without one about all of the route.
    mutating func askToRedriveAll() -> [Effect] {
        guard !filter(.deadLetters).isEmpty else {
            askToRedriveAll(of: routeOfLetters)
            return []
        }
        return askAboutMatching(.redrive) { $0.askToRedrive($0.letters, "listed") }
    }

    /// The same before they are given up.
    mutating func askToDropAll() -> [Effect] {
        guard !filter(.deadLetters).isEmpty else {
            askToDropAll(of: routeOfLetters)
            return []
        }
        return askAboutMatching(.drop) {
            $0.askToDrop($0.letters, "listed", typed: TypedConsent(word: $0.lettersRoute))
        }
    }

    private mutating func askToRedrive(_ letters: [DeadLetterSnapshot], _ which: String) {
        overlay = .confirmation(
            Confirmation(
                title: "Redrive \(Numbers.counted(UInt64(letters.count), "dead letter"))?",
                text: [
                    whom(letters, which) + " sent to it once more, in turn with what waits.",
                    which == "marked" ? leftWords : nil, others(UInt64(letters.count)),
                    "What it refuses again comes back here.",
                ].compactMap(\.self), verb: "Redrive",
                effect: .perform(.redrive(lettersRoute, letters: letters.map(\.number)))))
    }

    private mutating func askToDrop(
        _ letters: [DeadLetterSnapshot], _ which: String, typed: TypedConsent? = nil
    ) {
        let numbers = letters.map(\.number)
        overlay = .confirmation(
            Confirmation(
                title: "Drop \(Numbers.counted(UInt64(letters.count), "dead letter"))?",
                text: [
                    whom(letters, which) + " given up for good.",
                    which == "marked" ? leftWords : nil, others(UInt64(letters.count)),
                    "What is dropped counts as skipped. That cannot be undone.",
                ].compactMap(\.self), verb: "Drop",
                effect: .perform(.dropDeadLetters(lettersRoute, letters: .numbers(numbers))),
                typed: typed))
    }

    /// `The 3 marked dead letters of alba are`
    private func whom(_ letters: [DeadLetterSnapshot], _ which: String) -> String {
        let (count, route) = (UInt64(letters.count), SafeText.escaped(lettersRoute))
        return count == 1
            ? "The \(which) dead letter of \(route) is"
            : "The \(Numbers.grouped(count)) \(which) dead letters of \(route) are"
    }

    /// How many of the route stay as they are; nil where none does.
    func others(_ letters: UInt64) -> String? {
        let all = routeOfLetters?.deadLetters ?? 0
        let rest = all - min(all, letters)
        return rest == 0
            ? nil
            : "\(Numbers.grouped(rest)) other\(rest == 1 ? "" : "s") of the route, also older ones "
                + "than are listed here, \(rest == 1 ? "stays" : "stay")."
    }

    mutating func askToRedriveAll(of route: RouteSnapshot?) {
        guard let route, route.deadLetters > 0 else {
            say("there is no dead letter to send", isFault: true)
            return
        }
        let letters = Numbers.counted(route.deadLetters, "dead letter")
        overlay = .confirmation(
            Confirmation(
                title: "Redrive all of \(SafeText.escaped(route.name))?",
                text: [
                    "\(letters) of \(SafeText.escaped(route.name)) are sent to it once more, in turn with what "
                        + "waits, whether they are listed here or not.",
                    "What it refuses again comes back here.",
                ], verb: "Redrive", effect: .perform(.redrive(route.name, letters: nil))))
    }

    mutating func askToDropLetter() {
        let marked = markedLetters
        guard marked.isEmpty else { return askToDrop(marked, "marked") }
        if saysThatMarksLeft() { return }
        guard let letter = chosenLetter else {
            say("there is no dead letter to drop", isFault: true)
            return
        }
        let sender = SafeText.shortened(letter.device ?? "\(letter.model)", to: 40)
        let time = DeadLettersView.time(letter.unixMilliseconds)
        overlay = .confirmation(
            Confirmation(
                title: "Drop dead letter \(letter.number)?",
                text: [
                    "The packet of \(sender) that \(lettersRoute) refused at \(time) with "
                        + "\(SafeText.shortened(letter.error, to: 60)) is given up for good.",
                    "It counts as skipped.",
                ], verb: "Drop",
                effect: .perform(
                    .dropDeadLetters(lettersRoute, letters: .numbers([letter.number])))))
    }

    mutating func askToDropAll(of route: RouteSnapshot?) {
        guard let route, route.deadLetters > 0 else {
            say("there is no dead letter to drop", isFault: true)
            return
        }
        let letters = Numbers.counted(route.deadLetters, "dead letter")
        overlay = .confirmation(
            Confirmation(
                title: "Drop all of \(SafeText.escaped(route.name))?",
                text: [
                    "\(letters) of \(SafeText.escaped(route.name)) are given up for good, whether they are listed "
                        + "here or not.",
                    "They count as skipped. That cannot be undone.",
                ], verb: "Drop",
                effect: .perform(
                    .dropDeadLetters(route.name, letters: .all(upTo: route.highestDeadLetter))),
                typed: TypedConsent(word: route.name)))
    }
}
