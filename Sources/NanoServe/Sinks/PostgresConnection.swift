import CPostgres
import Foundation
import NanoCore
import Synchronization

/// Why a batch was not written.
struct PostgresFault: Error {
    /// Whether the rows themselves are wrong, so that the same ones can never be written.
    var concernsRows = false
    /// Whether there was a connection.
    var hasReached = true
    let text: String
}

/// One connection to a PostgreSQL, made when it is needed and made anew after a fault.
///
/// All of it blocks. It is unchecked because only the one thread of its sink calls it; from any
/// other, ``stop()`` alone, which touches nothing but what the lock holds.
final class PostgresConnection: @unchecked Sendable {
    private struct Shared {
        var isStopped = false
        var descriptor: Int32?
        /// Numbers the statements; one that is not the last has its answer.
        var statement: UInt64 = 0
        /// Whether the connection was ended because no answer came.
        var isLate = false
    }

    /// Milliseconds that the server has to say itself that a statement took too long.
    private static let graceMilliseconds = 500

    private let address: PostgresAddress
    private let schema: PostgresSchema
    private let timeoutMilliseconds: Int
    private let shared = Mutex(Shared())
    private var connection: OpaquePointer?
    /// Whether the ids of rows can follow the order in which the packets came; nil before the connection
    /// has a table that rows are copied to.
    private var drawsIDs: Bool?

    /// - Parameter schema: The tables that it is for; they are made where they are missing.
    init(to address: PostgresAddress, for schema: PostgresSchema, timeoutMilliseconds: Int) {
        self.address = address
        self.schema = schema
        self.timeoutMilliseconds = timeoutMilliseconds
    }

    deinit {
        PQfinish(connection)
    }

    /// Writes rows in one transaction; those whose identity is there already change nothing.
    func write(models: String, rows: [UInt8]) throws(PostgresFault) {
        var hasReached = false
        do {
            try open()
            let drawsIDs = try stage()
            hasReached = true
            try run("BEGIN")
            try run(models)
            try copy(rows)
            try run(PostgresWire.merging(drawsIDs: drawsIDs))
            try run("COMMIT")
        } catch {
            // A row's fault leaves the connection good; after any other a new one knows more.
            if error.concernsRows, (try? run("ROLLBACK")) != nil { throw error }
            close()
            var error = error
            error.hasReached = hasReached
            throw error
        }
    }

    /// Runs one statement that stands for itself; returns the first value of its answer.
    func answer(to statement: String) throws(PostgresFault) -> String {
        do {
            try open()
            return try run(statement)
        } catch {
            if !error.concernsRows { close() }
            throw error
        }
    }

    /// Wakes the thread out of whatever it waits for. The server forgets an open transaction when
    /// the connection goes, so there is no need for a request to cancel, which could block.
    func stop() {
        shared.withLock { shared in
            shared.isStopped = true
            if let descriptor = shared.descriptor { shutdown(descriptor, Int32(SHUT_RDWR)) }
        }
    }

    private func open() throws(PostgresFault) {
        if PQstatus(connection) == CONNECTION_OK, connection != nil { return }
        close()
        try connect()
        for statement in PostgresWire.session(timeoutMilliseconds: timeoutMilliseconds) {
            try run(statement)
        }
        try migrate()
    }

    /// Makes the table that rows are copied to, once for each connection.
    ///
    /// - Returns: Whether ids can be drawn.
    private func stage() throws(PostgresFault) -> Bool {
        if let drawsIDs { return drawsIDs }
        let draws = try run(PostgresWire.orderQuestion) == "t"
        for statement in PostgresWire.staging { try run(statement) }
        drawsIDs = draws
        return draws
    }

    /// Waits in short turns, so that a stop and the timeout hold while there is no connection yet.
    private func connect() throws(PostgresFault) {
        let options = PostgresWire.connectionOptions(
            url: String(decoding: address.url.bytes, as: UTF8.self),
            timeoutMilliseconds: timeoutMilliseconds)
        var names = options.map { UnsafePointer(strdup($0.name)) } + [nil]
        var values = options.map { UnsafePointer(strdup($0.value)) } + [nil]
        defer { for text in names + values { free(UnsafeMutableRawPointer(mutating: text)) } }
        connection = PQconnectStartParams(&names, &values, 1)
        guard connection != nil, PQstatus(connection) != CONNECTION_BAD else {
            throw connectionFault()
        }
        let deadline = ContinuousClock.now + .milliseconds(timeoutMilliseconds)
        var wanted = PGRES_POLLING_WRITING
        while wanted != PGRES_POLLING_OK {
            if shared.withLock({ $0.isStopped }) { throw PostgresFault(text: "the gateway stops") }
            guard ContinuousClock.now < deadline else {
                throw PostgresFault(text: "no connection within \(timeoutMilliseconds) ms")
            }
            let event = wanted == PGRES_POLLING_READING ? POLLIN : POLLOUT
            var waiting = pollfd(fd: PQsocket(connection), events: Int16(event), revents: 0)
            guard poll(&waiting, 1, 100) > 0 else { continue }
            wanted = PQconnectPoll(connection)
            if wanted == PGRES_POLLING_FAILED { throw connectionFault() }
        }
        let isStopped = shared.withLock { shared in
            shared.descriptor = PQsocket(connection)
            return shared.isStopped
        }
        if isStopped { throw PostgresFault(text: "the gateway stops") }
    }

    private func migrate() throws(PostgresFault) {
        for statement in PostgresSchema.opening { try run(statement) }
        let missing = Set(
            try run(schema.missingQuestion).split(separator: " ").map(String.init))
        if missing.contains(schema.versions) { try run(schema.versionsCreation) }
        let version = try run(schema.versionQuestion)
        let statements: [String]
        do {
            statements = try schema.statements(from: Int(version) ?? 0, missing: missing)
        } catch {
            throw PostgresFault(text: error.description)
        }
        for statement in statements { try run(statement) }
        try run("COMMIT")
    }

    /// Has a call that gets no answer come back all the same, by the end of the connection: a server that
    /// stands still goes on holding it.
    private func withDeadline<Value>(
        _ call: () throws(PostgresFault) -> Value
    ) throws(PostgresFault) -> Value {
        let number = shared.withLock { shared in
            shared.statement += 1
            return shared.statement
        }
        let end = DispatchTime.now() + .milliseconds(timeoutMilliseconds + Self.graceMilliseconds)
        DispatchQueue.global().asyncAfter(deadline: end) { [weak self] in
            self?.shared.withLock { shared in
                guard shared.statement == number, let descriptor = shared.descriptor else { return }
                shared.isLate = true
                shutdown(descriptor, Int32(SHUT_RDWR))
            }
        }
        defer { shared.withLock { $0.statement += 1 } }
        return try call()
    }

    private func copy(_ rows: [UInt8]) throws(PostgresFault) {
        try withDeadline { () throws(PostgresFault) in try copyNow(rows) }
    }

    private func copyNow(_ rows: [UInt8]) throws(PostgresFault) {
        let ready = PQexec(connection, PostgresWire.copying)
        defer { PQclear(ready) }
        guard PQresultStatus(ready) == PGRES_COPY_IN else { throw fault(ready) }
        let isSent = rows.withUnsafeBytes { bytes in
            PQputCopyData(
                connection, bytes.bindMemory(to: CChar.self).baseAddress, Int32(bytes.count))
        }
        guard isSent == 1, PQputCopyEnd(connection, nil) == 1 else { throw connectionFault() }
        var failure: PostgresFault?
        while let result = PQgetResult(connection) {
            if PQresultStatus(result) != PGRES_COMMAND_OK { failure = fault(result) }
            PQclear(result)
            // Else a lost connection would answer in this way for ever.
            if PQstatus(connection) != CONNECTION_OK { break }
        }
        if let failure { throw failure }
    }

    /// Runs one statement; returns the first value of its answer.
    @discardableResult
    private func run(_ statement: String) throws(PostgresFault) -> String {
        let result = try withDeadline { () throws(PostgresFault) in PQexec(connection, statement) }
        defer { PQclear(result) }
        switch PQresultStatus(result) {
        case PGRES_COMMAND_OK: return ""
        case PGRES_TUPLES_OK:
            return PQntuples(result) > 0 ? String(cString: PQgetvalue(result, 0, 0)) : ""
        default: throw fault(result)
        }
    }

    private func fault(_ result: OpaquePointer?) -> PostgresFault {
        guard let code = PQresultErrorField(result, PostgresWire.stateField),
            let message = PQresultErrorField(result, PostgresWire.messageField)
        else { return connectionFault() }
        let state = String(cString: code)
        return PostgresFault(
            concernsRows: PostgresWire.concernsRows(state),
            text: "\(state) \(PostgresWire.meaning(state))"
                + address.described(String(cString: message)))
    }

    private func connectionFault() -> PostgresFault {
        guard !shared.withLock({ $0.isLate }) else {
            return PostgresFault(text: "no answer within \(timeoutMilliseconds) ms")
        }
        let message = PQerrorMessage(connection).map { String(cString: $0) } ?? ""
        return PostgresFault(
            text: message.isEmpty ? "no connection" : address.described(message))
    }

    /// Lets the connection go; the next call makes one anew.
    func close() {
        shared.withLock { ($0.descriptor, $0.isLate) = (nil, false) }
        PQfinish(connection)
        connection = nil
        drawsIDs = nil
    }
}
