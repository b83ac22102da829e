/// Alarms for destinations: at most one for what waits and one for what is refused for good.
enum RouteAlarms {
    private static let patienceNanoseconds: UInt64 = 5_000_000_000
    /// What was redriven or dropped within this was looked at.
    private static let letterPatienceNanoseconds: UInt64 = 10_000_000_000
    private static let deadLetterHoldNanoseconds: UInt64 = 30_000_000_000
    /// A packet that has not arrived after so long, in seconds, is late.
    private static let lateSeconds = 30.0
    /// The same of a packet that has failed, where others are taken.
    private static let lateInPartSeconds = 10.0
    /// Devices that an alarm names.
    private static let mostNames = 2
    /// Characters of a destination's reason.
    private static let reasonLength = 80
    /// Packets from which a backlog that empties is worth words.
    private static let leastBacklog: UInt64 = 100

    static func findings(
        _ snapshot: Snapshot, _ trends: AlarmTrends, _ standing: Set<String>
    ) -> [AlarmFinding] {
        snapshot.routes.flatMap { route in
            let full = untilFull(snapshot, trends, because: route)
            let waits: AlarmFinding? =
                switch route.state {
                case .paused: paused(route, full)
                case .retrying: failing(route, full)
                default: backlog(route, full, trends, standing)
                }
            return [waits, condemned(route, trends) ?? letters(route)].compactMap(\.self)
        }
    }

    private static func paused(_ route: RouteSnapshot, _ full: String) -> AlarmFinding? {
        guard route.waiting > 0 else { return nil }
        return finding(
            route, .warning, "\(route.name) is paused",
            "\(waiting(route))\(oldest(route))\(full); resume \(route.name)")
    }

    private static func failing(_ route: RouteSnapshot, _ full: String) -> AlarmFinding {
        let count = route.waiting &+ route.inFlight
        let waits =
            count == 0 && route.deadLetters > 0
            ? "dead letters wait to be sent once more"
            : "\(PlainWords.count(count, "packet")) \(count == 1 ? "waits" : "wait")"
        let error = route.lastError.isEmpty ? "no answer" : SafeText.escaped(route.lastError)
        return finding(
            route, .critical, "\(route.name) fails",
            "\(error); \(waits)\(oldest(route))\(nextAttempt(route))\(full); check the "
                + "destination")
    }

    /// For a route that works: whether it keeps up, and if not, where that leads.
    private static func backlog(
        _ route: RouteSnapshot, _ full: String, _ trends: AlarmTrends, _ standing: Set<String>
    ) -> AlarmFinding? {
        let isInPart = route.isFailingInPart
        let isLate = route.oldestSeconds ?? 0 > (isInPart ? lateInPartSeconds : lateSeconds)
        guard route.waiting > 0 else {
            guard isLate, route.inFlight > 0 else { return nil }
            return isInPart ? failingInPart(route, full) : stuck(route)
        }
        let lingers = standing.contains("route/\(route.name)") || trends.risesOverMinute(route.name)
        guard isLate || (lingers && route.waiting >= leastBacklog) else { return nil }
        if isInPart { return failingInPart(route, full) }
        if let seconds = route.emptyInSeconds {
            var finding = finding(
                route, .notice, "\(route.name) catches up",
                "\(waiting(route)), empty in \(PlainWords.time(seconds: seconds)) at this rate; "
                    + "let it work")
            // What it says is over with the backlog.
            finding.holdNanoseconds = 0
            return finding
        }
        let growth = route.flow.map { $0.incoming - $0.outgoing } ?? 0
        let excess =
            growth >= 1 ? ", \(PlainWords.count(growth))/s more come than leave" : ""
        return finding(
            route, .warning, "\(route.name) falls behind",
            "\(waiting(route))\(oldest(route))\(excess)\(restraint(route))\(full); "
                + remedy(route))
    }

    /// For a route that works, but for some devices whose packets the destination does not take now.
    private static func failingInPart(_ route: RouteSnapshot, _ full: String) -> AlarmFinding {
        let names = route.failingNames(atMost: mostNames).map { " (\($0))" } ?? ""
        let devices = PlainWords.count(UInt64(route.failingDevices ?? 0), "device") + names
        let open = PlainWords.count(route.waiting &+ route.inFlight, "packet")
        let error = route.lastError.isEmpty ? "" : ", \(SafeText.escaped(route.lastError))"
        return finding(
            route, .warning, "\(route.name) does not take all",
            "packets of \(devices) fail again and again while others are taken\(error); "
                + "\(open) not delivered\(oldest(route))\(full); ask the destination why")
    }

    /// Whether the gateway sends much less at once than it may, as the destination bears no more. A
    /// single slow answer takes a little away for a moment.
    private static func isThrottled(_ route: RouteSnapshot) -> Bool {
        route.concurrencyLimit > 0 && route.concurrencyLimit * 4 < route.concurrencyCeiling * 3
    }

    /// Whether much less is sent at once than may be, though the destination bears more.
    private static func isIdle(_ route: RouteSnapshot) -> Bool {
        guard let used = route.concurrencyUsed, !isThrottled(route) else { return false }
        return used * 4 < route.concurrencyCeiling * 3
    }

    private static func remedy(_ route: RouteSnapshot) -> String {
        if isThrottled(route) { return "find out why the destination is slow" }
        return isIdle(route)
            ? "raise its batch_events, and look at the gateway's processor and disk"
            : "make the destination faster, or raise its batch_events or concurrency"
    }

    /// How much of what may be sent at once is, which tells a slow destination from a low limit.
    private static func restraint(_ route: RouteSnapshot) -> String {
        guard route.concurrencyCeiling > 0, route.concurrencyLimit > 0 else { return "" }
        if isIdle(route), let used = route.concurrencyUsed {
            let requests = PlainWords.count(UInt64(route.concurrencyCeiling), "request")
            return ", \(used) of \(requests) at once under way"
        }
        guard isThrottled(route) else {
            let requests = PlainWords.count(UInt64(route.concurrencyCeiling), "request")
            return ", \(requests) at once, which is the limit"
        }
        return
            ", held back to \(route.concurrencyLimit) of \(route.concurrencyCeiling) requests at "
            + "once, as its answers got slow or pushed back"
    }

    /// Nothing waits, but something in flight does not arrive.
    private static func stuck(_ route: RouteSnapshot) -> AlarmFinding {
        let error = route.lastError.isEmpty ? "" : " (\(SafeText.escaped(route.lastError)))"
        return finding(
            route, .warning, "\(route.name) is late",
            "\(PlainWords.count(route.inFlight, "packet")) on the way\(oldest(route))\(error); "
                + "look at the destination's answers")
    }

    private static func condemned(
        _ route: RouteSnapshot, _ trends: AlarmTrends
    ) -> AlarmFinding? {
        // Those that were redriven or dropped have been looked at.
        let isRefusing = route.state == .refusing && route.deadLetters > 0
        let isRecent = trends.condemnsOfLate(route) && route.deadLetters > 0
        guard trends.newlyCondemned(route) > 0 || isRefusing || isRecent else { return nil }
        let letters = PlainWords.count(route.deadLetters, "dead letter")
        // The newest failure may be another's, who is tried again.
        let said = route.newestDeadLetters.last.map(words) ?? route.lastError
        let answer = said.isEmpty ? "" : ", \(SafeText.shortened(said, to: reasonLength))"
        var finding = finding(
            route, trends.refusesAll(route.name) ? .critical : .warning,
            "\(route.name) refuses packets for good",
            "\(letters)\(answer); look at its answers, then redrive or drop the letters")
        finding.id = "dead/\(route.name)"
        finding.patienceNanoseconds = 0
        finding.holdNanoseconds = deadLetterHoldNanoseconds
        return finding
    }

    /// Why a packet was refused; a page for people says less than its status.
    private static func words(of letter: DeadLetterSnapshot) -> String {
        letter.reason.isEmpty || letter.reason.hasPrefix("<")
            ? letter.error : "\(letter.error) \(letter.reason)"
    }

    /// Dead letters that nobody has settled: quiet, and for as long as there are some.
    private static func letters(_ route: RouteSnapshot) -> AlarmFinding? {
        guard route.deadLetters > 0 else { return nil }
        let stand = route.deadLetters == 1 ? "stands" : "stand"
        var finding = finding(
            route, .notice, "\(route.name) has dead letters",
            "\(PlainWords.count(route.deadLetters, "dead letter")) \(stand); look at them with l in "
                + "Routes, then redrive or drop them")
        finding.id = "dead/\(route.name)"
        finding.patienceNanoseconds = letterPatienceNanoseconds
        return finding
    }

    private static func finding(
        _ route: RouteSnapshot, _ severity: AlarmSnapshot.Severity, _ title: String,
        _ text: String
    ) -> AlarmFinding {
        var finding = AlarmFinding(
            id: "route/\(route.name)", severity: severity, title: title, text: text,
            patienceNanoseconds: patienceNanoseconds)
        finding.route = route.name
        return finding
    }

    private static func waiting(_ route: RouteSnapshot) -> String {
        "\(PlainWords.count(route.waiting, "packet")) \(route.waiting == 1 ? "waits" : "wait")"
    }

    private static func oldest(_ route: RouteSnapshot) -> String {
        guard let seconds = route.oldestSeconds, seconds >= 1 else { return "" }
        return ", the oldest \(PlainWords.time(seconds: seconds))"
    }

    /// Until when nothing is sent, because of failures in a row or at the destination's wish.
    private static func nextAttempt(_ route: RouteSnapshot) -> String {
        guard let seconds = route.probeInSeconds, seconds >= 1 else { return "" }
        return ", next attempt in \(PlainWords.time(seconds: seconds))"
    }

    /// Where it leads when most of what waits does so for this route, and more comes than leaves.
    private static func untilFull(
        _ snapshot: Snapshot, _ trends: AlarmTrends, because route: RouteSnapshot
    ) -> String {
        guard route.waiting == snapshot.routes.map(\.waiting).max(),
            let seconds = trends.secondsUntilFull(snapshot.journal), seconds < 86_400
        else { return "" }
        let what = snapshot.journal.room.isOfDisk ? "journal's disk" : "journal"
        return ", at this rate the \(what) is full in \(PlainWords.time(seconds: seconds))"
    }
}
