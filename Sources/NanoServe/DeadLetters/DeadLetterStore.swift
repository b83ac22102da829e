import Foundation
import GRDB
import Glibc
import NanoCore

/// Packets that destinations refused for good, on disk: one SQLite file in the state folder.
///
/// What a call has changed is on the disk when it returns. A gateway and the command line may work
/// with the file at the same time. Calls block, and belong on no event loop.
final class DeadLetterStore: Sendable {
    /// Why the dead letters cannot be had.
    struct Fault: StartFault {
        let description: String
        /// Whether there is no room on the disk.
        var isOutOfRoom = false
        var isMisconfiguration: Bool { false }
    }

    /// The file holds what SQLite cannot have written.
    private struct Damage: Error {
        let reason: String
    }

    let path: String
    /// What an operator should know of the opening: a damaged file that was moved away, or that
    /// nobody else can open the file; nil for nothing.
    let notice: String?
    private let queue: DatabaseQueue

    private static let fileName = "dead-letters.sqlite"
    /// The format of the file, in SQLite's `user_version`.
    private static let format = 1
    /// Pages of SQLite's log that are brought over into the file at once.
    private static let logPages = 16
    /// Bytes that are set aside for letters in the file, and in SQLite's log, while there is room.
    private static let reserveBytes = 262_144
    /// Pages that stay free for changes which no letter is added with.
    private static let sparePages = 16
    /// How long a call waits for somebody else's change, in seconds; and in milliseconds, where it
    /// is repeated anyway.
    private static let patienceSeconds = 10.0
    private static let shortPatienceMilliseconds = 500
    /// What SQLite says where there is no room for the file that it shares.
    private static let sharingErrors: [ResultCode] = [
        .SQLITE_IOERR_SHMOPEN, .SQLITE_IOERR_SHMSIZE, .SQLITE_IOERR_SHMMAP,
    ]

    /// Opens the store of a folder that this gateway holds, or makes one. A damaged file is moved
    /// aside.
    ///
    /// - Throws: ``Fault``.
    init(heldFolder folder: String) throws {
        path = folder + "/" + Self.fileName
        do {
            try Self.makeFile(path)
            do {
                (queue, notice) = try Self.openHeld(path)
            } catch let damage as Damage {
                notice = try Self.moveAside(path, damage.reason)
                try Self.makeFile(path)
                queue = try Self.open(path, examines: true)
            }
        } catch {
            throw Self.fault(path, error)
        }
    }

    /// Has the file and SQLite's log grow while there is room: what is added later takes none from the disk
    /// before that is used up.
    func reserve() {
        try? queue.writeWithoutTransaction { database in
            try database.execute(
                sql: "CREATE TABLE reserve (bytes BLOB); INSERT INTO reserve VALUES (zeroblob(?))",
                arguments: [Self.reserveBytes])
            _ = try database.checkpoint(.restart)
        }
        try? queue.writeWithoutTransaction { database in
            try database.execute(sql: "DROP TABLE IF EXISTS reserve")
            _ = try database.checkpoint(.restart)
        }
    }

    /// Opens the store of a folder that a gateway may be working with.
    ///
    /// - Throws: ``Fault``, also when there is none.
    init(folder: String) throws {
        path = folder + "/" + Self.fileName
        notice = nil
        guard access(path, F_OK) == 0 else {
            throw Fault(
                description: "there are no dead letters in \(SafeText.escaped(folder)); name the "
                    + "state folder of a gateway")
        }
        do {
            queue = try Self.open(path, examines: false)
        } catch {
            throw Self.fault(path, error)
        }
    }

    // MARK: - Opening

    private static func makeFile(_ path: String) throws {
        let file = Glibc.open(path, O_CREAT | O_RDWR | O_CLOEXEC | O_NOFOLLOW, 0o600)
        guard file >= 0 else {
            throw Fault(
                description: "\(path): cannot be opened: \(String(cString: strerror(errno)))")
        }
        Glibc.close(file)
    }

    /// Opens the file also on a full disk, which has no room for what SQLite shares with other
    /// processes: they are shut out then until the gateway ends.
    private static func openHeld(_ path: String) throws -> (DatabaseQueue, notice: String?) {
        do {
            return (try open(path, examines: true), nil)
        } catch let error as DatabaseError where sharingErrors.contains(error.extendedResultCode) {
            let notice =
                "the disk is full: nobody else can open \(path) until the gateway has been started "
                + "again with room"
            return (try open(path, examines: true, isShared: false), notice)
        }
    }

    private static func open(
        _ path: String, examines: Bool, isShared: Bool = true
    ) throws -> DatabaseQueue {
        var configuration = Configuration()
        configuration.label = "dead-letters"
        configuration.busyMode = .timeout(patienceSeconds)
        if !isShared {
            configuration.prepareDatabase {
                try $0.execute(sql: "PRAGMA locking_mode = EXCLUSIVE")
            }
        }
        do {
            let queue = try DatabaseQueue(path: path, configuration: configuration)
            try queue.writeWithoutTransaction { database in
                try checkFormat(database, path)
                try makeDurable(database, path)
                if examines { try examine(database) }
                try database.inTransaction(.immediate) {
                    try migrate(database)
                    return .commit
                }
            }
            return queue
        } catch let error as DatabaseError
            where [.SQLITE_CORRUPT, .SQLITE_NOTADB].contains(error.resultCode)
        {
            throw Damage(reason: error.message ?? "damaged")
        }
    }

    private static func checkFormat(_ database: Database, _ path: String) throws {
        let found = try Int.fetchOne(database, sql: "PRAGMA user_version") ?? 0
        guard found <= format else {
            throw Fault(
                description: "\(path): was written by a newer release (format "
                    + "\(found), this one knows \(format)); run that release, or move the file away"
            )
        }
    }

    /// A commit has to be on the disk, not with the system.
    private static func makeDurable(_ database: Database, _ path: String) throws {
        let mode = try String.fetchOne(database, sql: "PRAGMA journal_mode = WAL")
        try database.execute(sql: "PRAGMA synchronous = FULL")
        // On a disk that is nearly full the log must not take what the letters need.
        try database.execute(sql: "PRAGMA wal_autocheckpoint = \(logPages)")
        let level = try Int.fetchOne(database, sql: "PRAGMA synchronous")
        guard mode == "wal", level == 2 else {
            throw Fault(description: "\(path): cannot be kept in WAL mode")
        }
    }

    private static func examine(_ database: Database) throws {
        let finding = try String.fetchOne(database, sql: "PRAGMA quick_check(1)")
        guard finding == "ok" else { throw Damage(reason: finding ?? "damaged") }
    }

    private static func migrate(_ database: Database) throws {
        let found = try Int.fetchOne(database, sql: "PRAGMA user_version") ?? 0
        guard found < format else { return }
        try database.execute(sql: DeadLetterTable.schema)
        try database.execute(sql: "PRAGMA user_version = \(format)")
    }

    /// - Returns: What was done, in a sentence for the operator.
    private static func moveAside(_ path: String, _ reason: String) throws -> String {
        let time = Timestamp.iso8601(Moment.now.unixMilliseconds).filter { !":-".contains($0) }
        let target = "\(path).damaged-\(time)"
        // What has not been brought over from the log belongs to the damaged file.
        for suffix in ["-wal", "-shm", ""] where access(path + suffix, F_OK) == 0 {
            guard rename(path + suffix, target + suffix) == 0 else {
                throw Fault(
                    description: "\(path): is damaged and cannot be moved aside: "
                        + String(cString: strerror(errno)))
            }
        }
        return "the dead letters in \(path) are damaged (\(SafeText.escaped(reason))); the file is "
            + "\(target) now, and a new one begins"
    }

    // MARK: - Work

    /// Changes the table, all of it or nothing.
    ///
    /// - Throws: ``Fault``, or what `body` throws; nothing has changed then.
    func write<Value>(_ body: (DeadLetterTable) throws -> Value) throws -> Value {
        do {
            do {
                return try queue.write { try body(DeadLetterTable(database: $0)) }
            } catch let error as DatabaseError where error.resultCode == .SQLITE_FULL {
                // What SQLite has in its log makes room there once it is in the file.
                try queue.writeWithoutTransaction { _ = try $0.checkpoint(.restart) }
                return try queue.write { try body(DeadLetterTable(database: $0)) }
            }
        } catch {
            if (error as? DatabaseError)?.resultCode == .SQLITE_FULL {
                // What the attempt has written there would keep the room that there is.
                try? queue.writeWithoutTransaction { _ = try $0.checkpoint(.truncate) }
            }
            throw Self.fault(path, error)
        }
    }

    /// Writes something that changes nothing.
    ///
    /// - Throws: ``Fault`` when the file cannot be written.
    func tryWriting() throws {
        try write { try $0.database.execute(sql: "PRAGMA user_version = \(Self.format)") }
    }

    /// Sees to it that the disk has so many bytes left when letters are added, unless the file has room for
    /// them itself.
    ///
    /// - Throws: ``Fault`` that says it has not.
    func leave(_ bytes: Int) throws {
        guard bytes > 0, let free = DiskRoom.freeBytes(at: path), free < bytes else { return }
        let pages = try? queue.read { try Int.fetchOne($0, sql: "PRAGMA freelist_count") }
        guard (pages.flatMap(\.self) ?? 0) < Self.sparePages else { return }
        throw Fault(
            description: "\(path): the disk has \(PlainWords.bytes(UInt64(free))) left, and "
                + "\(PlainWords.bytes(UInt64(bytes))) are for acts of operators",
            isOutOfRoom: true)
    }

    /// Looks at the table as it is at one moment.
    ///
    /// - Throws: ``Fault``.
    func read<Value>(_ body: (DeadLetterTable) throws -> Value) throws -> Value {
        do {
            return try queue.read { try body(DeadLetterTable(database: $0)) }
        } catch {
            throw Self.fault(path, error)
        }
    }

    /// From now on, calls wait for somebody else's change only for a moment.
    ///
    /// - Throws: ``Fault``.
    func shortenPatience() throws {
        do {
            try queue.writeWithoutTransaction {
                try $0.execute(
                    sql: "PRAGMA busy_timeout = \(Self.shortPatienceMilliseconds)")
            }
        } catch {
            throw Self.fault(path, error)
        }
    }

    /// A number that changes whenever somebody else has changed the file.
    ///
    /// - Throws: ``Fault``.
    func othersVersion() throws -> Int {
        do {
            return try queue.read { try Int.fetchOne($0, sql: "PRAGMA data_version") ?? 0 }
        } catch {
            throw Self.fault(path, error)
        }
    }

    /// Lets go of the file.
    func close() {
        try? queue.close()
    }

    private static func fault(_ path: String, _ error: any Error) -> any Error {
        switch error {
        case let error as DatabaseError:
            Fault(
                description: "\(path): \(SafeText.escaped(error.message ?? "fails")) "
                    + "(SQLite \(error.extendedResultCode.rawValue))",
                isOutOfRoom: [.SQLITE_FULL, .SQLITE_IOERR].contains(error.resultCode))
        case let damage as Damage:
            Fault(description: "\(path): is damaged: \(SafeText.escaped(damage.reason))")
        default: error
        }
    }
}
