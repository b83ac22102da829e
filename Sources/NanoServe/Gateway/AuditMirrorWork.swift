/// What the thread of an ``AuditMirror`` does: it reads the trail on, and writes it to the database.
struct AuditMirrorWork {
    /// What has become of an attempt.
    enum Outcome {
        /// There was nothing to do, as far as could be seen.
        case none
        case done
        case failed(String)
    }

    /// What is to be known while it copies.
    enum Step {
        /// Everything up to the entry of this number is in the database, or was left out.
        case reached(UInt64)
        /// The database refuses an entry, and why.
        case leftOut(UInt64, fault: String)
    }

    /// Rows of one statement, at most, and bytes of their lines, unless a single one has more.
    private static let rowCount = 200
    private static let rowBytes = 1_048_576

    private let gateway: String
    private let connection: PostgresConnection
    private var follower: AuditFollower
    /// Lines that have been read and are to be copied.
    private var left: ArraySlice<AuditFollower.Line> = []
    /// What the database says is its newest entry of this trail, when all that was read was there; nil
    /// where nobody knows.
    private var answer: String?

    init(gateway: String, stateFolder: String, connection: PostgresConnection) {
        self.gateway = gateway
        self.connection = connection
        follower = AuditFollower(stateFolder: stateFolder)
    }

    /// Copies until there is no more.
    mutating func copyAll(_ note: (Step) -> Void) -> Outcome {
        defer { connection.close() }
        do {
            guard try readOn(), let trail = follower.trail else { return .none }
            let question = PostgresAudit.newest(of: trail)
            let newest = try connection.answer(to: question)
            if newest != answer, let head = try passOver(upTo: newest) {
                note(.reached(head.number))
            }
            var isNew = false
            while try readOn() {
                // Another file in the place of this one has rows of its own, with the next pass.
                guard follower.trail == trail else { break }
                try write(of: trail, note)
                isNew = true
            }
            answer = isNew ? try connection.answer(to: question) : newest
            return .done
        } catch {
            follower.rewind()
            (left, answer) = ([], nil)
            return .failed((error as? PostgresFault)?.text ?? "\(error)")
        }
    }

    /// Reads on, if nothing is left of what was read.
    ///
    /// - Returns: Whether there is something to copy.
    private mutating func readOn() throws -> Bool {
        if left.isEmpty { left = (try follower.next() ?? [])[...] }
        return !left.isEmpty
    }

    /// Reads from the beginning up to the newest entry of the database, so that what follows is what it
    /// has not. Where the file has no such entry, everything follows, and what is there changes nothing.
    private mutating func passOver(upTo newest: String) throws -> AuditHead? {
        func begin() {
            follower.rewind()
            left = []
        }
        begin()
        guard !newest.isEmpty else { return nil }
        while try readOn() {
            if let place = left.firstIndex(where: { $0.head.description == newest }) {
                let head = left[place].head
                left = left[(place + 1)...]
                return head
            }
            left = []
        }
        begin()
        return nil
    }

    /// Writes the first of what is left.
    private mutating func write(of trail: String, _ note: (Step) -> Void) throws {
        var (count, bytes) = (0, 0)
        for line in left.prefix(Self.rowCount) {
            bytes += line.text.utf8.count
            guard count == 0 || bytes <= Self.rowBytes else { break }
            count += 1
        }
        let rows = left.prefix(count).map {
            PostgresAuditRow($0, gateway: gateway, trail: trail)
        }
        do throws(PostgresFault) {
            _ = try connection.answer(to: PostgresAudit.insert(rows))
        } catch {
            guard error.concernsRows else { throw error }
            try writeSingly(rows, note)
        }
        left = left.dropFirst(count)
        if let last = rows.last { note(.reached(last.number)) }
    }

    /// Writes each row by itself, so that one that the database refuses costs only itself.
    private func writeSingly(_ rows: [PostgresAuditRow], _ note: (Step) -> Void) throws {
        for row in rows {
            do throws(PostgresFault) {
                _ = try connection.answer(to: PostgresAudit.insert([row]))
            } catch {
                guard error.concernsRows else { throw error }
                note(.leftOut(row.number, fault: error.text))
            }
        }
    }
}
