import NanoCore
import Testing

/// What a receiver asks for.
@Suite struct RetryAfterTests {
    @Test(arguments: [
        ("0", Int64(0)), ("120", 120_000), (" 7\t", 7_000),
        ("99999999999999999999", Int64.max),
        ("Sun, 06 Nov 1994 08:49:37 GMT", 7_000), ("Sun, 06 Nov 1994 08:49:29 GMT", 0),
        ("Thu, 29 Feb 1996 00:00:00 GMT", 41_440_230_000),
    ])
    func `seconds and dates are waits in milliseconds`(text: String, milliseconds: Int64) {
        #expect(RetryAfter.milliseconds(text, now: 784_111_770_000) == milliseconds)
    }

    @Test(arguments: [
        "", " ", "-1", "+1", "1.5", "soon", "Sun, 06 Nov 1994 08:49:37", "١٢",
        "Sun, 06 Nov 1994 24:00:00 GMT", "Sun, 32 Nov 1994 08:49:37 GMT",
        "Sunday, 06-Nov-94 08:49:37 GMT", "Sun Nov  6 08:49:37 1994",
    ])
    func `anything else is no wait`(text: String) {
        #expect(RetryAfter.milliseconds(text, now: 0) == nil)
    }
}
