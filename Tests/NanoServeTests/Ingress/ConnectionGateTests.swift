import NanoCore
import Synchronization
import Testing

@testable import NanoServe

/// Who is let in, with a clock of the test's own.
@Suite struct ConnectionGateTests {
    private static let second: UInt64 = 1_000_000_000
    private static let hash = SipHash(key: (1, 2))

    private func visitor(
        _ address: String?, _ standing: Visitor.Standing = .device
    ) -> Visitor {
        Visitor(
            address.flatMap { IPAddress($0) }, port: 1, standing: standing, hash: Self.hash)
    }

    private func gate(
        limit: Int = 1_000, perAddress: Int? = nil, _ adjust: (inout DoorRules) throws -> Void
    ) rethrows -> ConnectionGate {
        var rules = DoorRules()
        try adjust(&rules)
        let now = Moment(unixMilliseconds: 0, monotonicNanoseconds: 0)
        return ConnectionGate(
            limit: limit, limitPerAddress: perAddress, rules: rules,
            offenders: Offenders(rules, now: now), now: 0)
    }

    private func list(_ texts: String...) throws -> NetworkList {
        NetworkList(try texts.map { try IPNetwork($0) })
    }

    @Test func `who is denied stays outside though the list of the allowed has it`() throws {
        let gate = try gate {
            $0.allow = try list("10.0.0.0/8", "2001:db8::/32")
            $0.deny = try list("10.1.0.0/16")
        }
        #expect(gate.enter(visitor("10.2.0.1"), now: 0))
        #expect(gate.enter(visitor("2001:db8::1"), now: 0))
        #expect(!gate.enter(visitor("10.1.0.1"), now: 0))
        #expect(!gate.enter(visitor("::ffff:10.1.0.1"), now: 0))
        #expect(!gate.enter(visitor("11.0.0.1"), now: 0))
        let counts = gate.counts
        #expect(counts.turnedAway[.denied] == 2 && counts.turnedAway[.notAllowed] == 1)
        #expect(counts.open == 2 && counts.total == 2)
    }

    @Test func `whose address is not known is let in only where everybody is`() throws {
        let networks = try list("10.1.0.0/16")
        let rules: [WritableKeyPath<DoorRules, NetworkList>] = [\.deny, \.proxies]
        let gates =
            rules.map { rule in gate { $0[keyPath: rule] = networks } }
            + [gate { $0.allow = networks }]
        for gate in gates {
            #expect(!gate.enter(visitor(nil), now: 0))
            #expect(gate.counts.turnedAway[.gone] == 1 && gate.counts.turnedAway.total == 1)
        }
        #expect(gate { _ in }.enter(visitor(nil), now: 0))
    }

    @Test func `an address that connects too often leaves the others their share`() {
        let gate = gate {
            $0.rate = Rate(framesPerSecond: 1, burstFrames: 3)
            $0.ratePerAddress = Rate(framesPerSecond: 1, burstFrames: 1)
        }
        #expect(gate.enter(visitor("10.0.0.1"), now: 0))
        for _ in 0..<50 { #expect(!gate.enter(visitor("10.0.0.1"), now: 0)) }
        #expect(gate.enter(visitor("10.0.0.2"), now: 0))
        #expect(gate.enter(visitor("10.0.0.3"), now: 0))
        #expect(!gate.enter(visitor("10.0.0.4"), now: 0))
        #expect(gate.counts.turnedAway[.sourceRate] == 50 && gate.counts.turnedAway[.rate] == 1)
        #expect(!gate.enter(visitor("10.0.0.5"), now: Self.second * 9 / 10))
        #expect(gate.enter(visitor("10.0.0.1"), now: Self.second * 11 / 10))
    }

    @Test func `addresses of one IPv6 network share what one source may have`() {
        let gate = gate(perAddress: 2) {
            $0.ratePerAddress = Rate(framesPerSecond: 1, burstFrames: 3)
        }
        #expect(gate.enter(visitor("2001:db8::1"), now: 0))
        let second = visitor("2001:db8::2")
        #expect(gate.enter(second, now: 0))
        #expect(!gate.enter(visitor("2001:db8::3"), now: 0))
        #expect(gate.counts.turnedAway[.sourceFull] == 1)
        gate.leave(second, byGateway: false)
        #expect(gate.enter(visitor("2001:db8::3"), now: 0))
        gate.leave(second, byGateway: false)
        #expect(!gate.enter(visitor("2001:db8::4"), now: 0))
        #expect(gate.counts.turnedAway[.sourceRate] == 1)
        #expect(gate.enter(visitor("2001:db8:0:1::1"), now: 0))
        for last in 1...3 { #expect(gate.enter(visitor("10.0.0.\(last)"), now: 0)) }
    }

    @Test func `who is denied or finds no place costs the others no token`() throws {
        let gate = try gate(limit: 2) {
            $0.deny = try list("10.0.0.9")
            $0.rate = Rate(framesPerSecond: 0.001, burstFrames: 3)
        }
        for _ in 0..<50 { #expect(!gate.enter(visitor("10.0.0.9"), now: 0)) }
        let first = visitor("10.0.0.1")
        #expect(gate.enter(first, now: 0) && gate.enter(visitor("10.0.0.2"), now: 0))
        for _ in 0..<50 { #expect(!gate.enter(visitor("10.0.0.3"), now: 0)) }
        gate.leave(first, byGateway: false)
        #expect(gate.enter(visitor("10.0.0.3"), now: 0))
        #expect(gate.counts.turnedAway[.full] == 50 && gate.counts.turnedAway[.denied] == 50)
    }

    @Test func `many strangers do not grow the memory, nor wash out who is held back`() {
        let gate = gate { $0.ratePerAddress = Rate(framesPerSecond: 0.001, burstFrames: 2) }
        let greedy = visitor("192.0.2.1")
        while gate.enter(greedy, now: 0) {}
        for number in 0..<100_000 {
            _ = gate.enter(
                Visitor(
                    IPAddress(ipv4: UInt32(number)), port: 1, standing: .device, hash: Self.hash),
                now: 0)
        }
        #expect(!gate.enter(greedy, now: 0))
    }

    @Test func `behind a proxy each device has its share, and the proxy none`() {
        let gate = gate(perAddress: 1) {
            $0.ratePerAddress = Rate(framesPerSecond: 0.001, burstFrames: 1)
        }
        for _ in 0..<5 { #expect(gate.enterProxy()) }
        #expect(gate.admit(visitor("10.0.0.1"), now: 0))
        #expect(!gate.admit(visitor("10.0.0.1"), now: 0))
        #expect(gate.admit(visitor("10.0.0.2"), now: 0))
        for _ in 0..<5 { #expect(gate.admit(visitor("127.0.0.1", .unnamed), now: 0)) }
        for _ in 0..<5 { #expect(gate.admit(visitor("127.0.0.1", .proxy), now: 0)) }
        #expect(gate.counts.turnedAway[.sourceFull] == 1 && gate.counts.open == 5)
    }

    @Test func `who comes through a proxy has a place made for it, or none, by its own address`() {
        let gate = gate(limit: 1) { _ in }
        let left = Mutex(0)
        #expect(gate.enter(visitor("10.0.0.1"), now: 0))
        _ = gate.expectProof(of: visitor("10.0.0.1"), now: 0) { left.withLock { $0 += 1 } }
        for _ in 0..<64 { #expect(gate.enterProxy()) }
        #expect(!gate.enterProxy())
        for _ in 0..<63 { gate.leave(nil, byGateway: false) }
        #expect(!gate.admit(visitor("10.0.0.2"), now: 9 * Self.second))
        #expect(!gate.admit(visitor("127.0.0.1", .proxy), now: 0))
        #expect(gate.counts.turnedAway[.full] == 3 && left.withLock(\.self) == 0)
        #expect(gate.admit(visitor("10.0.0.2"), now: 10 * Self.second))
        #expect(left.withLock(\.self) == 1 && gate.counts.open == 2)
    }

    @Test func `a proxy's own connections pass the lists, those of nobody do not`() throws {
        let gate = try gate {
            $0.allow = try list("10.0.0.0/8")
            $0.rate = Rate(framesPerSecond: 0.001, burstFrames: 1)
        }
        #expect(gate.admit(visitor("127.0.0.1", .proxy), now: 0))
        #expect(!gate.admit(visitor("127.0.0.1", .unnamed), now: 0))
        #expect(gate.admit(visitor("10.0.0.1", .unnamed), now: 0))
        #expect(!gate.admit(visitor("10.0.0.2", .device), now: 0))
        #expect(gate.admit(visitor("127.0.0.1", .proxy), now: 0))
        #expect(gate.counts.turnedAway[.notAllowed] == 1 && gate.counts.turnedAway[.rate] == 1)
    }
}
