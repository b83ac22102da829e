import Testing

@testable import NanoCore

@Suite struct LostTimesTests {
    @Test func `nothing is lost at first`() {
        let lost = LostTimes()
        #expect(lost.isEmpty && !lost.contains(0) && !lost.contains(.max))
        #expect(lost.end(of: 7) == nil)
    }

    @Test func `ranges that touch become one`() {
        var lost = LostTimes()
        for range in [10...19, 30...39, 21...25, 26...29, 20...20] as [ClosedRange<UInt32>] {
            lost.add(range)
        }
        #expect(lost.ranges == [10...39])
        #expect(lost.end(of: 10) == 39 && lost.end(of: 40) == nil)
        #expect(!lost.contains(9) && lost.contains(39) && !lost.contains(40))
    }

    @Test func `the first and the last second can be lost`() {
        var lost = LostTimes()
        lost.add(.max ... .max)
        lost.add(0...0)
        lost.add(0...1)
        #expect(lost.contains(.max) && lost.contains(0) && lost.contains(1) && !lost.contains(2))
        lost.add(0 ... .max)
        #expect(lost.ranges == [0 ... .max])
    }

    @Test func `beyond sixteen ranges the narrowest gap is lost with them`() {
        var lost = LostTimes()
        for number: UInt32 in 0...16 {
            let start = number * 1_000 + (number == 9 ? 900 : 0)
            lost.add(start...start)
        }
        #expect(lost.ranges.count == 16)
        #expect(lost.contains(9_950) && !lost.contains(8_950))
    }

    @Test(arguments: [1, UInt64.random(in: 2 ... .max)])
    func `everything that was added is there, and little else`(seed: UInt64) {
        var random = SeededNumbers(seed: seed)
        for _ in 0..<300 {
            var lost = LostTimes()
            var added: Set<UInt32> = []
            for _ in 0..<random.next() % 40 {
                let lower = UInt32(random.next() % 500)
                let range = lower...lower + UInt32(random.next() % 9)
                lost.add(range)
                added.formUnion(range)
            }
            let ranges = lost.ranges
            #expect(ranges.count <= LostTimes.capacity, "seed \(seed)")
            #expect(added.allSatisfy(lost.contains), "seed \(seed)")
            for (left, right) in zip(ranges, ranges.dropFirst()) {
                #expect(left.upperBound + 1 < right.lowerBound, "seed \(seed)")
            }
            // As long as there is room, nothing that was not added.
            if ranges.count < LostTimes.capacity - 1, added.count < 15 {
                #expect(ranges.map(\.count).reduce(0, +) == added.count, "seed \(seed)")
            }
        }
    }
}
