import NanoCore

/// What there is to say of a route.
enum RouteFacts {
    /// Devices that are named of a route.
    private static let mostNames = 8

    /// All of it.
    static func all(of route: RouteSnapshot, in model: ConsoleModel) -> [SheetView.Entry] {
        let (glyph, word, style) = RoutesView.mark(of: route, in: model)
        let history = model.history
        let arriving = Numbers.rate(history.rate("in/\(route.name)"))
        let leaving = Numbers.rate(history.rate("out/\(route.name)"))
        let counts: [(String, String)] = [
            ("arriving", "\(arriving)/s, \(Numbers.grouped(route.accepted)) so far"),
            ("leaving", "\(leaving)/s, \(Numbers.grouped(route.delivered)) so far"),
            ("waiting", waiting(route, history)),
            ("in flight", Numbers.grouped(route.inFlight)),
            (
                "dead letters",
                Numbers.grouped(route.deadLetters)
                    + (route.deadLetters > 0 ? "; l in Routes lists them" : "")
            ),
            ("expired", Numbers.grouped(route.expired)),
            ("skipped", Numbers.grouped(route.skipped)),
            ("retries", Numbers.grouped(route.retries)),
        ]
        let balance = SheetView.Entry(
            name: "ledger", text: route.balances ? "✓ balances" : "✗ does not balance",
            style: route.balances ? .good : .bad)
        return [
            SheetView.Entry(name: "state", text: "\(glyph) \(word)", style: style),
            SheetView.Entry(name: "endpoint", text: route.endpoint),
        ] + conduct(of: route, in: model)
            + counts.map { SheetView.Entry(name: $0.0, text: $0.1) } + [balance]
    }

    /// How it gets on with its destination, beside what is counted.
    static func conduct(of route: RouteSnapshot, in model: ConsoleModel) -> [SheetView.Entry] {
        let isLimited = route.concurrencyLimit < route.concurrencyCeiling
        let entries = [
            SheetView.Entry(
                name: "last error", text: route.lastError.isEmpty ? "–" : route.lastError,
                style: route.lastError.isEmpty ? .dim : .bad)
        ]
        return entries + failure(of: route, in: model) + [
            SheetView.Entry(
                name: "breaker", text: breaker(route),
                style: route.breaker == .closed ? .text : .warning),
            SheetView.Entry(
                name: "at once",
                text: "\(Numbers.counted(UInt64(route.concurrencyLimit), "request")) of "
                    + "\(route.concurrencyCeiling)"
                    + (route.concurrencyUsed.map { "; \($0) when the newest answer came" } ?? ""),
                style: isLimited ? .text : .dim),
            SheetView.Entry(
                name: "answers",
                text: route.answer.count > 0 ? "\(RoutesView.answers(route)) ms (p50/p99)" : "–"),
            SheetView.Entry(
                name: "oldest", text: route.oldestSeconds.map(Numbers.duration) ?? "–"),
        ]
    }

    /// When it failed last, and whose packets do.
    private static func failure(
        of route: RouteSnapshot, in model: ConsoleModel
    ) -> [SheetView.Entry] {
        var entries: [SheetView.Entry] = []
        if route.lastErrorUnixMilliseconds > 0 {
            let now = model.shown.gateway.unixMilliseconds
            let ago = Double(max(0, now - route.lastErrorUnixMilliseconds)) / 1_000
            let time = Numbers.clock(unixMilliseconds: route.lastErrorUnixMilliseconds)
            entries.append(
                SheetView.Entry(
                    name: "failed last", text: "\(time)Z, \(Numbers.duration(ago)) ago"))
        }
        guard let devices = route.failingDevices, devices > 0 else { return entries }
        let behind = Numbers.grouped(route.heldBack ?? 0)
        entries.append(
            SheetView.Entry(
                name: "not taken",
                text: "packets of \(Numbers.counted(UInt64(devices), "device")), while others are; "
                    + "\(behind) wait behind them", style: .warning))
        if let names = route.failingNames(atMost: mostNames) {
            entries.append(SheetView.Entry(name: "of them", text: names, style: .warning))
        }
        return entries
    }

    /// What waits, and when it will be gone.
    static func waiting(_ route: RouteSnapshot, _ history: History) -> String {
        let count = Numbers.grouped(route.waiting)
        guard let outlook = outlook(route, history) else { return count }
        return "\(count), \(outlook)"
    }

    /// What becomes of what waits if all goes on as now; nil where that is nothing to tell.
    ///
    /// - Parameter history: The rates that the table of routes has, which settle over some seconds.
    static func outlook(_ route: RouteSnapshot, _ history: History) -> String? {
        guard route.waiting > 0, route.state != .paused, history.hasRates else { return nil }
        let incoming = history.rate("in/\(route.name)")
        let progress = history.rate("settled/\(route.name)") - incoming
        if progress > 0, !route.isFailingInPart {
            let seconds = Double(route.waiting) / progress
            return "empty in \(PlainWords.time(seconds: seconds)) at this rate"
        }
        // What expires or is skipped is no delivery, and waits no longer all the same.
        let growth = incoming - history.rate("done/\(route.name)")
        return growth >= 1 ? "grows by \(Numbers.rate(growth))/s" : nil
    }

    /// Whether attempts are made, and when the next one is.
    private static func breaker(_ route: RouteSnapshot) -> String {
        guard let attempts = attempts(route) else { return "closed: attempts are made" }
        return (route.breaker == .open ? "open: " : "half-open: ") + attempts
    }

    /// When the next attempt is made; nil where none has to wait.
    static func attempts(_ route: RouteSnapshot) -> String? {
        switch route.breaker {
        case .closed: nil
        case .open:
            "again in \(PlainWords.time(seconds: (route.probeInSeconds ?? 0).rounded(.up)))"
        case .halfOpen: "one now, to see whether it takes anything"
        }
    }
}
