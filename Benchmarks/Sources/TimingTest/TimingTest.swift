import Glibc
import NanoCore

/// Whether the time that a MAC takes to be refused tells how near it was, by dudect's method
/// (Reparaz, Balasch, Verbauwhede: "Dude, is my code constant time?", 2017).
///
///     TimingTest [samples]
///
/// Two kinds of input take turns at random in one buffer; Welch's t compares their times, whole and
/// with the slowest cut off at a hundred places. A |t| of 4.5 or more counts as a leak. The last test
/// leaks on purpose: what does not find that has found nothing.
@main
enum TimingTest {
    private static let threshold = 4.5

    static func main() {
        let arguments = CommandLine.arguments.dropFirst().map { Int($0) ?? 0 }
        let samples = arguments.first ?? 1_000_000
        guard samples >= 10_000, arguments.count <= 1 else {
            print("usage: TimingTest [SAMPLES]: at least 10000")
            exit(2)
        }
        print("\(samples) samples each; a leak is |t| of \(threshold) and more")
        var isFine = true
        for trial in Trial.all {
            let greatest = Measurement(of: trial, samples: samples).greatestT
            let leaks = greatest >= threshold
            let isAsExpected = leaks == trial.leaks
            isFine = isFine && isAsExpected
            let verdict = leaks ? "leaks" : "no leak found"
            print(
                "  \(trial.name): |t| \(Self.hundredths(greatest)), \(verdict)"
                    + (isAsExpected ? "" : trial.leaks ? ": THE TEST IS BLIND" : ": NOT CONSTANT"))
        }
        exit(isFine ? 0 : 1)
    }

    private static func hundredths(_ value: Double) -> String {
        let scaled = Int((value * 100).rounded())
        return "\(scaled / 100).\(scaled / 10 % 10)\(scaled % 10)"
    }
}
