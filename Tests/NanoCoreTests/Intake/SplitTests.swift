import NanoCore
import Testing

/// The parser against every cut of a stream, and against a plain reading of the whole stream.
@Suite struct SplitTests {
    @Test func `a stream cut in two at any offset gives the same rulings`() {
        var forged = Scenario.frame(2)
        forged[20] ^= 1
        var liar = Scenario.frame(3)
        liar[7] &+= 40
        let late = Scenario.frame(4, timestamp: UInt32(Judge.unixSeconds - 4_000))
        let noise: [UInt8] = [0xC1, 0x53, 0x02, 0xC1, 0xC1, 0x53, 0x01, 0xFF, 0x01]
        let stream =
            Scenario.frame(1) + forged + Scenario.frame(5) + liar + Scenario.frame(6) + noise
            + Scenario.frame(7) + late + Scenario.frame(8).prefix(30) + Scenario.frame(9)
            + Scenario.frame(10).prefix(13)
        var whole = Scenario.judge
        let expected = whole.judge(stream)
        #expect(expected.count { $0.reason == nil } == 5)
        for offset in 1..<stream.count {
            var judge = Scenario.judge
            #expect(judge.judge(stream, pieces: [offset, .max]) == expected, "cut at \(offset)")
        }
    }

    @Test(arguments: [(rounds: 400, isLong: false), (rounds: 10, isLong: true)])
    func `rulings are those of a plain reading of the whole stream`(rounds: Int, isLong: Bool) {
        let seed = UInt64.random(in: 0 ... .max)
        print("seed \(seed)")
        var random = SeededNumbers(seed: seed)
        for round in 0..<rounds {
            let stream = HostileStream.make(round, long: isLong, &random)
            var plain = PlainReading(judge: Scenario.judge)
            let expected = plain.rulings(of: stream)
            let sizes = (0..<5).map { _ in Int.random(in: 1...200, using: &random) }
            for pieces in [[.max], sizes] {
                var judge = Scenario.judge
                let found = judge.judge(stream, pieces: pieces)
                #expect(found == expected, "seed \(seed), round \(round), pieces \(pieces)")
            }
        }
    }
}
