import NanoCore

/// The facts of the summary in their order.
struct SummaryContent {
    enum Kind {
        case total, route, model, alarm
    }

    /// One fact as it is drawn.
    struct Row {
        var kind: Kind
        var text: String
        var style: Style
        /// What the cursor can be on; nil where it cannot.
        var id: RowID?
        /// Characters in front of a sentence, of one column each.
        var indent = 0

        /// The sentence in as many lines as it takes, below each other.
        func wrapped(to width: Int) -> [String] {
            let lines = TextWidth.wrapped(
                String(text.dropFirst(indent)), to: max(1, width - indent))
            return lines.enumerated().map { number, line in
                (number == 0 ? text.prefix(indent) : String(repeating: " ", count: indent)[...])
                    + line
            }
        }
    }

    /// One fact in several lengths, the longest first: the cells of each are columns with those of the
    /// others of its kind.
    private struct Fact {
        var forms: [[Cell]]
        var style: Style
        var id: RowID?
    }

    /// - Parameter isNumber: Whether it ends where the others of its column end.
    private typealias Cell = (text: String, isNumber: Bool)

    private let model: ConsoleModel
    private let routes: [RouteSnapshot]
    private let alarms: [AlarmSnapshot]

    init(_ model: ConsoleModel) {
        self.model = model
        // Another view, where it has no room, is told of as the overview is, without its filter.
        let isOverview = model.view == .overview && !model.isSmall
        routes = isOverview ? model.routes : model.shown.routesByNeed
        alarms = isOverview ? model.alarms : model.shown.alarms
    }

    /// The newest alarm that nobody looks after; nil where there is none.
    var newestAlarm: RowID? {
        alarms.filter { $0.acknowledgement == nil && $0.endedUnixMilliseconds == nil }
            .max { $0.unixMilliseconds < $1.unixMilliseconds }.map { .alarm($0.id) }
    }

    /// Whether all that came in, and all that is to leave, is accounted for.
    var balances: Bool {
        model.shown.ledger.balances && model.shown.routes.allSatisfy(\.balances)
    }

    func rows(width: Int) -> [Row] {
        let models = model.isSmall || model.shows(.models) ? model.shown.models : []
        return Self.rows([balance], .total, width) + Self.rows(totals, .total, width)
            + Self.rows(routes.map(fact), .route, width)
            + Self.rows(models.map(fact), .model, width)
            + Self.rows(filter, .total, width)
            + alarms.map { row($0, width: width) }
    }

    /// The longest form of some facts that all of them have room for.
    private static func rows(_ facts: [Fact], _ kind: Kind, _ width: Int) -> [Row] {
        let count = facts.map(\.forms.count).min() ?? 0
        let texts = (0..<count).lazy.map { form in aligned(facts.map { $0.forms[form] }) }
        let fitting =
            texts.first { $0.allSatisfy { TextWidth.columns(of: $0) <= width } } ?? texts.last
        return zip(facts, fitting ?? []).map { fact, text in
            Row(kind: kind, text: text, style: fact.style, id: fact.id)
        }
    }

    /// Cells below each other; of the last ones nothing is filled up.
    private static func aligned(_ rows: [[Cell]]) -> [String] {
        let widths = (0..<(rows.map(\.count).max() ?? 0)).map { column in
            rows.map { column < $0.count ? TextWidth.columns(of: $0[column].text) : 0 }.max() ?? 0
        }
        return rows.map { row in
            row.enumerated().map { column, cell in
                let space = String(
                    repeating: " ", count: widths[column] - TextWidth.columns(of: cell.text))
                if cell.isNumber { return space + cell.text }
                return column == row.count - 1 ? cell.text : cell.text + space
            }.joined(separator: " ")
        }
    }

    // MARK: - What comes in

    private var balance: Fact {
        if let oldness = model.oldness {
            return Fact(forms: [[("◌ " + oldness, false)], [(oldness, false)]], style: .silent)
        }
        let words =
            balances
            ? ["✓ the ledger balances", "✓ balances"]
            : ["✗ the ledger DOES NOT BALANCE", "✗ NO BALANCE"]
        return Fact(forms: words.map { [($0, false)] }, style: balances ? .good : .bad)
    }

    private var totals: [Fact] {
        let ledger = model.shown.ledger
        let lines = [
            ("accepted", "in", ledger.accepted, Style.good),
            ("refused", "ref", ledger.refused, ledger.refused > 0 ? .warning : .dim),
        ]
        return lines.map { name, short, total, style in
            let rate = Numbers.rate(model.history.rate(name)) + "/s"
            return Fact(
                forms: [
                    [
                        ("  " + name, false), (rate, true), (Numbers.grouped(total), true),
                        ("so far", false),
                    ],
                    [("  " + name, false), (rate, true)], [("  " + short, false), (rate, true)],
                    [(short, false), (rate, true)],
                ], style: style)
        }
    }

    // MARK: - What leaves, from whom it came, what needs somebody

    private func fact(_ route: RouteSnapshot) -> Fact {
        let (glyph, word, style) = RoutesView.mark(of: route, in: model)
        let name = SafeText.escaped(route.name)
        let waiting = Numbers.grouped(route.waiting)
        let out = Numbers.rate(model.history.rate("out/\(route.name)")) + "/s"
        let start: [Cell] = [("\(glyph) \(name)", false), (word, false)]
        let count: [Cell] = [(waiting, true), ("waiting", false)]
        return Fact(
            forms: [
                start + count + [(out, true), ("out", false)] + dead(route),
                start + count + dead(route), [start[0]] + count + dead(route), [start[0]] + count,
                [start[0], (waiting, true), ("wait", false)],
                ["\(glyph) \(name) \(waiting) wait"].map { ($0, false) },
            ], style: style, id: .name(route.name))
    }

    private func dead(_ route: RouteSnapshot) -> [Cell] {
        guard route.deadLetters > 0 else { return [] }
        return [("· \(Numbers.grouped(route.deadLetters)) dead", false)]
    }

    private func fact(_ entry: ModelSnapshot) -> Fact {
        let state = ModelState(of: entry, model.history)
        let name = "\(entry.id) \(SafeText.escaped(entry.name))"
        let accepted = Numbers.rate(model.history.rate("accepted/\(entry.id)")) + "/s"
        let refused = Numbers.rate(model.history.rate("refused/\(entry.id)")) + "/s"
        let word: Cell = (state.word, false)
        return Fact(
            forms: [
                [
                    ("\(state.glyph) \(name)", false), word, (accepted, true), ("accepted", false),
                    (refused, true), ("refused", false),
                ],
                [
                    ("\(state.glyph) \(name)", false), (accepted, true), (refused, true),
                    ("refused", false),
                ],
                [
                    ("\(state.glyph) \(entry.id)", false), (accepted, true), (refused, true),
                    ("ref", false),
                ],
                [("\(state.glyph) \(entry.id) \(accepted)", false)],
            ], style: state.style)
    }

    /// How many alarms match, where they are filtered.
    private var filter: [Fact] {
        guard !model.isSmall, !model.filter(.overview).isEmpty else { return [] }
        let title = model.listTitle(
            "Alarms", shown: alarms.count, of: model.shown.alarms.count)
        return [Fact(forms: [[("  " + title, false)]], style: .dim)]
    }

    /// Columns from which on the sentence has room beside its time.
    private static let timeWidth = 50

    private func row(_ alarm: AlarmSnapshot, width: Int) -> Row {
        let time =
            width < Self.timeWidth
            ? "" : Numbers.clock(unixMilliseconds: alarm.unixMilliseconds) + " "
        let start = "\(AlarmsView.mark(of: alarm)) \(time)"
        return Row(
            kind: .alarm, text: start + AlarmsView.sentence(alarm),
            style: AlarmsView.style(alarm), id: .alarm(alarm.id), indent: start.count)
    }
}
