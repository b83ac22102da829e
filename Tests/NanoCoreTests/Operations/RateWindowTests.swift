import NanoCore
import Testing

@Suite struct RateWindowTests {
    static func at(_ seconds: Double) -> UInt64 { UInt64((seconds + 500) * 1e9) }

    @Test func `nothing counted is no rate`() {
        let window = RateWindow(now: Self.at(0))
        #expect(window.rate(now: Self.at(0)) == 0)
        #expect(window.rate(now: Self.at(100)) == 0)
        #expect(window.history(now: Self.at(100)) == [Double](repeating: 0, count: 60))
    }

    @Test func `a rate settles over ten seconds`() {
        var window = RateWindow(now: Self.at(0))
        for second in 0..<30 { window.add(50, now: Self.at(Double(second) + 0.5)) }
        #expect(window.rate(now: Self.at(30)) == 50)
        #expect(window.rate(now: Self.at(35)) == 25)
        #expect(window.rate(now: Self.at(40)) == 0)
    }

    @Test func `a young window does not count the time before its start`() {
        var window = RateWindow(now: Self.at(0))
        window.add(30, now: Self.at(0.2))
        #expect(window.rate(now: Self.at(0.5)) == 30)
        window.add(10, now: Self.at(1.2))
        #expect(window.rate(now: Self.at(2)) == 20)
    }

    @Test(arguments: [0.1, 0.5, 0.9])
    func `a window that starts within a second has the full rate at once`(start: Double) {
        var window = RateWindow(now: Self.at(start))
        for look in 0...20 {
            let time = start + Double(look) * 0.25
            window.observe(total: UInt64((time * 1_000).rounded()), now: Self.at(time))
            if time >= 1 { #expect(abs(window.rate(now: Self.at(time)) - 1_000) < 1) }
        }
    }

    @Test func `the history holds the last sixty whole seconds, oldest first`() {
        var window = RateWindow(now: Self.at(0))
        for second in 0..<100 { window.add(UInt64(second), now: Self.at(Double(second))) }
        #expect(window.history(now: Self.at(99.9)) == (39..<99).map(Double.init))
        #expect(
            window.history(now: Self.at(130)) == (70..<100).map(Double.init)
                + Array(repeating: 0, count: 30))
    }

    @Test func `a total looked at now and then is spread over the time between`() {
        var window = RateWindow(now: Self.at(0))
        window.observe(total: 1_000, now: Self.at(0))
        window.observe(total: 1_400, now: Self.at(4))
        let history = window.history(now: Self.at(4))
        #expect(history.suffix(5).map { $0.rounded() } == [0, 100, 100, 100, 100])
        window.observe(total: 20, now: Self.at(5))
        #expect(window.history(now: Self.at(6)).last == 0)
        window.observe(total: 80, now: Self.at(7))
        #expect(window.history(now: Self.at(7)).suffix(2).map { $0.rounded() } == [30, 30])
    }

    @Test func `a long silence before a look is no trouble`() {
        var window = RateWindow(now: Self.at(0))
        window.observe(total: 0, now: Self.at(0))
        window.observe(total: 36_000, now: Self.at(3_600))
        #expect(abs(window.rate(now: Self.at(3_600)) - 10) < 0.001)
    }

    @Test func `a clock that steps back counts as the last time`() {
        var window = RateWindow(now: Self.at(10))
        window.add(5, now: Self.at(12))
        window.add(5, now: Self.at(3))
        #expect(window.history(now: Self.at(13)).last == 10)
    }
}
