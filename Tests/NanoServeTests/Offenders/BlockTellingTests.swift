import Foundation
import NanoCore
import Testing

@testable import NanoServe

/// What is told and shown of blocks, with a clock of the test's own.
@Suite struct BlockTellingTests {
    private let folder: TemporaryFolder
    private let state: String

    init() throws {
        folder = try TemporaryFolder()
        state = folder.path + "/state"
        try FileManager.default.createDirectory(
            atPath: state, withIntermediateDirectories: false,
            attributes: [.posixPermissions: 0o700])
    }

    private func offenders() throws -> Offenders {
        var doors = DoorRules()
        doors.offenders.action = .block
        (doors.offenders.slowAfter, doors.offenders.blockAfter) = (10, 10)
        return Offenders(
            doors, file: try WatchedFile(SharedFile(folder: state)), now: moment(0))
    }

    private func moment(_ seconds: Int) -> Moment {
        Moment(
            unixMilliseconds: 1_790_000_000_000 + Int64(seconds) * 1_000,
            monotonicNanoseconds: UInt64(seconds) * 1_000_000_000)
    }

    private func flood(_ offenders: Offenders, from last: Int, at seconds: Int) throws {
        let address = try #require(IPAddress("10.0.0.\(last)"))
        var counts = ReasonCounts()
        for _ in 0..<10 { counts.add(.macMismatch) }
        #expect(offenders.note(counts, from: address, now: moment(seconds)) == .blocked)
    }

    @Test func `blocks that cannot be written down are told of once each`() throws {
        let offenders = try offenders()
        try FileManager.default.removeItem(atPath: state)
        try flood(offenders, from: 1, at: 1)
        #expect(throws: KeystoreError.self) { try offenders.look(now: moment(1)) }
        #expect(try offenders.look(now: moment(2)).map(\.source) == ["10.0.0.1"])
        for second in 3...20 { #expect(try offenders.look(now: moment(second)).isEmpty) }
        try flood(offenders, from: 2, at: 21)
        #expect(try offenders.look(now: moment(21)).map(\.source) == ["10.0.0.2"])
        #expect(try offenders.look(now: moment(22)).isEmpty)
    }

    @Test func `ten blocks a minute are told of, and one that comes again is news`() throws {
        let offenders = try offenders()
        for last in 1...30 { try flood(offenders, from: last, at: 1) }
        #expect(try offenders.look(now: moment(1)).count == 10)
        #expect(try offenders.look(now: moment(2)).isEmpty)
        // All blocks are over, and begin anew.
        #expect(try offenders.look(now: moment(400)).isEmpty)
        try flood(offenders, from: 5, at: 401)
        #expect(try offenders.look(now: moment(401)).map(\.source) == ["10.0.0.5"])
        #expect(try self.offenders().look(now: moment(1)).isEmpty)
    }

    @Test func `a network that is blocked again shows the later end`() throws {
        let offenders = try offenders()
        for (seconds, end) in [(60, 61), (600, 601), (60, 601)] {
            _ = try offenders.block("10.0.0.0/8", seconds: seconds, now: moment(1))
            let rows = offenders.snapshot(now: moment(1)).rows
            #expect(rows.map(\.untilUnixMilliseconds) == [moment(end).unixMilliseconds])
        }
    }

    @Test func `of many blocks by operators a hundred are listed, and all hold and count`() throws {
        var content = BlockContent()
        for number in 0..<150 {
            _ = try content.block("10.0.\(number).0/24", seconds: 60 + number, now: moment(0))
        }
        try SharedFile<BlockContent>(folder: state).save(content)
        let offenders = try offenders()
        let snapshot = offenders.snapshot(now: moment(1))
        #expect(snapshot.rows.count == OffendersSnapshot.maximumRows && snapshot.blocked == 150)
        #expect(snapshot.rows.first?.source == "10.0.0.0/24")
        let last = try #require(IPAddress("10.0.149.1"))
        #expect(offenders.objection(to: last, now: 1) == .blocked)
    }
}
