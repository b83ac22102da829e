/// How far the copy of the audit trail in a database is.
public struct AuditCopySnapshot: Codable, Equatable, Sendable {
    /// The destination.
    public var route: String
    /// The newest entry of the file, by its number.
    public var newest: UInt64
    /// The newest entry that is known to be in the database, or that it has refused; nil before it was asked.
    public var copied: UInt64?
    /// Why no more can be copied now; empty while nothing is in the way.
    public var fault = ""

    public init(route: String, newest: UInt64, copied: UInt64? = nil, fault: String = "") {
        self.route = route
        self.newest = newest
        self.copied = copied
        self.fault = fault
    }

    /// Entries that are still to be copied; nil where nobody knows.
    public var behind: UInt64? { copied.map { newest - min(newest, $0) } }
}
