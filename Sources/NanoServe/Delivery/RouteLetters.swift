import NIOCore
import NanoCore

/// A route's dead letters that are to be sent once more, batch by batch, so that those of a device
/// keep their order. One that is not taken keeps only its own device waiting.
///
/// Only its route's event loop touches it.
final class RouteLetters {
    private let keeper: any DeadLetterKeeper
    private let journal: Journal
    private let place: Int
    private let loop: any EventLoop
    /// Letters at hand, the next one first.
    private var fetched: ArraySlice<DeadLetter> = []
    private var isFetching = false
    /// Letters that were taken, and are neither settled nor at rest.
    private var flying = 0
    /// Letters that have rested, or rest, and are not settled.
    private var resting: Set<Int64> = []
    /// Letters that came back, until all others have had their turn.
    private var returned: Set<Int64> = []
    /// Whether fewer letters keep others waiting than when letters were fetched last.
    private var hasFreed = false
    /// The last batch was one of letters, so that it is the journal's turn.
    private var hadTurn = false

    /// Letters that are fetched at once, so that memory is bounded.
    private static let fetchCount = 100

    init(keeper: any DeadLetterKeeper, journal: Journal, place: Int, loop: any EventLoop) {
        self.keeper = keeper
        self.journal = journal
        self.place = place
        self.loop = loop
    }

    /// Takes the next letters; nil when there are none at hand, some are under way for the first time,
    /// or it is the journal's turn.
    ///
    /// - Parameters:
    ///   - now: By the monotonic clock, in nanoseconds.
    ///   - wake: Called when letters have been fetched.
    func take(
        limit: Int, now: @autoclosure () -> UInt64, wake: @escaping () -> Void
    ) -> DeliveryBatch? {
        guard flying == 0 else { return nil }
        if hadTurn, journal.takeable(route: place) > 0 {
            hadTurn = false
            return nil
        }
        while let letters = claimNext(limit) {
            // All of them may have been dropped meanwhile.
            guard !letters.isEmpty else { continue }
            let taken = DeliveryBatch(letters, takenAt: now())
            guard let batch = journal.take(letters: taken, route: place) else {
                keeper.release(taken.letterNumbers, place: place)
                giveBackFetched()
                return nil
            }
            flying = batch.items.count
            hadTurn = true
            return batch
        }
        fetch(wake)
        return nil
    }

    /// The next letters at hand, but for those that are gone; nil when none are at hand.
    private func claimNext(_ limit: Int) -> [DeadLetter]? {
        guard !fetched.isEmpty else { return nil }
        let next = fetched.prefix(limit)
        fetched = fetched.dropFirst(limit)
        let claimed = keeper.claim(next.map(\.number), place: place)
        return next.filter { claimed.contains($0.number) }
    }

    private func fetch(_ wake: @escaping () -> Void) {
        guard !isFetching, hasFreed || !returned.isEmpty || keeper.hasMarked(place: place)
        else { return }
        isFetching = true
        hasFreed = false
        let bound = NIOLoopBound((self, wake), eventLoop: loop)
        keeper.fetch(Self.fetchCount, place: place, behind: resting.union(returned)) { letters in
            bound.eventLoop.execute {
                let (route, wake) = bound.value
                route.isFetching = false
                route.fetched = letters[...]
                if !letters.isEmpty || route.beginAnew() { wake() }
            }
        }
    }

    /// Lets letters that came back have their turn again.
    ///
    /// - Returns: Whether there are any.
    private func beginAnew() -> Bool {
        guard !returned.isEmpty else { return false }
        returned = []
        hasFreed = true
        return true
    }

    /// Removes letters that were delivered.
    func settle(_ batch: DeliveryBatch) {
        end(batch)
        keeper.remove(batch.letterNumbers, place: place)
    }

    /// Notes letters that were condemned again, and are stored.
    func noteBuried(_ batch: DeliveryBatch) {
        end(batch)
    }

    /// Notes letters that rest before they are tried again. Until they are settled those that follow
    /// them of their devices wait, and others go on.
    func rest(_ batch: DeliveryBatch) {
        for number in batch.letterNumbers where resting.insert(number).inserted { flying -= 1 }
        giveBackFetched()
    }

    /// Gives back letters that were not delivered, with those that follow them, so that none of a
    /// device overtakes another; they are sent when the others have had their turn.
    func giveBack(_ batch: DeliveryBatch) {
        end(batch)
        returned.formUnion(batch.letterNumbers)
        keeper.release(batch.letterNumbers, place: place)
        giveBackFetched()
    }

    private func end(_ batch: DeliveryBatch) {
        for number in batch.letterNumbers {
            if resting.remove(number) != nil { hasFreed = true } else { flying -= 1 }
        }
    }

    /// Gives back what is at hand.
    func giveBackFetched() {
        guard !fetched.isEmpty else { return }
        keeper.release(fetched.map(\.number), place: place)
        fetched = []
    }
}

extension DeliveryBatch {
    /// Letters as a batch. Times count from now: what they took before says nothing about the
    /// destination.
    init(_ letters: some Sequence<DeadLetter>, takenAt now: UInt64) {
        self.init()
        isRedriven = true
        takenAt = now
        for letter in letters {
            let start = bytes.count
            bytes += letter.frame
            items.append(
                Item(
                    frame: start..<bytes.count, model: letter.model,
                    receivedMonotonicNanoseconds: takenAt, device: 0,
                    block: UInt64(letter.number), record: 0,
                    storedUnixMilliseconds: letter.receivedUnixMilliseconds))
        }
    }

    /// The numbers of its letters in the store; only for a batch of letters.
    var letterNumbers: [Int64] { items.map { Int64($0.block) } }
}
