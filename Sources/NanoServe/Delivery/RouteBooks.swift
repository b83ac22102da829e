import NanoCore

/// What a route writes down about its attempts.
struct RouteBooks {
    /// From the first attempt to the answer that settled the packet.
    var fromJournal = Histogram()
    /// From the device's bytes to the answer that settled the packet.
    var fromSocket = Histogram()
    /// Times of answered requests.
    var answers = Histogram()
    var failuresByModel: [ModelID: UInt64] = [:]
    var retries: UInt64 = 0
    /// Batches that are being tried again.
    var failingBatches = 0
    var lastError = ""
    var lastErrorUnixMilliseconds: Int64 = 0
    private(set) var deadLetters: [DeadLetter] = []

    private static let deadLetterCapacity = 1_000

    /// A packet that its destination will never take, with the answer that says so.
    struct DeadLetter {
        var frame: [UInt8]
        var answer: String
        var excerpt: String
    }

    mutating func note(
        _ answer: SinkAnswer, to batch: DeliveryBatch, from started: UInt64, to ended: Moment
    ) {
        let now = ended.monotonicNanoseconds
        answers.record(nanoseconds: now &- started)
        for (item, outcome) in zip(batch.items, answer.outcomes) {
            guard outcome == .retry else {
                let received = item.receivedMonotonicNanoseconds
                fromSocket.record(nanoseconds: now &- received)
                fromJournal.record(nanoseconds: now &- max(received, batch.takenAt))
                continue
            }
            retries &+= 1
            failuresByModel[item.model, default: 0] &+= 1
        }
        lastError = answer.error
        if !answer.error.isEmpty { lastErrorUnixMilliseconds = ended.unixMilliseconds }
    }

    /// Keeps the newest packets that were condemned; they are counted in the journal.
    mutating func bury(_ batch: DeliveryBatch, _ answer: SinkAnswer) {
        for item in batch.items {
            if deadLetters.count == Self.deadLetterCapacity { deadLetters.removeFirst() }
            deadLetters.append(
                DeadLetter(
                    frame: Array(batch.bytes[item.frame]), answer: answer.error,
                    excerpt: answer.excerpt))
        }
    }

    func describe(in snapshot: inout RouteSnapshot, isPaused: Bool) {
        snapshot.retries = retries
        snapshot.answer = answers.summary
        snapshot.lastError = lastError
        snapshot.lastErrorUnixMilliseconds = lastErrorUnixMilliseconds
        snapshot.state =
            if isPaused {
                .paused
            } else if failingBatches > 0 {
                .retrying
            } else if snapshot.accepted > 0 {
                .flowing
            } else {
                .idle
            }
    }
}
