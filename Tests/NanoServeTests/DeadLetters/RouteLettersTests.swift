import NIOEmbedded
import Synchronization
import Testing

@testable import NanoServe

/// The order in which a route sends dead letters once more.
@Suite struct RouteLettersTests {
    /// Hands out at once what it has, and then has nothing more until something comes back.
    private final class Shelf: DeadLetterKeeper {
        let letters: Mutex<[DeadLetter]>
        let held = Mutex<Set<Int64>>([])
        let hasMore = Atomic(true)

        init(_ letters: [DeadLetter]) { self.letters = Mutex(letters) }

        func bury(
            _ letters: [DeadLetter], place: Int,
            done: @escaping @Sendable (DeadLetterBurial?) -> Void
        ) { done(DeadLetterBurial()) }
        func remove(_ numbers: [Int64], place: Int) {
            letters.withLock { $0.removeAll { numbers.contains($0.number) } }
        }
        func release(_ numbers: [Int64], place: Int) {
            held.withLock { $0.subtract(numbers) }
            hasMore.store(true, ordering: .relaxed)
        }
        func hasMarked(place: Int) -> Bool { hasMore.load(ordering: .relaxed) }
        func fetch(
            _ count: Int, place: Int, behind waiting: Set<Int64>,
            _ completion: @escaping @Sendable ([DeadLetter]) -> Void
        ) {
            hasMore.store(false, ordering: .relaxed)
            let held = held.withLock(\.self)
            let free = letters.withLock { letters in
                let devices = letters.filter { waiting.contains($0.number) }.map(\.device)
                return letters.filter {
                    !held.contains($0.number) && !devices.contains($0.device)
                }
            }
            self.held.withLock { $0.formUnion(free.map(\.number)) }
            completion(free)
        }
        func claim(_ numbers: [Int64], place: Int) -> Set<Int64> { Set(numbers) }
    }

    private let journal: Journal
    private let loop = EmbeddedEventLoop()
    private let letters: RouteLetters

    init() throws {
        journal = try Journal.simulated()
        journal.admit(deadLetters: 4, route: 0)
        let devices = ["A", "B", "A", "B"]
        let shelf = Shelf(
            devices.enumerated().map { place, device in
                var letter = DeadLetter.sample(place)
                letter.number = Int64(place + 1)
                letter.device = device
                return letter
            })
        letters = RouteLetters(keeper: shelf, journal: journal, place: 0, loop: loop)
    }

    /// The next letter, once what has to be fetched for it has been.
    private func take() -> DeliveryBatch? {
        for _ in 0..<3 {
            if let batch = letters.take(limit: 1, now: 1, wake: {}) { return batch }
            loop.run()
        }
        return nil
    }

    private func deliver(_ batch: DeliveryBatch) {
        journal.resolve(route: 0, batch: batch, as: .delivered)
        letters.settle(batch)
    }

    @Test func `one request is sent at a time`() throws {
        let first = try #require(take())
        #expect(first.letterNumbers == [1])
        #expect(take() == nil)
        deliver(first)
        #expect(take()?.letterNumbers == [2])
    }

    @Test func `a letter that rests keeps those of its own device waiting, and no others`() throws {
        let first = try #require(take())
        letters.rest(first)
        for number: Int64 in [2, 4] {
            let batch = try #require(take())
            #expect(batch.letterNumbers == [number])
            deliver(batch)
        }
        #expect(take() == nil, "3 is of the device of 1")
        deliver(first)
        let last = try #require(take())
        #expect(last.letterNumbers == [3])
        deliver(last)
        #expect(journal.ledgers[0].delivered == 4 && journal.ledgers[0].deadLetters == 0)
    }

    @Test func `a letter that comes back goes behind other devices', and before its own device's`()
        throws
    {
        let first = try #require(take())
        journal.giveBack(route: 0, batch: first)
        letters.giveBack(first)
        for number: Int64 in [2, 4, 1, 3] {
            let batch = try #require(take())
            #expect(batch.letterNumbers == [number])
            deliver(batch)
        }
        #expect(journal.ledgers[0].delivered == 4 && journal.ledgers[0].deadLetters == 0)
    }
}
