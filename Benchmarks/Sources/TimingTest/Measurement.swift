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
            first.append(Self.time(&trial, isSecond: random.next() & 1 == 1))
        }
        first.sort()
        // dudect's cuts: many near the fastest, where there is the least noise.
        let limits = (1...Self.cuts).map { cut in
            let share = 1 - pow(0.5, 10 * Double(cut) / Double(Self.cuts))
            return first[min(first.count - 1, Int(share * Double(first.count)))]
        }
        var tests = [Welch](repeating: Welch(), count: Self.cuts + 1)
        for _ in 0..<samples {
            let isSecond = random.next() & 1 == 1
            let time = Self.time(&trial, isSecond: isSecond)
            tests[Self.cuts].add(Double(time), isSecond: isSecond)
            for (place, limit) in limits.enumerated() where time < limit {
                tests[place].add(Double(time), isSecond: isSecond)
            }
        }
        greatestT = tests.map { abs($0.t) }.max() ?? 0
    }

    private static func time(_ trial: inout Trial, isSecond: Bool) -> UInt64 {
        trial.load(isSecond: isSecond)
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
    private var counts = (0.0, 0.0)
    private var means = (0.0, 0.0)
    private var squares = (0.0, 0.0)

    mutating func add(_ value: Double, isSecond: Bool) {
        if isSecond {
            Self.add(value, &counts.1, &means.1, &squares.1)
        } else {
            Self.add(value, &counts.0, &means.0, &squares.0)
        }
    }

    /// 0 where there is too little to tell.
    var t: Double {
        guard counts.0 > 1_000, counts.1 > 1_000 else { return 0 }
        let variance =
            squares.0 / (counts.0 - 1) / counts.0 + squares.1 / (counts.1 - 1) / counts.1
        return variance > 0 ? (means.0 - means.1) / variance.squareRoot() : 0
    }

    private static func add(
        _ value: Double, _ count: inout Double, _ mean: inout Double, _ squares: inout Double
    ) {
        count += 1
        let difference = value - mean
        mean += difference / count
        squares += difference * (value - mean)
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
