import Glibc
import Synchronization

/// How many may be connected at once. Operators find a place however many observers there are.
final class AdminPlaces: Sendable {
    private struct Taken {
        var all = 0
        var observers = 0
        var ofObserver: [uid_t: Int] = [:]
    }

    static let most = 32
    static let mostObservers = 16
    /// Places of one user who may only look.
    static let mostOfObserver = 8

    private let taken = Mutex(Taken())

    /// - Returns: Whether there was one.
    func take(_ role: AdminRole, user: uid_t) -> Bool {
        taken.withLock { taken in
            guard taken.all < Self.most else { return false }
            if role == .observer {
                guard taken.observers < Self.mostObservers,
                    taken.ofObserver[user, default: 0] < Self.mostOfObserver
                else { return false }
                taken.observers += 1
                taken.ofObserver[user, default: 0] += 1
            }
            taken.all += 1
            return true
        }
    }

    func give(_ role: AdminRole, user: uid_t) {
        taken.withLock { taken in
            taken.all -= 1
            guard role == .observer else { return }
            taken.observers -= 1
            let left = taken.ofObserver[user, default: 1] - 1
            taken.ofObserver[user] = left > 0 ? left : nil
        }
    }
}
