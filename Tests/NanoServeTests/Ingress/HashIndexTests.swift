import NanoCore
import Testing

@testable import NanoServe

@Suite struct HashIndexTests {
    @Test(arguments: [1, UInt64.random(in: 2 ... .max)])
    func `it holds what a dictionary would, whatever was removed`(seed: UInt64) {
        let chance = SipHash(key: (seed, 1))
        var drawn: UInt64 = 0
        func next() -> UInt64 {
            drawn += 1
            return chance.hash(0, drawn)
        }
        var index = HashIndex()
        var expected: [UInt64: Int] = [:]
        for step in 0..<20_000 {
            // Few different homes, so that many lie behind each other and around the end.
            let hash = next() % 8 << 60 | (next() % 40 &+ 230) & 255
            if next() % 2 == 0 {
                if expected[hash] == nil {
                    index.insert(hash, at: step)
                    expected[hash] = step
                }
            } else {
                index.remove(hash)
                expected[hash] = nil
            }
        }
        for upper: UInt64 in 0..<8 {
            for home: UInt64 in 0..<256 {
                let hash = upper << 60 | home
                #expect(index[hash] == expected[hash], "seed \(seed), hash \(hash)")
            }
        }
    }
}
