import Dispatch
import Synchronization

/// Does what operators ask for, one after the other, on a thread of its own: it may wait there for
/// a lock, a disk or a database, and keeps no task of the gateway from its turn.
final class CommandQueue: Sendable {
    private struct State {
        var underWay = 0
        var isClosed = false
    }

    private let queue = DispatchQueue(label: "commands")
    private let state = Mutex(State())

    /// - Returns: Whether it will be done; false behind ``close(within:)``.
    func run(_ work: @escaping @Sendable () -> Void) -> Bool {
        let isTaken = state.withLock { state in
            if !state.isClosed { state.underWay += 1 }
            return !state.isClosed
        }
        guard isTaken else { return false }
        queue.async {
            work()
            self.state.withLock { $0.underWay -= 1 }
        }
        return true
    }

    /// Takes nothing more, and waits for what has been taken until it is done, the time is over,
    /// or the task is cancelled.
    ///
    /// - Returns: How many are not done yet.
    func close(within limit: Duration) async -> Int {
        state.withLock { $0.isClosed = true }
        let end = ContinuousClock.now + limit
        while underWay > 0, ContinuousClock.now < end, !Task.isCancelled {
            try? await Task.sleep(for: .milliseconds(10))
        }
        return underWay
    }

    private var underWay: Int { state.withLock { $0.underWay } }
}
