import Foundation
import NanoCore
import Testing

/// Packets as lines.
@Suite struct PacketDumpTests {
    static func lines(_ format: DumpFormat, _ records: [PacketRecord]) -> [String] {
        let file = PacketDump.encode(records, as: format)
        return String(decoding: file, as: UTF8.self).split(separator: "\n").map(String.init)
    }

    static let payload = Payloads.bytes("a1 6161 1bffffffffffffffff")
    static let accepted = PacketRecord(
        id: 7, unixMilliseconds: 1_768_660_200_123, address: "10.0.0.1:9",
        bytes: FrameBuilder(
            model: .custom, type: .telemetry, level: .high, timestamp: 1_768_660_200
        ).build(payload: payload, key: HMACKey(secret: [1, 2, 3])), model: .custom,
        deviceID: "a\"\n\u{202E}")

    @Test func `an accepted packet is a JSON object with its payload`() throws {
        let line = try #require(Self.lines(.ndjson, [Self.accepted]).first)
        #expect(line.contains(#""payload":{"a":18446744073709551615},"#))
        let object = try #require(
            try JSONSerialization.jsonObject(with: Data(line.utf8)) as? [String: Any])
        #expect(object["verdict"] as? String == "accepted")
        #expect(object["model"] as? String == "0xff")
        #expect(object["device_id"] as? String == "a\"\n\u{202E}")
        #expect(object["time"] as? String == "2026-01-17T14:30:00.123Z")
        #expect(object["bytes"] as? String == Hexadecimal.text(Self.accepted.bytes))
    }

    @Test func `a refused packet has its reason and its facts`() throws {
        var refused = Self.accepted
        refused.refusal = Payloads.refusal(Payloads.bytes("a1 6161 9841"))
        refused.diagnosis = "a sentence"
        let line = try #require(Self.lines(.ndjson, [refused]).first)
        let object = try #require(
            try JSONSerialization.jsonObject(with: Data(line.utf8)) as? [String: Any])
        #expect(object["verdict"] as? String == "refused")
        #expect(object["reason"] as? String == "cbor_limit")
        #expect(object["facts"] as? [String: Any] != nil)
        #expect(object["diagnosis"] as? String == "a sentence")
        #expect(object["payload"] == nil)
    }

    @Test func `in hexadecimal every packet is a line`() {
        let empty = PacketRecord(id: 1, unixMilliseconds: 0, address: "", bytes: [])
        let lines = Self.lines(.hex, [Self.accepted, empty, Self.accepted])
        #expect(lines == [String](repeating: Hexadecimal.text(Self.accepted.bytes), count: 2))
    }

    @Test func `every packet is a line of its own, whatever its text holds`() {
        #expect(Self.lines(.ndjson, [Self.accepted, Self.accepted]).count == 2)
    }
}
