import Testing

@testable import NanoCore

@Suite struct TimeSpanTests {
    @Test(arguments: [
        ("90d", 7_776_000), ("36h", 129_600), ("15m", 900), ("30s", 30), ("0s", 0),
        ("36600d", 3_162_240_000),
    ])
    func `a whole number and its unit are a span`(text: String, seconds: Int64) {
        #expect(TimeSpan(text)?.seconds == seconds)
    }

    @Test(arguments: [
        "", "d", "90", "-1d", "+1d", "1.5d", "90 d", "1w", "9d9", "٣d", "36601d",
        "9999999999999999999s",
    ])
    func `other text is none`(text: String) {
        #expect(TimeSpan(text) == nil)
    }

    @Test(arguments: ["90d", "36h", "90m", "59s"])
    func `it is written in the largest unit without a rest`(text: String) {
        #expect(TimeSpan(text)?.text == text)
        #expect(TimeSpan("48h")?.text == "2d")
    }
}
