import Foundation
import NanoCore
import Synchronization
import Testing

@testable import NanoServe

/// Who has a dead letter, and what becomes of it, when several want it.
@Suite struct DeadLetterOfficeTests {
    private let folder: TemporaryFolder
    private let log = LogRecorder()
    private let journal: Journal

    init() throws {
        folder = try TemporaryFolder()
        journal = try .simulated(routes: 2)
    }

    /// The office of a folder with so many letters of the first destination, all marked.
    private func office(letters: Int, mark: DeadLetter.State = .redrive) throws -> DeadLetterOffice
    {
        let store = try DeadLetterStore(heldFolder: folder.path)
        try store.write { table in
            for number in 0..<letters { _ = try table.put(.sample(number, route: "route0")) }
            _ = try table.mark(DeadLetterSelection(), as: mark)
        }
        return try DeadLetterOffice(store, journal: journal, limit: 1_000, logger: log.logger)
    }

    private func fetch(_ office: DeadLetterOffice) async -> [DeadLetter] {
        await withCheckedContinuation { continuation in
            office.fetch(100, place: 0, behind: []) { continuation.resume(returning: $0) }
        }
    }

    private func bury(_ letter: DeadLetter, _ office: DeadLetterOffice) async -> DeadLetterBurial? {
        await withCheckedContinuation { continuation in
            office.bury([letter], place: 0) { continuation.resume(returning: $0) }
        }
    }

    private func states(_ office: DeadLetterOffice) throws -> [Int64: DeadLetter.State] {
        let letters = try office.store.read { try $0.letters(DeadLetterSelection(), newest: nil) }
        return Dictionary(uniqueKeysWithValues: letters.map { ($0.number, $0.state) })
    }

    /// Takes what is at hand to the destination.
    private func send(_ letters: [DeadLetter], _ office: DeadLetterOffice) throws -> DeliveryBatch {
        let claimed = office.claim(letters.map(\.number), place: 0)
        #expect(claimed.count == letters.count)
        return try #require(
            journal.take(letters: DeliveryBatch(letters, takenAt: 1), route: 0))
    }

    @Test func `another copy that is condemned ends nothing for a letter under way`() async throws {
        let office = try office(letters: 1)
        let letters = await fetch(office)
        let batch = try send(letters, office)
        let burial = try #require(await bury(.sample(0, route: "route0"), office))
        #expect(burial.known == 1)
        #expect(try states(office) == [1: .redrive], "it is still to be delivered")
        let result = try office.drop(DeadLetterSelection(route: "route0"))
        #expect(result.dropped == 0 && result.underWay == 1)
        #expect(journal.ledgers[0].inFlight == 1 && journal.ledgers[0].skipped == 0)
        journal.giveBack(route: 0, batch: batch)
        office.release(batch.letterNumbers, place: 0)
        office.look()
        #expect(try await eventually { journal.ledgers[0].skipped == 1 })
        #expect(journal.ledgers[0].accepted == 1 && journal.ledgers[0].deadLetters == 0)
    }

    @Test func `letters at hand can be dropped, and are not sent then`() async throws {
        let office = try office(letters: 3)
        let letters = await fetch(office)
        #expect(letters.count == 3)
        let batch = try send([letters[0]], office)
        let result = try office.drop(DeadLetterSelection(route: "route0"))
        #expect(result.dropped == 2 && result.underWay == 1)
        #expect(office.claim(letters.map(\.number), place: 0).isEmpty)
        #expect(journal.ledgers[0].skipped == 2 && journal.ledgers[0].inFlight == 1)
        #expect(batch.items.count == 1)
    }

    @Test(arguments: [
        "frame = CAST(substr(frame, 1, 20) || x'FF' || substr(frame, 22) AS BLOB)",
        "frame = x''",
        "frame = substr(frame, 1, 16)", "model = 300", "model = 17", "identity = 'x'",
        "digest = x''",
    ])
    func `a letter that the disk has changed is not sent, and the others are`(change: String)
        async throws
    {
        let office = try office(letters: 3)
        try office.store.write {
            try $0.database.execute(
                sql: "UPDATE letter SET \(change), attempts = -5, received_ms = -1 << 62 "
                    + "WHERE number = 2")
        }
        #expect(await fetch(office).map(\.number) == [1, 3])
        #expect(try states(office)[2] == .dead)
        let lines = log.lines(with: "damaged on the disk")
        #expect(lines.count == 1 && lines[0].contains("first=2"))
        let letter = try #require(
            office.store.read {
                try $0.letters(DeadLetterSelection(ids: [.number(2)]), newest: nil)
            }.first)
        #expect(letter.isDamaged && letter.error == "damaged on the disk, cannot be sent")
        #expect(letter.attempts == 0 && letter.receivedUnixMilliseconds == 0)
    }

    @Test func `a drop counts the letters that it means, and no others`() throws {
        let office = try office(letters: 3, mark: .dead)
        try office.store.write { table in
            _ = try table.put(.sample(1, route: "route1"))
            _ = try table.mark(DeadLetterSelection(ids: [.number(3), .number(4)]), as: .drop)
        }
        let result = try office.drop(DeadLetterSelection(route: "route0", numbers: [1]))
        #expect(result.dropped == 1 && result.underWay == 0)
        #expect(try states(office) == [2: .dead], "those that others have marked are gone too")
    }

    @Test func `more letters than are known are dropped without harm, and the log says so`() throws
    {
        let office = try office(letters: 1, mark: .dead)
        try office.store.write { table in
            for number in 5..<8 { _ = try table.put(.sample(number, route: "route0")) }
        }
        #expect(try office.drop(DeadLetterSelection(route: "route0")).dropped == 4)
        let account = journal.ledgers[0]
        #expect(account.accepted == 4 && account.skipped == 4 && account.deadLetters == 0)
        #expect(log.lines(with: "more dead letters were dropped").count == 1)
    }

    @Test func `somebody else's change holds a gateway up only for a moment`() throws {
        let office = try office(letters: 1)
        let began = ContinuousClock.now
        try DeadLetterStore(folder: folder.path).write { _ in
            _ = #expect(throws: DeadLetterStore.Fault.self) {
                try office.store.write { _ = try $0.remove([1]) }
            }
        }
        #expect(ContinuousClock.now - began < .seconds(30))
        #expect(try states(office).count == 1)
    }
}
