/// That somebody has seen an alarm and looks after it.
public struct AlarmAcknowledgement: Codable, Equatable, Sendable {
    /// The operator's name.
    public var by: String
    public var unixMilliseconds: Int64

    public init(by: String, unixMilliseconds: Int64) {
        self.by = by
        self.unixMilliseconds = unixMilliseconds
    }
}

extension AlarmBoard {
    /// Notes that somebody looks after an alarm. It holds until the alarm ends or becomes worse.
    ///
    /// - Parameter acknowledgement: Nil to take it back.
    /// - Returns: The alarm as it is now; nil when none of the name stands.
    public mutating func acknowledge(
        _ id: String, _ acknowledgement: AlarmAcknowledgement?
    ) -> AlarmSnapshot? {
        guard let index = alarms.firstIndex(where: { $0.id == id }) else { return nil }
        alarms[index].acknowledgement = acknowledgement
        return alarms[index]
    }
}

extension AlarmSnapshot.Severity: Comparable {
    private var weight: Int {
        switch self {
        case .notice: 0
        case .warning: 1
        case .critical: 2
        }
    }

    public static func < (one: AlarmSnapshot.Severity, other: AlarmSnapshot.Severity) -> Bool {
        one.weight < other.weight
    }
}
