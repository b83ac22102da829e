import NanoCore
import Testing

@Suite struct RateLimitsTests {
    static let rate = Rate(framesPerSecond: 1, burstFrames: 2)

    static func at(_ seconds: Double) -> Moment {
        Moment(unixMilliseconds: 0, monotonicNanoseconds: UInt64((1_000 + seconds) * 1e9))
    }

    static func source(_ connection: UInt64, _ address: UInt64 = 9) -> PacketSource {
        PacketSource(connection: connection, address: address)
    }

    static func limits(
        connection: Rate? = nil, source: Rate? = nil, device: Rate? = nil, remembered: Int = 64
    ) -> RateLimits {
        var configuration = RateLimits.Configuration()
        configuration.connection = connection
        configuration.source = source
        configuration.device = device
        configuration.rememberedSenders = remembered
        return RateLimits(configuration)
    }

    /// The detail of the refusal, nil when admitted.
    static func refusal(
        _ limits: inout RateLimits, _ source: PacketSource, _ now: Moment
    ) -> RefusalDetail? {
        do {
            try limits.admits(source: source, now: now)
            return nil
        } catch {
            return error.detail
        }
    }

    @Test func `nothing is limited unless configured`() throws {
        var limits = RateLimits(RateLimits.Configuration())
        for _ in 0..<10_000 {
            try limits.admits(source: Self.source(1), now: Self.at(0))
            limits.charge(source: Self.source(1), now: Self.at(0))
            try limits.admit(device: 7, now: Self.at(0))
        }
    }

    @Test func `only refused frames are charged to a connection`() throws {
        var limits = Self.limits(connection: Self.rate)
        for _ in 0..<100 { try limits.admits(source: Self.source(1), now: Self.at(0)) }
        limits.charge(source: Self.source(1), now: Self.at(0))
        #expect(Self.refusal(&limits, Self.source(1), Self.at(0)) == nil)
        limits.charge(source: Self.source(1), now: Self.at(0))
        #expect(Self.refusal(&limits, Self.source(1), Self.at(0)) == .connectionLimit)
        #expect(Self.refusal(&limits, Self.source(2), Self.at(0)) == nil)
        #expect(Self.refusal(&limits, Self.source(1), Self.at(0.9)) == .connectionLimit)
        #expect(Self.refusal(&limits, Self.source(1), Self.at(1.1)) == nil)
    }

    @Test func `an address is limited over all its connections`() {
        var limits = Self.limits(source: Self.rate)
        limits.charge(source: Self.source(1, 5), now: Self.at(0))
        limits.charge(source: Self.source(2, 5), now: Self.at(0))
        hear(&limits, Self.source(3, 5))
        #expect(Self.refusal(&limits, Self.source(3, 5), Self.at(0)) == .sourceLimit)
        #expect(Self.refusal(&limits, Self.source(3, 6), Self.at(0)) == nil)
    }

    /// Takes the frames that are judged of a connection although its address is over the limit.
    private func hear(_ limits: inout RateLimits, _ source: PacketSource) {
        for _ in 0..<3 { #expect(Self.refusal(&limits, source, Self.at(0)) == nil) }
    }

    @Test func `behind an address over its limit each connection has a few frames judged`() {
        var limits = Self.limits(source: Rate(framesPerSecond: 0.001, burstFrames: 1))
        limits.charge(source: Self.source(1, 5), now: Self.at(0))
        for connection: UInt64 in 2...5 {
            hear(&limits, Self.source(connection, 5))
            #expect(
                Self.refusal(&limits, Self.source(connection, 5), Self.at(0)) == .sourceLimit)
        }
        #expect(Self.refusal(&limits, Self.source(2, 5), Self.at(19)) == .sourceLimit)
        #expect(Self.refusal(&limits, Self.source(2, 5), Self.at(20.1)) == nil)
        #expect(Self.refusal(&limits, Self.source(2, 5), Self.at(20.2)) == .sourceLimit)
    }

    @Test func `an address and a device are limited over all event loops`() throws {
        var one = Self.limits(source: Self.rate, device: Self.rate)
        var other = one
        one.charge(source: Self.source(1, 5), now: Self.at(0))
        other.charge(source: Self.source(2, 5), now: Self.at(0))
        hear(&one, Self.source(1, 5))
        hear(&other, Self.source(2, 5))
        #expect(Self.refusal(&one, Self.source(1, 5), Self.at(0)) == .sourceLimit)
        #expect(Self.refusal(&other, Self.source(2, 5), Self.at(0)) == .sourceLimit)
        try one.admit(device: 1, now: Self.at(0))
        try other.admit(device: 1, now: Self.at(0))
        #expect(throws: Refusal.self) { try one.admit(device: 1, now: Self.at(0)) }
    }

    @Test func `a connection with verified frames is exempt for a minute`() {
        var limits = Self.limits(connection: Self.rate, source: Self.rate)
        for _ in 0..<5 { limits.charge(source: Self.source(1), now: Self.at(0)) }
        limits.verified(source: Self.source(2), now: Self.at(0))
        for _ in 0..<5 { limits.charge(source: Self.source(2), now: Self.at(59.9)) }
        for _ in 0..<500 { limits.charge(source: Self.source(1), now: Self.at(59.9)) }
        #expect(Self.refusal(&limits, Self.source(2), Self.at(60)) == nil)
        #expect(Self.refusal(&limits, Self.source(2), Self.at(60.1)) == .connectionLimit)
        #expect(Self.refusal(&limits, Self.source(1), Self.at(60)) == .connectionLimit)
    }

    @Test func `every verified frame is charged to its device`() {
        let limits = Self.limits(device: Self.rate)
        #expect(throws: Never.self) {
            try limits.admit(device: 1, now: Self.at(0))
            try limits.admit(device: 1, now: Self.at(0))
            try limits.admit(device: 2, now: Self.at(0))
        }
        #expect(
            throws: Refusal(
                .rateLimited, .deviceLimit, observed: .real(1), allowed: .real(1))
        ) {
            try limits.admit(device: 1, now: Self.at(0))
        }
    }

    @Test func `a crowd of strangers does not free the one who is held back`() {
        var limits = Self.limits(source: Self.rate, remembered: 16)
        for _ in 0..<2 { limits.charge(source: Self.source(1, 77), now: Self.at(0)) }
        for stranger: UInt64 in 1_000..<2_000 {
            limits.charge(source: Self.source(stranger, stranger), now: Self.at(0))
        }
        hear(&limits, Self.source(1, 77))
        #expect(Self.refusal(&limits, Self.source(1, 77), Self.at(0)) == .sourceLimit)
    }
}
