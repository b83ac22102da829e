import Testing

@testable import NanoCore

@Suite struct TimestampReadingTests {
    @Test(arguments: [
        ("1970-01-01", 0), ("2026-01-17T14:30:00Z", 1_768_660_200_000),
        ("2026-01-17t14:30:00z", 1_768_660_200_000),
        ("2026-01-17T15:30:00+01:00", 1_768_660_200_000),
        ("2026-01-17T09:00:00-05:30", 1_768_660_200_000),
        ("2026-01-17T14:30:00.5Z", 1_768_660_200_500),
        ("2026-01-17T14:30:00.123456789Z", 1_768_660_200_123), ("2024-02-29", 1_709_164_800_000),
        ("0000-01-01", -62_167_219_200_000), ("9999-12-31T23:59:59.999Z", 253_402_300_799_999),
        ("1969-12-31T23:59:59.999Z", -1),
    ])
    func `a time of RFC 3339 is read`(text: String, milliseconds: Int64) {
        #expect(Timestamp.unixMilliseconds(rfc3339: text) == milliseconds)
    }

    @Test(arguments: [
        "", "2026", "2026-1-17", "2026-02-29", "2026-13-01", "2026-00-01", "2026-01-00",
        "2026-04-31", "1900-02-29", "2026-01-17T", "2026-01-17T14:30Z", "2026-01-17T14:30:00",
        "2026-01-17T24:00:00Z", "2026-01-17T14:60:00Z", "2026-01-17T14:30:60Z",
        "2026-01-17T14:30:00.Z", "2026-01-17T14:30:00+1:00", "2026-01-17T14:30:00+24:00",
        "2026-01-17T14:30:00Zx", "2026-01-17 14:30:00Z", " 2026-01-17", "+026-01-17", "२०२६-01-17",
    ])
    func `anything else is none`(text: String) {
        #expect(Timestamp.unixMilliseconds(rfc3339: text) == nil)
    }

    @Test func `what is written is read again`() {
        let seed = UInt64.random(in: 0 ... .max)
        var random = SeededNumbers(seed: seed)
        for _ in 0..<2_000 {
            let time = Int64.random(
                in: -62_167_219_200_000...253_402_300_799_999, using: &random)
            let text = Timestamp.iso8601(time)
            #expect(Timestamp.unixMilliseconds(rfc3339: text) == time, "seed \(seed): \(text)")
        }
    }
}
