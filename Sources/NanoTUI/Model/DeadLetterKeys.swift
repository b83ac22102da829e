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

    /// Sending one needs no question: what is refused again comes back.
    mutating func redriveLetter() -> [Effect] {
        guard let letter = chosenLetter else {
            say("there is no dead letter to send", isFault: true)
            return []
        }
        return [.perform(.redrive(lettersRoute, letters: [letter.number]))]
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
