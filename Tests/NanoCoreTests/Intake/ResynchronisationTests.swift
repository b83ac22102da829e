import NanoCore
import Testing

@Suite struct ResynchronisationTests {
    private func accepted(_ rulings: [Ruling]) -> [Int] {
        rulings.compactMap { ruling in
            guard case .accepted(let offset) = ruling else { return nil }
            return offset
        }
    }

    @Test func `a gap of 4,096 bytes is searched, one more closes the connection`() {
        let frame = Scenario.frame(1)
        for (count, isFound) in [(4_096, true), (4_097, false)] {
            var judge = Scenario.judge
            let rulings = judge.judge([UInt8](repeating: 0, count: count) + frame)
            #expect(rulings.first == .refused(.badMagic, offset: 0))
            #expect(accepted(rulings) == (isFound ? [count] : []))
        }
    }

    @Test(arguments: [(model: UInt8(0xFF), isFound: false), (model: 0x77, isFound: true)])
    func `only what is hashed counts towards the 16 KiB of a gap`(model: UInt8, isFound: Bool) {
        func header(_ model: UInt8) -> [UInt8] {
            [0xC1, 0x53, 1, model, 1, 1, 4, 0, 0, 0, 0, 0, 0, 0]
        }
        // Fifteen times 1,038 bytes: for a sixteenth there is no room, for the frame there is.
        var gap: [UInt8] = [0]
        for _ in 0..<15 { gap += header(0xFF) }
        gap += header(model) + [UInt8](repeating: 0, count: 1_100)
        var judge = Scenario.judge
        let rulings = judge.judge(gap + Scenario.frame(1))
        #expect(accepted(rulings) == (isFound ? [gap.count] : []))
    }

    @Test func `a gap whose false frames cost 16 KiB of hashing closes the connection`() {
        var forged: [UInt8] = [0]
        for number in 0..<80 {
            var frame = Scenario.frame(number, padding: 220)
            frame[frame.count - 1] ^= 1
            forged += frame.prefix(50)
        }
        var judge = Scenario.judge
        let rulings = judge.judge(forged + Scenario.frame(99))
        #expect(rulings.count == 1)
    }

    @Test func `a frame refused before its MAC is stepped over when its MAC holds`() {
        let old = Scenario.frame(1, timestamp: UInt32(Judge.unixSeconds - 7_200))
        let stream = old + Array("noise".utf8) + Scenario.frame(2)
        var judge = Scenario.judge
        #expect(
            judge.judge(stream) == [
                .refused(.timestampDrift, offset: 0), .refused(.badMagic, offset: old.count),
                .accepted(offset: old.count + 5),
            ])
    }

    @Test func `an unknown model that lies about its length hides no frame`() {
        var liar = Scenario.frame(1)
        liar[3] = 0x77
        liar[7] &+= 30
        let stream = liar + Scenario.frame(2) + Scenario.frame(3)
        var judge = Scenario.judge
        let rulings = judge.judge(stream)
        #expect(rulings.first == .refused(.unknownModel, offset: 0))
        #expect(accepted(rulings) == [liar.count, liar.count + Scenario.frame(2).count])
    }

    @Test func `a frame cut by the end hides no frame inside of it`() {
        var liar = Scenario.frame(1)
        liar[6] = 0x04
        liar[7] = 0x00
        let stream = liar + Scenario.frame(2)
        var judge = Scenario.judge
        #expect(
            judge.judge(stream) == [
                .refused(.truncated, offset: 0), .accepted(offset: liar.count),
            ])
    }

    @Test func `a lone byte at the end skips no more than is there`() {
        var intake = Scenario.judge.intake
        var reader = ConnectionReader(source: PacketSource(connection: 1, address: 7))
        var skipped: [Int] = []
        let bytes: [UInt8] = [0xC1]
        _ = reader.read(
            bytes.span, ending: .closed, intake: &intake, now: Scenario.judge.now
        ) { verdict, _ in
            if case .gapEnded(let count, _) = verdict { skipped.append(count) }
        }
        #expect(skipped == [1])
    }

    @Test func `a CRC is not believed in a search unless the model accepts it`() {
        let stream = [0] + Scenario.frame(1, level: .none) + Scenario.frame(2)
        var strict = Scenario.judge
        #expect(accepted(strict.judge(stream)) == [stream.count - Scenario.frame(2).count])
        var lenient = Judge(
            secrets: [.custom: Scenario.secret.reversed()], minimumLevel: .none)
        #expect(accepted(lenient.judge(stream)).first == 1)
    }

    @Test func `any byte that is flipped is refused`() {
        let frame = Scenario.frame(7, level: .high)
        for position in frame.indices {
            for bit in 0..<8 {
                var wrong = frame
                wrong[position] ^= 1 << UInt8(bit)
                var judge = Scenario.judge
                #expect(accepted(judge.judge(wrong)).isEmpty, "bit \(bit) of byte \(position)")
            }
        }
    }

    @Test func `however a stream is cut, the rulings are the same and the ledger balances`() {
        let seed = UInt64.random(in: 0 ... .max)
        print("seed \(seed)")
        var random = SeededNumbers(seed: seed)
        for round in 0..<150 {
            let stream = Self.stream(round, &random)
            var whole = Scenario.judge
            let expected = whole.judge(stream)
            let sizes = (0..<7).map { _ in Int.random(in: 1...80, using: &random) }
            for pieces in [[1], sizes, [13, 1, 40, 7, 300]] {
                var judge = Scenario.judge
                #expect(judge.judge(stream, pieces: pieces) == expected, "seed \(seed)")
                let counters = judge.intake.counters
                #expect(
                    counters.received == UInt64(expected.count)
                        && counters.received
                            == counters.refusedByReason.reduce(counters.accepted, +)
                )
            }
        }
    }

    /// Good frames, damaged ones, noise and false headers, in any order.
    private static func stream(_ round: Int, _ random: inout SeededNumbers) -> [UInt8] {
        var stream: [UInt8] = []
        for number in 0..<Int.random(in: 1...12, using: &random) {
            var frame = Scenario.frame(
                round * 100 + number, padding: Int.random(in: 0...90, using: &random))
            switch Int.random(in: 0..<8, using: &random) {
            case 0: frame[Int.random(in: frame.indices, using: &random)] ^= 0x10
            case 1: frame[7] = UInt8.random(in: 0 ... .max, using: &random)
            case 2: frame.removeLast(Int.random(in: 1..<frame.count, using: &random))
            case 3:
                frame = (0..<Int.random(in: 1...60, using: &random)).map { _ in
                    UInt8.random(in: 0 ... .max, using: &random)
                }
            case 4: frame = Array(frame.prefix(14))
            default: break
            }
            stream += frame
        }
        return stream
    }
}
