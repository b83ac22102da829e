import Foundation
import Testing

@testable import NanoCore

/// What is usual of a measurement, and what is not.
@Suite struct FieldHistoryTests {
    /// A day's swing with noise, a value every so many seconds.
    static func curve(_ number: Int, every period: Double, _ random: inout SeededNumbers) -> Double
    {
        let day = Double(number) * period / 86_400 * 2 * Double.pi
        return 101_325 + 600 * sin(day) + Double.random(in: -20...20, using: &random)
    }

    @Test(arguments: [1.0, 30, 300], [1, 2, 3] as [UInt64])
    func `a daily swing with noise is usual`(period: Double, seed: UInt64) {
        var random = SeededNumbers(seed: seed)
        var history = FieldHistory(name: 0, first: 101_325)
        for number in 0..<20_000 {
            history.note(Self.curve(number, every: period, &random), spreads: 10)
            guard history.isOutside else { continue }
            Issue.record("value \(number), seed \(seed): \(history.last), \(history.center)")
            break
        }
    }

    /// Sensors as they are: slow walks and noise, rounded to tenths, and never below zero.
    @Test(
        arguments: [
            (2.0, 0.6, 0.05), (320, 300, 15), (30, 20, 8), (3.7, 0.2, 0.02), (650, 220, 16),
        ],
        [1.0, 20, 300])
    func `a sensor that wanders, steps and rests at zero is usual`(
        sensor: (mean: Double, swing: Double, noise: Double), period: Double
    ) {
        for seed in 1...4 as ClosedRange<UInt64> {
            var random = SeededNumbers(seed: seed)
            let mean = sensor.mean - sensor.swing * Double(seed) / 4
            var history = FieldHistory(name: 0, first: 0)
            var walk = 0.0
            for number in 0..<30_000 {
                walk = walk * 0.995 + Double.random(in: -0.5...0.5, using: &random) * sensor.noise
                let day = Double(number) * period / 86_400 * 2 * Double.pi
                let noise = Double.random(in: -0.5...0.5, using: &random) * sensor.noise
                let value = max(0, mean + sensor.swing * sin(day) + walk + noise)
                history.note((value * 10).rounded() / 10, spreads: 10, mayJudge: number >= 300)
                guard history.isOutside else { continue }
                Issue.record("value \(number), seed \(seed): \(history)")
                return
            }
        }
    }

    @Test func `three values far off are an anomaly, two are not, and five good ones end it`() {
        var random = SeededNumbers(seed: 4)
        var history = FieldHistory(name: 0, first: 101_325)
        for number in 0..<1_000 {
            history.note(Self.curve(number, every: 10, &random), spreads: 10)
        }
        for _ in 0..<2 { history.note(180_000, spreads: 10) }
        #expect(!history.isOutside)
        let usual = history.center
        history.note(180_000, spreads: 10)
        #expect(history.isOutside)
        for _ in 0..<4 { history.note(usual, spreads: 10) }
        #expect(history.isOutside)
        history.note(usual, spreads: 10)
        #expect(!history.isOutside)
    }

    @Test func `outliers move what is usual by little`() {
        var random = SeededNumbers(seed: 5)
        var history = FieldHistory(name: 0, first: 20)
        for number in 0..<2_000 {
            let value =
                number > 200 && number % 10 == 9 ? 1e9 : Double.random(in: 19...21, using: &random)
            history.note(value, spreads: 10)
        }
        #expect(abs(history.center - 20) < 1 && history.spread < 3)
    }

    @Test func `a level that stays becomes the usual one`() {
        var random = SeededNumbers(seed: 6)
        var history = FieldHistory(name: 0, first: 20)
        func pass(_ count: Int, around level: Double) {
            for _ in 0..<count {
                history.note(level + Double.random(in: -1...1, using: &random), spreads: 10)
            }
        }
        pass(500, around: 20)
        pass(10, around: 40)
        #expect(history.isOutside)
        pass(2_000, around: 40)
        #expect(!history.isOutside)
    }

    @Test func `a series that is constant says nothing by its first changes`() {
        for first in [0.0, 20, -5] {
            var history = FieldHistory(name: 0, first: first)
            for _ in 0..<500 { history.note(first, spreads: 10) }
            for _ in 0..<20 { history.note(first + 1, spreads: 10) }
            #expect(!history.isOutside, "\(first)")
        }
    }

    @Test func `states and counters have no usual value`() {
        var state = FieldHistory(name: 0, first: 0)
        var counter = FieldHistory(name: 0, first: 0)
        for number in 0..<5_000 {
            state.note(number % 500 < 5 ? 1 : 0, spreads: 10)
            counter.note(Double(number * number), spreads: 10)
            #expect(!state.isOutside && !counter.isOutside)
        }
        for _ in 0..<10 { counter.note(0, spreads: 10) }
        #expect(!counter.isOutside, "it began anew")
    }
}
