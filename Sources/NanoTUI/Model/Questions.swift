import NanoCore

/// What is asked before something happens, and what follows from the answer.
extension ConsoleModel {
    mutating func answer(_ confirmation: Confirmation, _ key: Key) -> [Effect] {
        var confirmation = confirmation
        if var typed = confirmation.typed {
            switch typed.line.handle(key) {
            case .edited, .kept:
                typed.isMistaken = false
                confirmation.typed = typed
                overlay = .confirmation(confirmation)
            case .entered:
                // Enter on nothing is Cancel, as it is where there is nothing to type.
                guard typed.isGiven || typed.line.text.isEmpty else {
                    typed.isMistaken = true
                    confirmation.typed = typed
                    overlay = .confirmation(confirmation)
                    return []
                }
                return typed.isGiven ? agree(to: confirmation) : cancel()
            case .left: overlay = .none
            }
            return []
        }
        switch key {
        case .left, .right, .tab, .backTab, .character("h"), .character("l"):
            confirmation.isArmed.toggle()
            overlay = .confirmation(confirmation)
        case .enter:
            return confirmation.isArmed ? agree(to: confirmation) : cancel()
        case .character("y"): return agree(to: confirmation)
        case .escape, .character("n"), .character("q"), .control("c"): overlay = .none
        default: break
        }
        return []
    }

    private mutating func cancel() -> [Effect] {
        overlay = .none
        return []
    }

    /// What follows from a yes.
    mutating func agree(to confirmation: Confirmation) -> [Effect] {
        overlay = .none
        if confirmation.concernsGateway, sayUnanswered() { return [] }
        confirmation.effects.forEach { prepareWatch(for: $0) }
        prepareRound(for: confirmation.effects)
        for case .perform(.register(.reject(let name))) in confirmation.effects {
            leaveRow(of: name)
        }
        return confirmation.effects
    }

    /// Leaving a gateway that runs on needs no question.
    mutating func quit() -> [Effect] {
        guard attachment.endsGateway else { return [.quit] }
        askToQuit()
        return []
    }

    private mutating func askToQuit() {
        let connections = live.connections.open
        let closed = connections == 1 ? "is closed" : "are closed"
        let undelivered = live.routes.reduce(UInt64(0)) { $0 + $1.waiting + $1.inFlight }
        var text = [
            "The gateway stops too: \(Numbers.counted(UInt64(connections), "connection")) \(closed)."
        ]
        if undelivered > 0 {
            text.append(
                "Not delivered yet: \(Numbers.counted(undelivered, "packet")). What the destinations "
                    + "do not take within \(live.gateway.drainSeconds) s waits for the next start.")
        }
        overlay = .confirmation(
            Confirmation(title: "Quit?", text: text, verb: "Quit", effect: .quit))
    }

    /// The route that a key is about: the one under the cursor, or the one of its alarm.
    var chosenRoute: RouteSnapshot? {
        if let index = cursor, let route = route(at: index) { return route }
        return selectedAlarm?.route.flatMap { name in shown.routes.first { $0.name == name } }
    }

    mutating func pauseOrResume() -> [Effect] {
        guard let row = chosenRoute else {
            say("move the cursor to a route first: p pauses or resumes it", isFault: true)
            return []
        }
        // The row may be frozen; what can be done about the route depends on what it does now.
        let route = live.routes.first { $0.name == row.name } ?? row
        guard route.state != .paused else { return resume(route) }
        askToPause(route)
        return []
    }

    /// Resuming needs no question.
    mutating func resume(_ row: RouteSnapshot?) -> [Effect] {
        guard let row else {
            say("move the cursor to a route first", isFault: true)
            return []
        }
        // The gateway knows best whether it is paused: the snapshot may be of before.
        return [.perform(.resumeRoute(row.name))]
    }

    mutating func askToPause(_ route: RouteSnapshot) {
        guard route.state != .paused else {
            return say("\(SafeText.escaped(route.name)) is paused already")
        }
        overlay = .confirmation(
            Confirmation(
                title: "Pause \(route.name)?",
                text: [
                    "Nothing more is delivered to it until you resume it. " + whatWaits(for: route),
                    "When there is no more room for them, "
                        + (live.journal.expires
                            ? "the oldest are lost." : "devices have to wait too."),
                ], verb: "Pause", effect: .perform(.pauseRoute(route.name))))
    }

    mutating func askToSkip(_ row: RouteSnapshot?) {
        guard let row else { return }
        let route = live.routes.first { $0.name == row.name } ?? row
        guard route.hasSomethingToSkip else {
            say("nothing waits for \(SafeText.escaped(route.name))")
            return
        }
        let oldest = route.oldestSeconds.map { ", the oldest \(Numbers.duration($0))" } ?? ""
        overlay = .confirmation(
            Confirmation(
                title: "Skip what waits for \(route.name)?",
                text: [
                    "\(Numbers.counted(route.waiting, "packet"))\(oldest), and what else comes until "
                        + "you answer, will never be delivered to it. That cannot be undone.",
                    "What is in flight then arrives now, or never.",
                    "What comes then is delivered"
                        + (route.state == .paused ? " when you resume it" : "")
                        + ", and other destinations still get theirs.",
                ], verb: "Skip", effect: .perform(.skipRoute(route.name)),
                typed: TypedConsent(word: route.name)))
    }

    /// Whose packets will wait, and how much that is.
    private func whatWaits(for route: RouteSnapshot) -> String {
        let devices = Numbers.counted(UInt64(route.devices), "device")
        let arriving = history.rate("in/\(route.name)")
        guard arriving.isFinite else {
            return
                "\(devices) may send to it, how much is not known yet; what they send will wait in the "
                + "gateway."
        }
        let size = Double(live.ledger.bytes) / Double(max(1, live.ledger.received))
        let aMinute = Numbers.bytes(UInt64(max(0, arriving * size * 60)))
        return "\(devices) may send to it, about \(Numbers.rate(arriving)) packets a second, "
            + "\(aMinute) a minute; they will wait in the gateway"
            + room(forBytesASecond: arriving * size) + "."
    }

    /// For how long the journal has room; nothing where that cannot be told.
    private func room(forBytesASecond bytes: Double) -> String {
        let journal = live.journal
        guard bytes > 0, journal.budgetBytes > journal.usedBytes else { return "" }
        let seconds = Double(journal.budgetBytes - journal.usedBytes) / bytes
        return ", which has room for about \(PlainWords.time(seconds: seconds))"
    }

    mutating func askForDump() {
        let records = chosenRecords(otherwise: records)
        guard !records.isEmpty else {
            say("nothing is listed that could be dumped", isFault: true)
            return
        }
        overlay = .dump(records, .pcapng)
    }

    mutating func choose(
        _ format: DumpFormat, for records: [PacketRecord], _ key: Key
    ) -> [Effect] {
        let formats = DumpFormat.allCases
        switch key {
        case .left, .up, .backTab, .character("h"), .character("k"):
            overlay = .dump(records, formats.neighbour(of: format, by: -1))
        case .right, .down, .tab, .character("l"), .character("j"):
            overlay = .dump(records, formats.neighbour(of: format, by: 1))
        case .enter:
            overlay = .none
            return [.perform(.dump(records, format: format))]
        case .escape, .character("q"), .control("c"): overlay = .none
        default: break
        }
        return []
    }
}

extension Array where Element: Equatable {
    /// The element so many places behind one, or with a negative number in front of it; behind the last
    /// comes the first.
    func neighbour(of element: Element, by distance: Int) -> Element {
        let index = firstIndex(of: element) ?? 0
        return self[(index + distance + count) % count]
    }
}

extension RouteSnapshot {
    /// Whether there is anything to give up: what is in flight counts where it does not seem to arrive.
    var hasSomethingToSkip: Bool { waiting > 0 || (inFlight > 0 && state != .flowing) }
}
