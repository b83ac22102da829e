import Logging
import Synchronization

/// How many connections a server has at once, so that they cannot take the files that devices and
/// deliveries need.
final class ConnectionPlaces: Sendable {
    private struct State {
        var taken = 0
        /// Whether the operator knows that there is no place.
        var isTold = false
    }

    private let most: Int
    private let name: String
    private let logger: Logger
    private let state = Mutex(State())

    /// - Parameters:
    ///   - most: Connections at once.
    ///   - name: What the server is called in the log.
    init(most: Int, name: String, logger: Logger) {
        self.most = most
        self.name = name
        self.logger = logger
    }

    /// Takes a place. The first time that there is none, or another gives way for it, the log says so, and
    /// again once half of them have been free meanwhile.
    ///
    /// - Parameter makeRoom: Has another connection leave, whose place is free in a moment; false where none
    ///   can.
    /// - Returns: Whether there was one.
    func take(orInPlaceOf makeRoom: () -> Bool = { false }) -> Bool {
        let (isTaken, isNews) = state.withLock { state in
            let isFree = state.taken < most
            let isTaken = isFree || makeRoom()
            if isTaken { state.taken += 1 }
            defer { state.isTold = state.isTold || !isFree }
            return (isTaken, !isFree && !state.isTold)
        }
        if isNews {
            let words =
                isTaken ? "those that ask for nothing give way" : "more are closed unanswered"
            logger.warning("\(name): \(most) connections are the most at once; \(words)")
        }
        return isTaken
    }

    func give() {
        state.withLock { state in
            state.taken -= 1
            if state.taken <= most / 2 { state.isTold = false }
        }
    }
}
