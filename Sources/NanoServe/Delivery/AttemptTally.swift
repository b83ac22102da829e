/// What a route's attempts, one after the other, tell of its destination.
struct AttemptTally {
    /// Attempts that have failed as a whole, one behind the other.
    private(set) var failuresInARow = 0
    /// Attempts of which something was taken.
    private(set) var taken: UInt64 = 0

    /// Takes note of an answer.
    ///
    /// - Returns: Whether it tells that the destination takes nothing. A batch that fails once more does
    ///   not, where others have been taken meanwhile, or it was looked at event by event.
    mutating func note(_ answer: SinkAnswer, to batch: DeliveryBatch) -> Bool {
        guard answer.hasTakenNothing else {
            taken += 1
            failuresInARow = 0
            return false
        }
        let isFirst = batch.takenBefore == nil || answer.retryAfterMilliseconds != nil
        let hasFailed = isFirst || (answer.rejections.isEmpty && batch.takenBefore == taken)
        failuresInARow = hasFailed ? failuresInARow + 1 : 0
        return hasFailed
    }
}
