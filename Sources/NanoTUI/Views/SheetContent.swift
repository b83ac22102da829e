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
            return (title, RouteFacts.all(of: route, in: model))
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
}
