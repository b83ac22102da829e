import NanoCore

/// The newest packets that a route's destination refused for good, newest first.
enum DeadLettersView {
    static let columns = [
        Table.Column("id", 5, number: true), Table.Column("condemned", 14, importance: 3),
        Table.Column("model", 5, importance: 5), Table.Column("device", 14, importance: 1),
        Table.Column("state", 7, importance: 2),
        Table.Column("tries", 5, number: true, importance: 4),
        Table.Column("status", 6, growing: true),
        Table.Column("reason", 20, importance: 1, flexible: true),
    ]

    static func draw(_ model: ConsoleModel, in rect: Rect, on screen: inout Screen) {
        let letters = model.letters
        let route = model.shown.routes.first { $0.name == model.lettersRoute }
        let total = Int(clamping: route?.deadLetters ?? 0)
        let title = model.listTitle(
            "Dead letters of \(SafeText.escaped(model.lettersRoute))", shown: letters.count,
            of: total)
        let listed = route?.newestDeadLetters.count ?? 0
        screen.rule(title, right: listed < total ? "the newest \(listed)" : "", in: rect)
        let rows = rect.split(top: 1).rest
        guard !letters.isEmpty else {
            let name = SafeText.escaped(model.lettersRoute)
            model.drawEmpty("\(name) has no dead letters.", in: rows, on: &screen)
            return
        }
        let table = Table(columns: columns)
        model.drawList(table, count: letters.count, in: rows, on: &screen) { index in
            let letter = letters[index]
            return [
                Table.Entry("\(letter.number)", .accent),
                Table.Entry(time(letter.unixMilliseconds), .dim),
                Table.Entry("\(letter.model)"),
                Table.Entry(letter.device.map(SafeText.name) ?? "–"),
                Table.Entry(letter.stateName, letter.isToBeRedriven ? .warning : .dim),
                Table.Entry(Numbers.grouped(UInt64(letter.attempts))),
                Table.Entry(SafeText.escaped(status(letter)), .bad),
                Table.Entry(letter.reason.isEmpty ? "–" : SafeText.escaped(letter.reason)),
            ]
        }
    }

    /// The number of a status alone, which says it all: the answer's own words have more room then.
    private static func status(_ letter: DeadLetterSnapshot) -> String {
        let number = letter.error.prefix { $0 != " " }
        return number.count == 3 && number.allSatisfy(\.isWholeNumber)
            ? String(number) : letter.error
    }

    /// Everything about one.
    static func entries(of letter: DeadLetterSnapshot) -> [SheetView.Entry] {
        let facts: [(String, String, Style)] = [
            ("id", "\(letter.number)", .accent), ("identity", letter.id, .accent),
            ("device", "\(letter.device ?? "–") (\(letter.model))", .text),
            (
                "received", Timestamp.short(unixSeconds: letter.receivedUnixMilliseconds / 1_000),
                .text
            ),
            ("condemned", Timestamp.short(unixSeconds: letter.unixMilliseconds / 1_000), .text),
            ("attempts", Numbers.grouped(UInt64(letter.attempts)), .text),
            ("state", letter.stateName, letter.isToBeRedriven ? .warning : .text),
            ("status", letter.error, .bad),
            ("answer", letter.reason.isEmpty ? "–" : letter.reason, .text),
            ("payload", letter.payload, .text),
        ]
        return facts.map { SheetView.Entry(name: $0, text: $1, style: $2) }
    }

    /// Month, day and time, UTC: `11-26 13:20:11`.
    static func time(_ unixMilliseconds: Int64) -> String {
        String(Timestamp.short(unixSeconds: unixMilliseconds / 1_000).dropFirst(5).dropLast())
    }
}
