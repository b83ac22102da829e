import Glibc

/// Times of a trial's two kinds of input, and how sure it is that they differ.
struct Measurement {
    /// The greatest |t| over all cuts.
    let greatestT: Double

    private static let cuts = 100
    /// Samples that say where to cut, and nothing else.
    private static let calibration = 10_000

    init(of trial: Trial, samples: Int) {
        var random = SplitMix(state: 0x9E37_79B9)
        var trial = trial
        var first: [UInt64] = []
        for _ in 0..<Self.calibration {
            first.append(Self.time(&trial, Int(random.next() & 1)))
        }
        first.sort()
        // dudect's cuts: many near the fastest, where there is the least noise.
        let limits = (1...Self.cuts).map { cut in
            let share = 1 - pow(0.5, 10 * Double(cut) / Double(Self.cuts))
            return first[min(first.count - 1, Int(share * Double(first.count)))]
        }
        var tests = [Welch](repeating: Welch(), count: Self.cuts + 1)
        for _ in 0..<samples {
            let kind = Int(random.next() & 1)
            let time = Self.time(&trial, kind)
            tests[Self.cuts].add(Double(time), kind)
            for (place, limit) in limits.enumerated() where time < limit {
                tests[place].add(Double(time), kind)
            }
        }
        greatestT = tests.map { abs($0.t) }.max() ?? 0
    }

    private static func time(_ trial: inout Trial, _ kind: Int) -> UInt64 {
        trial.load(UInt8(kind))
        let start = nanoseconds()
        let holds = trial.judge()
        let end = nanoseconds()
        precondition(!holds, "a forged MAC held")
        return end - start
    }

    private static func nanoseconds() -> UInt64 {
        var time = timespec()
        clock_gettime(CLOCK_MONOTONIC, &time)
        return UInt64(time.tv_sec) * 1_000_000_000 + UInt64(time.tv_nsec)
    }
}

/// Welch's t-test of two samples of unequal variance, one value at a time.
struct Welch {
    private var counts: InlineArray<2, Double> = [0, 0]
    private var means: InlineArray<2, Double> = [0, 0]
    private var squares: InlineArray<2, Double> = [0, 0]

    /// The same instructions for both kinds, so that none of them leaves a trace in the next time.
    mutating func add(_ value: Double, _ kind: Int) {
        counts[kind] += 1
        let difference = value - means[kind]
        means[kind] += difference / counts[kind]
        squares[kind] += difference * (value - means[kind])
    }

    /// 0 where there is too little to tell.
    var t: Double {
        guard counts[0] > 1_000, counts[1] > 1_000 else { return 0 }
        let variance =
            squares[0] / (counts[0] - 1) / counts[0] + squares[1] / (counts[1] - 1) / counts[1]
        return variance > 0 ? (means[0] - means[1]) / variance.squareRoot() : 0
    }
}

/// Vigna's SplitMix64: the same order of inputs in every run.
struct SplitMix {
    var state: UInt64

    mutating func next() -> UInt64 {
        state &+= 0x9E37_79B9_7F4A_7C15
        var value = state
        value = (value ^ value >> 30) &* 0xBF58_476D_1CE4_E5B9
        value = (value ^ value >> 27) &* 0x94D0_49BB_1331_11EB
        return value ^ value >> 31
    }
}
