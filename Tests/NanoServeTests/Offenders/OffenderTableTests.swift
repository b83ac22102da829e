import NanoCore
import Testing

@testable import NanoServe

/// Who offends and who is blocked, with a clock of the test's own.
@Suite struct OffenderTableTests {
    private static let rules: OffenderRules = {
        var rules = OffenderRules()
        rules.action = .block
        (rules.slowAfter, rules.blockAfter, rules.flapAfter) = (100, 500, 20)
        (rules.blockSeconds, rules.maximumBlockSeconds) = (300, 1_000)
        return rules
    }()

    private func moment(_ seconds: Double) -> Moment {
        Moment(
            unixMilliseconds: 1_790_000_000_000 + Int64(seconds * 1_000),
            monotonicNanoseconds: UInt64(seconds * 1e9))
    }

    private func source(_ text: String = "10.0.0.9") throws -> IPNetwork {
        IPNetwork(sourceOf: try #require(IPAddress(text)))
    }

    private func refusals(
        _ count: Int, _ reason: RefusalReason = .macMismatch
    ) -> ReasonCounts {
        var counts = ReasonCounts()
        for _ in 0..<count { counts.add(reason) }
        return counts
    }

    @Test func `a source offends from the limit on, and no more when half of it is over`() throws {
        let source = try source()
        var table = OffenderTable(Self.rules, now: 0)
        #expect(table.note(refusals(99), of: source, mayBlock: true, now: moment(60)) == .free)
        #expect(table.note(refusals(1), of: source, mayBlock: true, now: moment(60)) == .offending)
        table.look(now: moment(140))
        #expect(table.stage(source, now: moment(140).monotonicNanoseconds) == .offending)
        table.look(now: moment(160))
        #expect(table.stage(source, now: moment(160).monotonicNanoseconds) == .free)
    }

    @Test func `a flood is blocked for a time, and for twice as long when it comes again`() throws {
        let source = try source()
        var table = OffenderTable(Self.rules, now: 0)
        var now = 10.0
        for expected in [300.0, 600, 1_000, 1_000] {
            #expect(
                table.note(refusals(500), of: source, mayBlock: true, now: moment(now)) == .blocked)
            let end = moment(now + expected).monotonicNanoseconds
            #expect(table.stage(source, now: end - 1) == .blocked)
            table.look(now: moment(now + expected))
            #expect(table.stage(source, now: end) == .free)
            now += expected + 120
        }
        #expect(table.blocks == 4)
        // A day later it is forgotten.
        table.look(now: moment(now + 86_401))
        _ = table.note(refusals(500), of: source, mayBlock: true, now: moment(now + 90_000))
        let block = try #require(table.block(of: source))
        #expect(block.until - block.startedAt == 300_000_000_000)
    }

    @Test func `a source with honest devices behind it is never blocked`() throws {
        let source = try source()
        var table = OffenderTable(Self.rules, now: 0)
        table.vouch(for: source, now: moment(1).monotonicNanoseconds)
        #expect(
            table.note(refusals(5_000), of: source, mayBlock: true, now: moment(80_000))
                == .offending)
        for _ in 0..<50 { table.noteFruitless(source, mayBlock: true, now: moment(80_000)) }
        #expect(table.stage(source, now: moment(80_000).monotonicNanoseconds) == .offending)
        #expect(table.blocks == 0)
    }

    @Test func `what is allowed by name is never blocked, nor is anybody while it only watches`()
        throws
    {
        let source = try source()
        var table = OffenderTable(Self.rules, now: 0)
        #expect(
            table.note(refusals(500), of: source, mayBlock: false, now: moment(1)) == .offending)
        for action in [OffenderRules.Action.watch, .slow] {
            var rules = Self.rules
            rules.action = action
            var table = OffenderTable(rules, now: 0)
            #expect(
                table.note(refusals(500), of: source, mayBlock: true, now: moment(1)) == .offending)
        }
    }

    @Test func `one connection a second is let in on trial, and a genuine frame ends the block`()
        throws
    {
        let source = try source()
        var table = OffenderTable(Self.rules, now: 0)
        _ = table.note(refusals(500), of: source, mayBlock: true, now: moment(10))
        func admits(_ seconds: Double) -> TurnedAwayReason? {
            table.admits(source, now: moment(seconds).monotonicNanoseconds)
        }
        #expect(admits(10.1) == .blocked && admits(10.9) == .blocked)
        #expect(admits(11) == nil)
        #expect(admits(11.1) == .blocked)
        table.vouch(for: source, now: moment(11.2).monotonicNanoseconds)
        for _ in 0..<20 { #expect(admits(11.3) == nil) }
        #expect(
            table.note(refusals(500), of: source, mayBlock: true, now: moment(12)) == .offending)
    }

    @Test func `beside an offender honest devices come in, but not without bound`() throws {
        let source = try source()
        var table = OffenderTable(Self.rules, now: 0)
        table.vouch(for: source, now: 1)
        for _ in 0..<1_000 { #expect(table.admits(source, now: 2) == nil) }
        _ = table.note(refusals(500), of: source, mayBlock: true, now: moment(1))
        let answers = (0..<500).map { _ in
            table.admits(source, now: moment(1).monotonicNanoseconds)
        }
        let letIn = answers.filter { $0 == nil }
        #expect(letIn.count == 200)
        #expect(answers.last == .slowed)
        #expect(table.admits(source, now: moment(1.1).monotonicNanoseconds) == nil)
    }

    @Test func `connections that bring nothing are an offence of their own`() throws {
        let source = try source()
        var table = OffenderTable(Self.rules, now: 0)
        for _ in 0..<19 { table.noteFruitless(source, mayBlock: true, now: moment(30)) }
        #expect(table.stage(source, now: moment(30).monotonicNanoseconds) == .free)
        table.noteFruitless(source, mayBlock: true, now: moment(30))
        #expect(table.stage(source, now: moment(30).monotonicNanoseconds) == .blocked)
        let row = try #require(table.rows(now: moment(30).monotonicNanoseconds).first)
        #expect(row.isFlapping && !row.isFlooding && row.connectionsPerMinute == 20)
        #expect(row.evidence == "20 connections a minute for nothing")
    }

    @Test func `the worst come first, with the commonest reasons`() throws {
        var table = OffenderTable(Self.rules, now: 0)
        var mixed = refusals(150)
        mixed.add(refusals(60, .replay))
        _ = table.note(mixed, of: try source("10.0.0.1"), mayBlock: true, now: moment(30))
        _ = table.note(refusals(600), of: try source("10.0.0.2"), mayBlock: true, now: moment(30))
        let rows = table.rows(now: moment(30).monotonicNanoseconds)
        #expect(rows.map(\.source) == ["10.0.0.2", "10.0.0.1"])
        #expect(rows.map(\.state) == [.blocked, .slowed])
        #expect(rows[1].evidence == "210 frames refused a minute, mac_mismatch 150, replay 60")
    }

    @Test func `addresses of one IPv6 network are one source, and those of IPv4 each their own`()
        throws
    {
        #expect(try source("2001:db8::1") == source("2001:db8::ffff:1"))
        #expect(try source("2001:db8::1") != source("2001:db8:0:1::1"))
        #expect(try source("10.0.0.1") != source("10.0.0.2"))
        #expect(try source("::ffff:10.0.0.1") == source("10.0.0.1"))
        #expect(try source("2001:db8::1").description == "2001:db8::/64")
        #expect(try source("10.0.0.1").description == "10.0.0.1")
    }

    @Test func `beyond the capacity the least is forgotten, and no block`() throws {
        var table = OffenderTable(Self.rules, now: 0)
        _ = table.note(refusals(500), of: try source(), mayBlock: true, now: moment(1))
        for number in 0..<OffenderTable.capacity + 100 {
            let address = IPAddress(ipv4: 0x0B00_0000 + UInt32(number))
            _ = table.note(
                refusals(1), of: IPNetwork(sourceOf: address), mayBlock: true, now: moment(2))
        }
        #expect(table.stage(try source(), now: moment(3).monotonicNanoseconds) == .blocked)
    }

    @Test
    func `a block that is restored lasts no longer than it was to, wherever the clock stands`()
        throws
    {
        let source = try source()
        let now = moment(50)
        func left(since: Int64, until: Int64, at now: Moment) -> UInt64? {
            var table = OffenderTable(Self.rules, now: now.monotonicNanoseconds)
            table.restore(source, sinceUnix: since, untilUnix: until, now: now)
            return table.block(of: source).map { ($0.until - $0.startedAt) / 1_000_000 }
        }
        let unix = now.unixMilliseconds
        #expect(left(since: unix - 100_000, until: unix + 200_000, at: now) == 200_000)
        let booted = Moment(unixMilliseconds: 0, monotonicNanoseconds: 1)
        #expect(left(since: unix - 100_000, until: unix + 200_000, at: booted) == 300_000)
        #expect(left(since: unix, until: 253_402_300_799_999, at: now) == 1_000_000)
        #expect(left(since: unix + 10, until: unix + 5, at: now) == nil)
        #expect(left(since: unix - 10, until: unix, at: now) == nil)
    }

    @Test func `a block is over once the clock says so`() throws {
        let source = try source()
        let booted = Moment(unixMilliseconds: 0, monotonicNanoseconds: 0)
        var table = OffenderTable(Self.rules, now: 0)
        let unix = moment(0).unixMilliseconds
        table.restore(source, sinceUnix: unix, untilUnix: unix + 300_000, now: booted)
        let isSet = Moment(unixMilliseconds: unix + 299_999, monotonicNanoseconds: 1)
        table.look(now: isSet)
        #expect(table.stage(source, now: 1) == .blocked)
        table.look(now: Moment(unixMilliseconds: unix + 300_000, monotonicNanoseconds: 2))
        #expect(table.stage(source, now: 2) == .free)
    }

    @Test func `event loops whose times come out of order forget nothing`() throws {
        let (source, other) = (try source(), try source("10.0.0.1"))
        var table = OffenderTable(Self.rules, now: moment(100).monotonicNanoseconds)
        _ = table.note(refusals(100), of: source, mayBlock: true, now: moment(100))
        table.look(now: moment(99.9))
        #expect(table.stage(source, now: moment(100).monotonicNanoseconds) == .offending)
        table.vouch(for: other, now: moment(99.9).monotonicNanoseconds)
        table.vouch(for: source, now: moment(99.8).monotonicNanoseconds)
        table.vouch(for: source, now: moment(99.7).monotonicNanoseconds)
        #expect(table.isHonest(other) && table.isHonest(source))
    }

    @Test func `a minute's count slides`() {
        var count = MinuteCount()
        count.add(60, now: 0)
        #expect(count.value(now: 59_000_000_000) == 60)
        #expect(count.value(now: 90_000_000_000) == 30)
        count.add(10, now: 90_000_000_000)
        #expect(count.value(now: 90_000_000_000) == 40)
        #expect(count.value(now: 150_000_000_000) == 5)
        #expect(count.value(now: 600_000_000_000) == 0)
    }

    @Test func `there is room for every reason`() {
        var counts = ReasonCounts()
        for reason in RefusalReason.allCases { counts.add(reason) }
        #expect(counts.total == UInt64(RefusalReason.allCases.count))
        #expect(counts.byCount.map(\.reason) == RefusalReason.allCases)
    }
}
