/// An entry of the audit trail, for consoles.
public struct AuditSnapshot: Codable, Equatable, Sendable {
    /// The entry's number, by which `nanogridata audit list` knows it too.
    public var number: UInt64
    /// RFC 3339 in UTC, with milliseconds.
    public var time: String
    /// The user, and where there is one, for whom: `root for ann`.
    public var user: String
    /// The way in: `console`, `cli`, `socket` or `gateway`.
    public var way: String
    /// A word of ``AuditAction``.
    public var action: String
    public var target: String
    /// `begun`, `done` or `failed`.
    public var result: String
    /// What was done, or why not.
    public var sentence: String

    public init(
        number: UInt64, time: String, user: String, way: String, action: String, target: String,
        result: String, sentence: String
    ) {
        self.number = number
        self.time = time
        self.user = user
        self.way = way
        self.action = action
        self.target = target
        self.result = result
        self.sentence = sentence
    }
}
