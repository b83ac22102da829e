import NanoCore
import Testing

/// Limits as the intake applies them: who is charged, and who is exempt.
@Suite struct IntakeLimitTests {
    static let secret = [UInt8]((0..<32).map { $0 &* 29 &+ 3 })
    static let now = Moment(
        unixMilliseconds: 1_768_651_200_000, monotonicNanoseconds: 1_000_000_000_000)

    static func intake(
        minimumLevel: SecurityLevel = .standard,
        _ configure: (inout RateLimits.Configuration) -> Void
    ) -> Intake {
        let keys = ModelKeys(
            model: .custom, name: "custom", minimumLevel: minimumLevel, profile: .custom,
            keys: [HMACKey(secret: secret)])
        var configuration = IntakeConfiguration(keys: KeyTable([keys]))
        configure(&configuration.limits)
        return Intake(
            configuration: configuration,
            guard: SharedReplayGuard(
                configuration: ReplayGuard.Configuration(), hashKey: (1, 2), shardCount: 1))
    }

    static func frame(
        _ number: UInt64, device: String = "A", level: SecurityLevel = .standard,
        forged: Bool = false
    ) -> [UInt8] {
        var payload = CBORWriter()
        payload.map(2)
        payload.text("device_id")
        payload.text(device)
        payload.text("n")
        payload.unsigned(number)
        let builder = FrameBuilder(
            model: .custom, type: .event, level: level, timestamp: UInt32(now.unixSeconds))
        return builder.build(
            payload: payload.bytes, key: HMACKey(secret: forged ? secret.reversed() : secret))
    }

    /// What becomes of one frame: nil when it is accepted.
    static func verdict(
        _ intake: inout Intake, _ frame: [UInt8], connection: UInt64 = 1, address: UInt64 = 5
    ) -> Refusal? {
        var reader = ConnectionReader(
            source: PacketSource(connection: connection, address: address))
        var refusal: Refusal?
        _ = reader.read(frame.span, ending: .closed, intake: &intake, now: now) { verdict, _ in
            if case .refused(let reason, _, _) = verdict { refusal = refusal ?? reason }
        }
        return refusal
    }

    @Test func `forged frames use up a connection, honest ones do not`() {
        var intake = Self.intake {
            $0.connection = Rate(framesPerSecond: 0.001, burstFrames: 3)
        }
        for number: UInt64 in 0..<3 {
            let refusal = Self.verdict(&intake, Self.frame(number, forged: true))
            #expect(refusal?.reason == .macMismatch)
        }
        let refusal = Self.verdict(&intake, Self.frame(9))
        #expect(refusal?.reason == .rateLimited)
        #expect(refusal?.detail == .connectionLimit)
        for number: UInt64 in 0..<100 {
            #expect(Self.verdict(&intake, Self.frame(number), connection: 2) == nil)
        }
    }

    @Test func `a connection that brought a verified frame is exempt from its address's limit`() {
        var intake = Self.intake { $0.source = Rate(framesPerSecond: 0.001, burstFrames: 2) }
        #expect(Self.verdict(&intake, Self.frame(0), connection: 1) == nil)
        for number: UInt64 in 0..<3 {
            _ = Self.verdict(&intake, Self.frame(number, forged: true), connection: 2)
        }
        #expect(Self.verdict(&intake, Self.frame(1), connection: 1) == nil)
        for number: UInt64 in 10..<13 {
            _ = Self.verdict(&intake, Self.frame(number, forged: true), connection: 3)
        }
        let refusal = Self.verdict(&intake, Self.frame(2), connection: 3)
        #expect(refusal?.detail == .sourceLimit)
    }

    @Test func `an attacker does not keep those behind its address from beginning`() {
        var intake = Self.intake { $0.source = Rate(framesPerSecond: 0.001, burstFrames: 2) }
        let flood = (0..<9).map {
            Self.verdict(&intake, Self.frame($0, forged: true), connection: 1)
        }
        #expect(flood.last??.detail == .sourceLimit)
        for number: UInt64 in 0..<5 {
            #expect(Self.verdict(&intake, Self.frame(number), connection: 2) == nil)
        }
        for number: UInt64 in 10..<13 {
            _ = Self.verdict(&intake, Self.frame(number, forged: true), connection: 3)
        }
        #expect(Self.verdict(&intake, Self.frame(8), connection: 3)?.detail == .sourceLimit)
    }

    @Test func `a recording exempts nobody`() {
        var intake = Self.intake { $0.source = Rate(framesPerSecond: 0.001, burstFrames: 2) }
        #expect(Self.verdict(&intake, Self.frame(0), connection: 1) == nil)
        let verdicts = (0..<6).map { _ in Self.verdict(&intake, Self.frame(0), connection: 2) }
        #expect(verdicts.dropLast().allSatisfy { $0?.reason == .replay })
        #expect(verdicts.last??.reason == .rateLimited)
    }

    @Test func `a frame that needs no secret exempts nobody`() {
        var intake = Self.intake(minimumLevel: .none) {
            $0.source = Rate(framesPerSecond: 0.001, burstFrames: 1)
        }
        #expect(Self.verdict(&intake, Self.frame(0, level: .none), connection: 1) == nil)
        let forged = Self.verdict(&intake, Self.frame(1, forged: true), connection: 1)
        for number: UInt64 in 10..<13 {
            _ = Self.verdict(&intake, Self.frame(number, forged: true), connection: 1)
        }
        let next = Self.verdict(&intake, Self.frame(2, level: .none), connection: 1)
        #expect(forged?.reason == .macMismatch)
        #expect(next?.detail == .sourceLimit)
    }

    @Test func `a device over its limit is refused behind its MAC, others are not`() {
        var intake = Self.intake { $0.device = Rate(framesPerSecond: 0.001, burstFrames: 2) }
        let verdicts = (0..<3 as Range<UInt64>).map { number in
            Self.verdict(&intake, Self.frame(number))
        }
        #expect(verdicts[0] == nil && verdicts[1] == nil)
        #expect(verdicts[2]?.detail == .deviceLimit)
        let forged = Self.verdict(&intake, Self.frame(9, forged: true))
        #expect(forged?.reason == .macMismatch)
        #expect(Self.verdict(&intake, Self.frame(0, device: "B")) == nil)
    }

    @Test func `a device is the same however its id is cut into chunks`() {
        var intake = Self.intake { $0.device = Rate(framesPerSecond: 0.001, burstFrames: 1) }
        #expect(Self.verdict(&intake, Self.frame(0, device: "AB")) == nil)
        let refusal = Self.verdict(
            &intake,
            Self.frame {
                $0.text("device_id"); Self.chunks(["A", "B"], into: &$0)
            })
        #expect(refusal?.detail == .deviceLimit)
        let other = Self.frame {
            $0.text("device_id"); Self.chunks(["A", "C"], into: &$0)
        }
        #expect(Self.verdict(&intake, other) == nil)
    }

    @Test func `devices without an id are limited by their addresses`() {
        var intake = Self.intake { $0.device = Rate(framesPerSecond: 0.001, burstFrames: 1) }
        let frames = (0..<3 as Range<UInt64>).map { number in
            Self.frame {
                $0.text("n")
                $0.unsigned(number)
            }
        }
        #expect(Self.verdict(&intake, frames[0], address: 1) == nil)
        #expect(Self.verdict(&intake, frames[1], address: 1)?.detail == .deviceLimit)
        #expect(Self.verdict(&intake, frames[2], address: 2) == nil)
    }

    /// A valid frame whose payload has this one pair.
    private static func frame(_ pair: (inout CBORWriter) -> Void) -> [UInt8] {
        var payload = CBORWriter()
        payload.map(1)
        pair(&payload)
        let builder = FrameBuilder(
            model: .custom, type: .event, level: .standard, timestamp: UInt32(now.unixSeconds))
        return builder.build(payload: payload.bytes, key: HMACKey(secret: secret))
    }

    private static func chunks(_ texts: [String], into writer: inout CBORWriter) {
        writer.indefiniteText()
        for text in texts { writer.text(text) }
        writer.end()
    }
}
