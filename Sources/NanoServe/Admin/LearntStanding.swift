import NanoCore

/// What a gateway lets a console do, as it was learnt last. A console has several connections, and
/// what is heard on one may be older than what was heard on another.
struct LearntStanding: Sendable {
    private(set) var value: ConsoleStanding
    /// How often it was learnt.
    private var times = 0

    init(_ value: ConsoleStanding) {
        self.value = value
    }

    /// Takes over what the gateway said to a question.
    ///
    /// - Parameter before: As it was when the gateway was asked.
    /// - Returns: Whether it was taken over. What was learnt meanwhile stands otherwise.
    mutating func learn(_ newer: ConsoleStanding, since before: LearntStanding) -> Bool {
        guard times == before.times else { return false }
        times += 1
        value = newer
        return true
    }
}
