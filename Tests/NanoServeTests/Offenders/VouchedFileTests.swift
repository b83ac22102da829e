import Foundation
import NanoCore
import Testing

@testable import NanoServe

/// Where genuine frames came from, over restarts.
@Suite struct VouchedFileTests {
    private let folder: TemporaryFolder
    private let state: String
    private static let day = 86_400

    init() throws {
        folder = try TemporaryFolder()
        state = folder.path + "/state"
        try PrivateFile.makeFolder(state)
    }

    private func offenders(at seconds: Int, uptime: Int? = nil) throws -> Offenders {
        var doors = DoorRules()
        doors.offenders.action = .block
        (doors.offenders.slowAfter, doors.offenders.blockAfter) = (10, 10)
        return Offenders(
            doors, file: try WatchedFile(SharedFile(folder: state)),
            vouched: vouched(), now: moment(seconds, uptime: uptime))
    }

    private func vouched(_ complain: (KeystoreError) -> Void = { _ in }) -> VouchedFile {
        VouchedFile(stateFolder: state, complain: complain)
    }

    private func moment(_ seconds: Int, uptime: Int? = nil) -> Moment {
        Moment(
            unixMilliseconds: 1_790_000_000_000 + Int64(seconds) * 1_000,
            monotonicNanoseconds: UInt64(uptime ?? seconds) * 1_000_000_000)
    }

    private func address(_ last: Int) throws -> IPAddress {
        try #require(IPAddress("10.0.0.\(last)"))
    }

    /// What becomes of an address that floods.
    private func flood(
        _ offenders: Offenders, from last: Int, at now: Moment
    ) throws -> OffenderTable.Stage {
        var counts = ReasonCounts()
        for _ in 0..<10 { counts.add(.macMismatch) }
        return offenders.note(counts, from: try address(last), now: now)
    }

    @Test func `a restart does not make a shared address one to be blocked`() throws {
        let before = try offenders(at: 1)
        before.vouch(for: try address(1), now: moment(2).monotonicNanoseconds)
        before.vouch(
            for: try #require(IPAddress("2001:db8::1")), now: moment(2).monotonicNanoseconds)
        try before.save(now: moment(3), isLast: true)
        // The machine was started anew, too.
        let now = moment(100, uptime: 1)
        let after = try offenders(at: 100, uptime: 1)
        #expect(try flood(after, from: 1, at: now) == .offending)
        #expect(try flood(after, from: 2, at: now) == .blocked)
        let neighbour = try #require(IPAddress("2001:db8::7"))
        var counts = ReasonCounts()
        for _ in 0..<10 { counts.add(.macMismatch) }
        #expect(after.note(counts, from: neighbour, now: now) == .offending)
    }

    @Test(arguments: [(day - 10, true), (2 * day - 10, true), (2 * day + 10, false)])
    func `it counts for a day at least, and no more than two`(later: Int, counts: Bool) throws {
        let before = try offenders(at: 0)
        before.vouch(for: try address(1), now: moment(0).monotonicNanoseconds)
        try before.save(now: moment(1), isLast: true)
        let after = try offenders(at: later)
        #expect(try flood(after, from: 1, at: moment(later)) == (counts ? .offending : .blocked))
    }

    @Test func `a day goes on where it was`() throws {
        let before = try offenders(at: 0)
        before.vouch(for: try address(1), now: 0)
        try before.save(now: moment(1), isLast: true)
        let after = try offenders(at: Self.day - 10)
        // The first day ends, and then the second, in which it was not heard.
        for seconds in [Self.day + 10, 2 * Self.day + 20] {
            after.vouch(for: try address(9), now: moment(seconds).monotonicNanoseconds)
        }
        #expect(try flood(after, from: 1, at: moment(2 * Self.day + 30)) == .blocked)
    }

    @Test func `what is new is written every half minute`() throws {
        let running = try offenders(at: 0)
        let file = SharedFile<VouchedContent>(folder: state)
        running.vouch(for: try address(1), now: 1)
        try running.save(now: moment(29))
        #expect(try file.load() == nil)
        try running.save(now: moment(30))
        #expect(try file.load()?.sources == ["10.0.0.1"])
        let stamp = file.stamp
        running.vouch(for: try address(1), now: 2)
        try running.save(now: moment(90))
        try running.save(now: moment(91), isLast: true)
        #expect(file.stamp == stamp)
    }

    @Test func `the more there are, the less often they are written`() throws {
        var state = Offenders.State(table: OffenderTable(OffenderRules(), now: 0))
        #expect(state.savingNanoseconds == 30_000_000_000)
        for number in 0..<65_536 {
            let address = try #require(IPAddress("10.1.\(number >> 8).\(number & 255)"))
            state.table.vouch(for: IPNetwork(sourceOf: address), now: 0)
            if number == 8_190 { #expect(state.savingNanoseconds == 30_000_000_000) }
            if number == 8_191 { #expect(state.savingNanoseconds == 60_000_000_000) }
        }
        #expect(state.savingNanoseconds == 480_000_000_000)
    }

    @Test func `a file that cannot be gone by is named, and one that cannot be written once`()
        throws
    {
        let path = state + "/vouched.json"
        for (text, words) in [
            (#"{"version":1,"since_unix_ms":0,"sources":["x"],"formerly":[]}"#, "sources[0]"),
            (
                #"{"version":1,"since_unix_ms":-9223372036854775808,"sources":[],"formerly":[]}"#,
                "since_unix_ms is -9223372036854775808"
            ),
            (#"{"version":1,"#, "not JSON"),
            (#"{"version":2,"since_unix_ms":0,"sources":[],"formerly":[]}"#, "version is 2"),
        ] {
            try PrivateFile.write(Array(text.utf8), to: path)
            var faults: [String] = []
            let found = vouched { faults.append($0.description) }
            #expect(found.content == nil)
            #expect(faults.count == 1 && faults[0].contains("vouched.json: " + words), "\(faults)")
            // The next one takes its place.
            let running = try offenders(at: 0)
            running.vouch(for: try address(1), now: 1)
            try running.save(now: moment(1), isLast: true)
            #expect(vouched().content?.sources == ["10.0.0.1"])
        }
        let text = try String(contentsOfFile: path, encoding: .utf8)
        #expect(text.split(separator: "\n").count == 1)
        try FileManager.default.removeItem(atPath: path)
        let running = try offenders(at: 0)
        try FileManager.default.removeItem(atPath: state)
        try Data().write(to: URL(filePath: state))
        running.vouch(for: try address(1), now: 1)
        #expect(throws: KeystoreError.self) { try running.save(now: moment(40)) }
        try running.save(now: moment(80))
    }
}
