import NanoCore
import Testing

@testable import NanoSim

@Suite struct SimulatedDeviceTests {
    static let now = 1_767_225_600.0

    private func device(_ model: ModelID, seed: UInt64) -> SimulatedDevice {
        SimulatedDevice(
            model: model, number: 7, secret: Array(1...32), random: SplitMix64(seed: seed))
    }

    @Test(arguments: ModelID.builtIn + [ModelID(rawValue: 0x77)])
    func `every payload is sound CBOR and keeps its model's profile`(model: ModelID) throws {
        var types: Set<PayloadType> = []
        for seed in 1...5 as ClosedRange<UInt64> {
            var device = device(model, seed: seed)
            for step in 0..<400 {
                let frame = device.frame(at: Self.now + Double(step) * 731)
                let found = FrameBounds(readingAt: 0, in: frame.span)
                let bounds = try #require(found)
                #expect(bounds.end == frame.count)
                types.insert(bounds.header.type)
                do {
                    try CBORWalk.validate(frame.span, bounds.payload)
                    try Profile.standard(for: model).validate(
                        frame.span, payload: bounds.payload, type: bounds.header.type)
                } catch {
                    Issue.record("seed \(seed), step \(step): \(error.words)")
                }
                #expect(bounds.header.level >= ModelKeys.defaultMinimumLevel(for: model))
            }
        }
        #expect(types == Set(PayloadType.allCases))
    }

    @Test func `the same seed gives the same frames, another one others`() {
        var (first, second) = (device(.asicMulti, seed: 5), device(.asicMulti, seed: 5))
        var other = device(.asicMulti, seed: 6)
        for step in 0..<50 {
            let time = Self.now + Double(step)
            let frame = first.frame(at: time)
            #expect(frame == second.frame(at: time))
            #expect(frame != other.frame(at: time))
        }
    }

    @Test func `frames of one second differ`() {
        var device = device(.esp32Pressure, seed: 1)
        let frames = (0..<100).map { _ in device.frame(at: Self.now) }
        #expect(Set(frames).count == 100)
    }

    @Test func `a wrong clock is further off than a gateway takes`() throws {
        let now = Moment(unixMilliseconds: Int64(Self.now) * 1_000, monotonicNanoseconds: 0)
        for seed in 1...50 as ClosedRange<UInt64> {
            for isWrong in [false, true] {
                var device = SimulatedDevice(
                    model: .custom, number: 1, secret: Array(1...32), isClockWrong: isWrong,
                    random: SplitMix64(seed: seed))
                let frame = device.frame(at: Self.now)
                let bounds = FrameBounds(readingAt: 0, in: frame.span)
                let header = try #require(bounds).header
                let isRefused =
                    (try? TimePolicy().check(timestamp: header.timestamp, now: now)) == nil
                #expect(isRefused == isWrong, "seed \(seed)")
            }
        }
    }

    @Test func `a curve stays within its bounds and moves`() {
        var random = SplitMix64(seed: 11)
        var curve = SensorCurve(
            "x", mean: 50, swing: 60, noise: 5, bounds: 0...100, random: &random)
        let values = (0..<2_000).map { curve.reading(at: Double($0) * 60, random: &random) }
        #expect(values.allSatisfy { (0...100).contains($0) })
        #expect(Set(values).count > 500)
    }
}
