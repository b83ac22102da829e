import NanoCore

/// The generations of every model's secret; never the secret.
enum SecretsView {
    static let columns = [
        Table.Column("model", 14, growing: true), Table.Column("gen", 4, number: true),
        Table.Column("state", 9), Table.Column("devices", 7, number: true),
        Table.Column("fingerprint", 16, importance: 1),
        Table.Column("age", 10, number: true, importance: 2),
        Table.Column("due or end", 12, number: true),
        Table.Column("from", 11, importance: 3), Table.Column("level", 8, importance: 4),
    ]

    static func draw(_ model: ConsoleModel, in rect: Rect, on screen: inout Screen) {
        let secrets = model.secrets
        let title = model.listTitle(
            "Secrets", shown: secrets.count, of: model.shown.secrets.count)
        screen.rule(title, right: "fingerprints, never secrets", in: rect)
        let below = drawWatch(model, in: rect.split(top: 1).rest, on: &screen)
        let rows = drawLost(model.shown, in: below, on: &screen)
        guard !secrets.isEmpty else {
            model.drawEmpty(
                "No secret: set NANOGRIDATA_ESP32_SECRET and the like.", in: rows, on: &screen)
            return
        }
        let devices = StragglersView(model)
        let (list, rest) = rows.split(
            top: devices == nil || rows.height < secrets.count + 1 + StragglersView.leastHeight
                ? rows.height : secrets.count + 1)
        devices?.draw(in: rest, on: &screen)
        let table = Table(columns: columns)
        let now = model.shown.gateway.unixMilliseconds
        model.drawList(table, count: secrets.count, in: list, on: &screen) { index in
            row(secrets[index], model.shown.models, now)
        }
    }

    private static func row(
        _ secret: SecretSnapshot, _ models: [ModelSnapshot], _ now: Int64
    ) -> [Table.Entry] {
        let model = models.first { $0.id == secret.model }
        let style: Style =
            switch secret.state {
            case .current: .good
            case .staged: .accent
            case .previous: .warning
            }
        return [
            Table.Entry("\(secret.model) \(SafeText.escaped(model?.name ?? ""))"),
            Table.Entry("\(secret.generation)"), Table.Entry(secret.state.rawValue, style),
            Table.Entry(Numbers.grouped(UInt64(secret.devices)), .text),
            Table.Entry(secret.fingerprint, .accent),
            Table.Entry(PlainWords.time(seconds: Double(secret.ageSeconds(at: now)))),
            end(of: secret, now),
            Table.Entry(secret.origin, .dim), Table.Entry(model?.minimumLevel.name ?? "–", .dim),
        ]
    }

    /// Of a former secret what is left of its grace, of a current one when another has to take its
    /// place.
    private static func end(of secret: SecretSnapshot, _ now: Int64) -> Table.Entry {
        if let end = secret.validUntilUnixMilliseconds {
            return Table.Entry(Numbers.duration(Double(max(0, end - now)) / 1_000), .warning)
        }
        guard let words = secret.dueWords(at: now) else { return Table.Entry("–", .dim) }
        return Table.Entry(words, secret.isOverdue(at: now) ? .bad : .text)
    }

    /// Draws what is known of the device that is waited for, in the last rows.
    ///
    /// - Returns: The rows above.
    private static func drawWatch(
        _ model: ConsoleModel, in rect: Rect, on screen: inout Screen
    ) -> Rect {
        guard let (text, style) = model.watchLine else { return rect }
        return draw([text], style, in: rect, on: &screen)
    }

    /// Draws which generations are used that are none any more, in the last rows.
    private static func drawLost(
        _ snapshot: Snapshot, in rect: Rect, on screen: inout Screen
    ) -> Rect {
        let sentences = snapshot.adoptions.sorted { $0.key < $1.key }.flatMap { model, adoption in
            let accepted = Set(snapshot.secrets.filter { $0.model == model }.map(\.generation))
            return adoption.devices.keys.filter { !accepted.contains($0) && $0 > 0 }.sorted().map {
                let users = adoption.users(of: $0)
                return "▲ \(snapshot.title(of: model)): generation "
                    + "\($0) is not accepted any more, and "
                    + "\(Numbers.counted(UInt64(users.count), "device")) used it last: "
                    + SecretAdoption.names(users)
            }
        }
        return sentences.isEmpty ? rect : draw(sentences, .warning, in: rect, on: &screen)
    }

    /// Draws sentences in the last rows.
    ///
    /// - Returns: The rows above.
    private static func draw(
        _ sentences: [String], _ style: Style, in rect: Rect, on screen: inout Screen
    ) -> Rect {
        let lines = sentences.flatMap { TextWidth.wrapped($0, to: max(1, rect.width - 2)) }.prefix(
            max(0, rect.height / 2))
        let (rest, below) = rect.split(bottom: lines.count)
        for (row, line) in lines.enumerated() {
            screen.put(" " + line, x: below.x, y: below.y + row, style: style)
        }
        return rest
    }
}
