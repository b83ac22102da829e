import Foundation
import NanoCore
import Testing

/// Moments as text.
@Suite struct TimestampTests {
    @Test(arguments: [
        (Int64(0), "1970-01-01T00:00:00.000Z"), (1_768_660_200_000, "2026-01-17T14:30:00.000Z"),
        (-1, "1969-12-31T23:59:59.999Z"), (951_782_400_007, "2000-02-29T00:00:00.007Z"),
        (4_294_967_295_000, "2106-02-07T06:28:15.000Z"),
        (253_402_300_799_999, "9999-12-31T23:59:59.999Z"),
        (-62_167_219_200_000, "0000-01-01T00:00:00.000Z"),
    ])
    func `a moment is written in UTC with milliseconds`(milliseconds: Int64, text: String) {
        #expect(Timestamp.iso8601(milliseconds) == text)
    }

    @Test func `Foundation writes the same`() {
        let seed = UInt64.random(in: 0...UInt64.max)
        var random = SeededNumbers(seed: seed)
        let style = Date.ISO8601FormatStyle(includingFractionalSeconds: true)
        for _ in 0..<500 {
            let second = Int64.random(in: 0...Int64(UInt32.max), using: &random)
            let date = Date(timeIntervalSince1970: Double(second))
            #expect(Timestamp.iso8601(second * 1_000) == date.formatted(style), "seed \(seed)")
        }
    }

    @Test func `the farthest moments trap nowhere`() {
        #expect(Timestamp.iso8601(.max).hasSuffix("Z"))
        #expect(Timestamp.iso8601(.min).hasPrefix("-"))
    }

    @Test func `people get a shorter form`() {
        #expect(Timestamp.short(unixSeconds: 1_768_660_200) == "2026-01-17 14:30:00Z")
    }
}
