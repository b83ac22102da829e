import NanoCore
import Testing

@Suite struct IntakeTests {
    @Test func `every model, type and level makes the round trip`() {
        for model in ModelID.builtIn {
            for type in PayloadType.allCases where type != .telemetry {
                for level in SecurityLevel.allCases {
                    let frame = FrameBuilder(
                        model: model, type: type, level: level,
                        timestamp: UInt32(Judge.unixSeconds), flagsHighNibble: 9
                    ).build(payload: [0xA0], key: Scenario.key)
                    var judge = Judge(secrets: [model: Scenario.secret], minimumLevel: .none)
                    #expect(judge.judge(frame) == [.accepted(offset: 0)])
                    #expect(judge.judge(frame) == [.refused(.replay, offset: 0)])
                }
            }
        }
    }

    @Test func `a forged copy does not block the frame it copies`() {
        let frame = Scenario.frame(1)
        var forged = frame
        forged[forged.count - 1] ^= 1
        var judge = Scenario.judge
        #expect(judge.judge(forged + frame).last == .accepted(offset: forged.count))
    }

    @Test func `a refused payload is a replay the second time`() {
        let frame = FrameBuilder(
            model: .custom, type: .event, level: .standard, timestamp: UInt32(Judge.unixSeconds)
        ).build(payload: [0x80], key: HMACKey(secret: Scenario.secret.reversed()))
        var judge = Scenario.judge
        #expect(judge.judge(frame) == [.refused(.cborMalformed, offset: 0)])
        #expect(judge.judge(frame) == [.refused(.replay, offset: 0)])
    }

    @Test func `after a rotation both generations are valid, and then only the new one`() {
        let (old, new) = (
            HMACKey(secret: Scenario.secret.reversed()), HMACKey(secret: Scenario.secret)
        )
        func table(_ keys: [HMACKey]) -> KeyTable {
            KeyTable([
                ModelKeys(
                    model: .custom, name: "c", minimumLevel: .standard, profile: .custom,
                    keys: keys)
            ])
        }
        var judge = Scenario.judge
        judge.intake.replaceKeys(table([new, old]))
        #expect(judge.judge(Scenario.frame(1)) == [.accepted(offset: 0)])
        judge.intake.replaceKeys(table([new]))
        #expect(judge.judge(Scenario.frame(2)) == [.refused(.macMismatch, offset: 0)])
    }

    @Test func `each verdict moves the counter of its model and reason alone`() {
        var judge = Scenario.judge
        _ = judge.judge(Scenario.frame(1) + Scenario.frame(1) + [0xFF])
        let counters = judge.intake.counters
        #expect(counters.accepted(of: .custom) == 1)
        #expect(counters.refused(of: .custom).reduce(0, +) == 1)
        #expect(counters.refusedByReason[Int(RefusalReason.badMagic.rawValue)] == 1)
        #expect(counters.received == 3)
    }
}
