import Foundation

/// A list as the gateway has told it last, and some before: whoever holds one of those is told the changes
/// alone, whoever holds the last nothing at all.
struct RowVersions<Row: AdminRow> {
    private var versions: [(revision: UInt64, rows: [Row])] = []
    /// Answers about the newest, by the number of the list that is held; all rows by 0.
    private var made: [UInt64: Data] = [:]

    /// Lists that are remembered: consoles in different views ask in turns.
    private static var most: Int { 4 }

    /// Takes note of how the list is now.
    ///
    /// - Parameter revision: Its number if it has changed: greater than all before.
    mutating func take(_ rows: [Row], revision: UInt64) {
        guard versions.last.map({ $0.rows != rows }) ?? true else { return }
        if versions.count == Self.most { versions.removeFirst() }
        versions.append((revision, rows))
        made = [:]
    }

    /// What has changed since a list that is held, as JSON of ``RowChanges``.
    ///
    /// - Parameter held: Its number; nil where none is held.
    /// - Returns: Nil where it is the newest.
    mutating func json(since held: UInt64?) throws -> Data? {
        guard let newest = versions.last, newest.revision != held else { return nil }
        let before = versions.first { $0.revision == held }
        let number = before?.revision ?? 0
        if let known = made[number] { return known }
        let changes =
            before.map {
                RowChanges(
                    newest.rows, revision: newest.revision, from: $0.rows, since: $0.revision)
            } ?? RowChanges(newest.rows, revision: newest.revision)
        let json = try AdminLine.encode(changes).dropLast()
        made[number] = json
        return json
    }
}
