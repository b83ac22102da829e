import Glibc

/// What judging a frame costs, part by part, and whether it allocates.
///
///     IntakeBenchmark [frames [rounds]]
///
/// Prints nanoseconds of processor time a frame, the median of the rounds, each part as a ratio to
/// the HMAC: believe the ratios. With `malloc_count.so` preloaded (`Benchmarks/allocations.sh`) it
/// counts allocations instead.
@main
enum IntakeBenchmark {
    static func main() {
        let arguments = CommandLine.arguments.dropFirst().map { Int($0) ?? 0 }
        let frames = arguments.first ?? 50_000
        let rounds = arguments.dropFirst().first ?? 9
        guard frames >= 1_000, rounds >= 1, arguments.count <= 2 else {
            print("usage: IntakeBenchmark [FRAMES [ROUNDS]]: at least 1000 frames and 1 round")
            exit(2)
        }
        if let count = AllocationCounter() {
            exit(Allocations(count: count, frames: frames).report() ? 0 : 1)
        }
        measure(Fleet(frames: frames), rounds: rounds)
    }

    private static func measure(_ fleet: Fleet, rounds: Int) {
        print("\(fleet.count) frames of \(fleet.frameLength) bytes, median of \(rounds) rounds")
        let stages = Stages.all(fleet)
        // Parts take turns, so that a busy machine is unfair to all of them.
        var times = [[Double]](repeating: [], count: stages.count)
        for _ in 0..<rounds {
            for (index, stage) in stages.enumerated() {
                times[index].append(nanosecondsPerFrame(stage, fleet.count))
            }
        }
        let medians = times.map { $0.sorted()[$0.count / 2] }
        let unit = medians[stages.firstIndex { $0.name == "HMAC-SHA256" } ?? 0]
        for (stage, median) in zip(stages, medians) {
            let name = stage.name + String(repeating: " ", count: 28 - stage.name.count)
            print("  \(name) \(tenths(median)) ns  \(tenths(median / unit)) x HMAC")
        }
    }

    private static func nanosecondsPerFrame(_ stage: Stage, _ frames: Int) -> Double {
        let run = stage.prepare()
        let start = processorNanoseconds()
        let answer = run()
        let end = processorNanoseconds()
        guard answer == stage.expected else {
            print("\(stage.name): \(answer) frames instead of \(stage.expected)")
            exit(1)
        }
        return Double(end - start) / Double(frames)
    }

    private static func processorNanoseconds() -> UInt64 {
        var time = timespec()
        clock_gettime(CLOCK_PROCESS_CPUTIME_ID, &time)
        return UInt64(time.tv_sec) * 1_000_000_000 + UInt64(time.tv_nsec)
    }

    private static func tenths(_ value: Double) -> String {
        let scaled = Int((value * 10).rounded())
        let text = "\(scaled / 10).\(scaled % 10)"
        return String(repeating: " ", count: max(0, 8 - text.count)) + text
    }
}
