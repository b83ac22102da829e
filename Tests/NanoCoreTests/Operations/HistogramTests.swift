import NanoCore
import Testing

@Suite struct HistogramTests {
    @Test func `an empty histogram says zero`() {
        let histogram = Histogram()
        #expect(histogram.quantile(0.99) == 0)
        #expect(histogram.summary.count == 0)
        #expect(histogram.summary.p99Microseconds == 0)
        #expect(histogram.cumulativeCounts(atMostNanoseconds: [0, 1_000]) == [0, 0])
    }

    @Test(arguments: [0, 1, 31, 32, 33, 63, 64, 65, 999, 1 << 20, (1 << 42) - 1])
    func `a time alone is its own every quantile`(time: UInt64) {
        var histogram = Histogram()
        histogram.record(nanoseconds: time)
        #expect(histogram.quantile(0) == time)
        #expect(histogram.quantile(0.5) == time)
        #expect(histogram.quantile(1) == time)
        #expect(histogram.maximumNanoseconds == time)
    }

    @Test func `quantiles are at most 3 % too long and never too short`() {
        var histogram = Histogram()
        var times: [UInt64] = []
        var time = 1.0
        while time < 4e12 {
            times.append(UInt64(time))
            histogram.record(nanoseconds: UInt64(time))
            time *= 1.01
        }
        for share in [0.01, 0.25, 0.5, 0.9, 0.99, 0.999] {
            let exact = times[Int((share * Double(times.count)).rounded(.up)) - 1]
            let told = histogram.quantile(share)
            #expect(told >= exact)
            #expect(Double(told) <= Double(exact) * (1 + 1 / 32.0))
        }
    }

    @Test func `what is too long for the last bucket is still counted`() {
        var histogram = Histogram()
        let months: UInt64 = 1 << 62
        histogram.record(nanoseconds: months)
        histogram.record(nanoseconds: 5)
        #expect(histogram.count == 2)
        #expect(histogram.quantile(1) == months)
        #expect(histogram.quantile(0.5) == 5)
    }

    @Test func `merging is recording everything in one`() {
        var left = Histogram()
        var right = Histogram()
        var both = Histogram()
        for time: UInt64 in 0..<10_000 {
            left.record(nanoseconds: time * 3)
            right.record(nanoseconds: time * 7, times: 2)
            both.record(nanoseconds: time * 3)
            both.record(nanoseconds: time * 7)
            both.record(nanoseconds: time * 7)
        }
        left.merge(right)
        #expect(left == both)
        #expect(left.summary.count == 30_000)
    }

    @Test func `bounds for Prometheus count everything up to them`() {
        var histogram = Histogram()
        for time: UInt64 in [10, 20, 30, 1_000, 1_000_000] { histogram.record(nanoseconds: time) }
        let counts = histogram.cumulativeCounts(atMostNanoseconds: [9, 10, 30, 2_000, 1_000_000])
        #expect(counts == [0, 1, 3, 4, 5])
        #expect(histogram.sumNanoseconds == 1_001_060)
    }
}
