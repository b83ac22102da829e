import NIOEmbedded
import Synchronization
import Testing

@testable import NanoServe

/// The order in which a route sends dead letters once more.
@Suite struct RouteLettersTests {
    /// Hands out at once what it has.
    private final class Shelf: DeadLetterKeeper {
        let letters: Mutex<[DeadLetter]>
        let held = Mutex<Set<Int64>>([])

        init(_ letters: [DeadLetter]) { self.letters = Mutex(letters) }

        func bury(
            _ letters: [DeadLetter], place: Int,
            done: @escaping @Sendable (DeadLetterBurial?) -> Void
        ) { done(DeadLetterBurial()) }
        func remove(_ numbers: [Int64], place: Int) {
            letters.withLock { $0.removeAll { numbers.contains($0.number) } }
        }
        func release(_ numbers: [Int64], place: Int) { held.withLock { $0.subtract(numbers) } }
        func hasMarked(place: Int) -> Bool { true }
        func fetch(
            _ count: Int, place: Int, _ completion: @escaping @Sendable ([DeadLetter]) -> Void
        ) {
            let held = held.withLock(\.self)
            let free = letters.withLock { $0.filter { !held.contains($0.number) } }
            self.held.withLock { $0.formUnion(free.map(\.number)) }
            completion(free)
        }
        func claim(_ numbers: [Int64], place: Int) -> Set<Int64> { Set(numbers) }
    }

    @Test func `a letter that comes back undelivered goes before those that follow it`() throws {
        let journal = try Journal.simulated()
        journal.admit(deadLetters: 3, route: 0)
        let shelf = Shelf(
            (1...3).map { number in
                var letter = DeadLetter.sample(number)
                letter.number = Int64(number)
                return letter
            })
        let loop = EmbeddedEventLoop()
        let letters = RouteLetters(keeper: shelf, journal: journal, place: 0, loop: loop)
        func take() -> DeliveryBatch? {
            if let batch = letters.take(limit: 1, now: 1, wake: {}) { return batch }
            loop.run()
            return letters.take(limit: 1, now: 1, wake: {})
        }
        let first = try #require(take())
        #expect(first.letterNumbers == [1])
        #expect(take() == nil, "one request at a time")
        journal.giveBack(route: 0, batch: first)
        letters.giveBack(first)
        for number in 1...3 {
            let batch = try #require(take())
            #expect(batch.letterNumbers == [Int64(number)])
            journal.resolve(route: 0, batch: batch, as: .delivered)
            letters.settle(batch)
        }
        #expect(journal.ledgers[0].delivered == 3 && journal.ledgers[0].deadLetters == 0)
    }
}
