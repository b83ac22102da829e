import NanoCore
import Testing

@testable import NanoServe

struct PostgresWireTests {
    @Test func `a packet becomes one line of COPY`() throws {
        let header: [UInt8] = [
            0xC1, 0x53, 1, 0x10, 1, 0, 0, 4, 0x69, 0x55, 0xB9, 0x00, 0, 0,
        ]
        var batch = DeliveryBatch()
        batch.bytes = header + [0xA1, 0x61, 0x61, 0x01] + [0xBE, 0xEF]
        batch.items = [
            DeliveryBatch.Item(
                frame: 0..<batch.bytes.count, model: try #require(batch.model),
                receivedMonotonicNanoseconds: 0, device: 0, block: 0,
                record: 0)
        ]
        var copy: [UInt8] = []
        PostgresWire.appendRows(
            of: batch, now: Moment(unixMilliseconds: 5_000, monotonicNanoseconds: 2_000_000_000),
            into: &copy)
        let fields = String(decoding: copy, as: UTF8.self).split(separator: "\t")
        #expect(fields.count == PostgresWire.columns.count)
        #expect(fields[0].hasPrefix("10-6955b900-"))
        #expect(
            fields.dropFirst().map(String.init) == [
                "16", "telemetry", "2026-01-01T00:00:00.000Z", "0",
                "\\\\xc1530110010000046955b9000000", "\\\\xa1616101", "beef", "{\"a\":1}",
                "1970-01-01T00:00:03.000Z\n",
            ])
    }

    @Test func `a dead letter that is sent once more keeps its time of reception`() {
        var letter = DeadLetter.sample(1)
        letter.receivedUnixMilliseconds = 7_000
        var copy: [UInt8] = []
        PostgresWire.appendRows(
            of: DeliveryBatch([letter], takenAt: 3_000_000_000),
            now: Moment(unixMilliseconds: 90_000, monotonicNanoseconds: 4_000_000_000),
            into: &copy)
        #expect(String(decoding: copy, as: UTF8.self).hasSuffix("\t1970-01-01T00:00:07.000Z\n"))
    }

    @Test(arguments: [
        (#"{"a":"\u0000b"}"#, "{\"a\":\"\u{2400}b\"}"),
        (#"{"a":"\\u0000"}"#, #"{"a":"\\\\u0000"}"#),
        (#"{"a":"\n\""}"#, #"{"a":"\\n\\""}"#),
    ])
    func `escapes survive COPY, and U+0000 becomes its symbol`(json: String, field: String) {
        var copy: [UInt8] = []
        PostgresWire.appendJSON(Array(json.utf8), into: &copy)
        #expect(String(decoding: copy, as: UTF8.self) == field)
    }

    @Test(arguments: [
        ("it's", "'it''s'"), ("\\", "'\\'"), ("'\u{301}); --", "'''\u{301}); --'"),
        ("a\0b", "'a\u{2400}b'"),
    ])
    func `no text ends the quotes that it stands in`(text: String, quoted: String) {
        #expect(Array(PostgresWire.quoted(text).utf8) == Array(quoted.utf8))
    }
}

extension DeliveryBatch {
    fileprivate var model: ModelID? {
        FrameBounds(readingAt: 0, in: bytes.span)?.header.model
    }
}
