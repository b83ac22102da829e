import NanoCore

/// What the sheets say.
enum SheetContent {
    static func content(
        of sheet: Sheet, in model: ConsoleModel
    ) -> (title: String, entries: [SheetView.Entry]) {
        switch sheet {
        case .help:
            let lines = model.keyMap.help(
                in: model.view, isSmall: model.isSmall, attachment: model.attachment
            ).map {
                SheetView.Entry(name: $0.keys, text: $0.words, nameStyle: .key)
            }
            return ("Keys in \(model.view.title)", lines + filters(in: model.view))
        case .message:
            let kind = model.message?.kind ?? .remark
            let text = SheetView.Entry(
                name: "", text: model.message?.sentence ?? "",
                style: FooterView.mark(of: kind).style)
            let title =
                switch kind {
                case .done: "Done"
                case .remark: "Message"
                case .fault: "Failed"
                }
            return (title, [text])
        case .log(let line): return ("Log entry", entries(of: line))
        case .route(let name):
            guard let route = model.shown.routes.first(where: { $0.name == name }) else {
                return (name, [SheetView.Entry(name: "", text: "There is no such route any more.")])
            }
            let title = "\(SafeText.escaped(route.name)) · \(route.state.rawValue)"
            return (title, entries(of: route, in: model))
        case .alarm(let alarm): return ("Alarm", entries(of: alarm))
        case .audit(let entry):
            return ("Audit entry \(entry.number)", AuditRows.entries(of: entry))
        case .offender(let source):
            let title = SafeText.escaped(source)
            guard let row = model.shown.offenders.rows.first(where: { $0.source == source }) else {
                return (title, [SheetView.Entry(name: "", text: "It offends no longer.")])
            }
            return (title, OffenderContent.entries(of: row, in: model))
        case .letter(let letter):
            return ("Dead letter \(letter.number)", DeadLettersView.entries(of: letter))
        }
    }

    private static func filters(in view: ViewKind) -> [SheetView.Entry] {
        let keys = view.filterScope.keys.map { "\($0.rawValue):" }.joined(separator: " ")
        return [
            SheetView.Entry(
                name: "filters",
                text:
                    "words, and \(keys) with values: key:one,two key:begin* key:\"a b\"; a minus in "
                    + "front takes what matches out")
        ]
    }

    private static func entries(of line: LogLine) -> [SheetView.Entry] {
        [
            SheetView.Entry(
                name: "time", text: Numbers.clock(unixMilliseconds: line.unixMilliseconds) + "Z"),
            SheetView.Entry(name: "level", text: line.level, style: LogView.style(line.level)),
            SheetView.Entry(name: "from", text: line.label),
            SheetView.Entry(name: "message", text: line.message),
        ]
    }

    private static func entries(of alarm: AlarmSnapshot) -> [SheetView.Entry] {
        let style = AlarmsView.style(alarm.severity)
        var entries = [
            SheetView.Entry(
                name: "since", text: Timestamp.short(unixSeconds: alarm.unixMilliseconds / 1_000)),
            SheetView.Entry(name: alarm.severity.rawValue, text: alarm.title, style: style),
            SheetView.Entry(name: "", text: alarm.text),
        ]
        if let end = alarm.endedUnixMilliseconds {
            entries.append(
                SheetView.Entry(name: "over", text: Timestamp.short(unixSeconds: end / 1_000)))
        }
        if let acknowledgement = alarm.acknowledgement {
            let time = Timestamp.short(unixSeconds: acknowledgement.unixMilliseconds / 1_000)
            entries.append(
                SheetView.Entry(
                    name: "seen", text: "by \(acknowledgement.by), who looks after it, \(time)"))
        }
        return entries
    }

    /// Devices that are named of a route.
    private static let mostNames = 8

    private static func entries(
        of route: RouteSnapshot, in model: ConsoleModel
    ) -> [SheetView.Entry] {
        let (glyph, word, style) = RoutesView.mark(of: route, in: model)
        let (history, now) = (model.history, model.shown.gateway.unixMilliseconds)
        let arriving = Numbers.rate(history.rate("in/\(route.name)"))
        let leaving = Numbers.rate(history.rate("out/\(route.name)"))
        var entries = [
            SheetView.Entry(name: "state", text: "\(glyph) \(word)", style: style),
            SheetView.Entry(name: "endpoint", text: route.endpoint),
            SheetView.Entry(
                name: "last error", text: route.lastError.isEmpty ? "–" : route.lastError,
                style: route.lastError.isEmpty ? .dim : .bad),
        ]
        if route.lastErrorUnixMilliseconds > 0 {
            let ago = Double(max(0, now - route.lastErrorUnixMilliseconds)) / 1_000
            let time = Numbers.clock(unixMilliseconds: route.lastErrorUnixMilliseconds)
            entries.append(
                SheetView.Entry(
                    name: "failed last", text: "\(time)Z, \(Numbers.duration(ago)) ago"))
        }
        if let attempts = RoutesView.attempts(route) {
            entries.append(SheetView.Entry(name: "attempts", text: attempts, style: .warning))
        }
        if let devices = route.failingDevices, devices > 0 {
            let behind = Numbers.grouped(route.heldBack ?? 0)
            entries.append(
                SheetView.Entry(
                    name: "not taken",
                    text:
                        "packets of \(Numbers.counted(UInt64(devices), "device")), while others are; "
                        + "\(behind) wait behind them", style: .warning))
            if let names = route.failingNames(atMost: Self.mostNames) {
                entries.append(SheetView.Entry(name: "of them", text: names, style: .warning))
            }
        }
        let facts: [(String, String)] = [
            ("answers", route.answer.count > 0 ? "\(RoutesView.answers(route)) ms (p50/p99)" : "–"),
            ("arriving", "\(arriving)/s, \(Numbers.grouped(route.accepted)) so far"),
            ("leaving", "\(leaving)/s, \(Numbers.grouped(route.delivered)) so far"),
            ("waiting", RoutesView.waiting(route)),
            ("oldest", route.oldestSeconds.map(Numbers.duration) ?? "–"),
            ("in flight", Numbers.grouped(route.inFlight)),
            (
                "at once",
                "\(Numbers.counted(UInt64(route.concurrencyLimit), "request")) of "
                    + "\(route.concurrencyCeiling)"
            ),
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
        return entries + facts.map { SheetView.Entry(name: $0.0, text: $0.1) } + [balance]
    }
}
