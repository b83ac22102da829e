import Foundation
import Testing

@testable import NanoCore

/// Events as receivers get them.
@Suite struct EventTests {
    static let key = HMACKey(secret: (0..<32).map { UInt8($0) })

    static func frame(
        _ payload: [UInt8], level: SecurityLevel = .standard, type: PayloadType = .telemetry,
        behind count: Int = 0
    ) -> ([UInt8], FrameBounds) {
        let header = FrameHeader(
            model: .esp32Pressure, type: type, flags: level.rawValue, level: level,
            payloadLength: payload.count, timestamp: 1_768_660_200)
        let bytes = FrameBuilder(
            model: .esp32Pressure, type: type, level: level, timestamp: 1_768_660_200
        ).build(payload: payload, key: key)
        let buffer = [UInt8](repeating: 0xEE, count: count) + bytes + [0xEE]
        return (buffer, FrameBounds(header: header, start: count))
    }

    static let payload = Payloads.writing(
        ProfileTests.map([
            "device_id": ProfileTests.text("ESP32-001"),
            "pressure_pa": ProfileTests.integer(101_325),
        ]))

    static func json(_ frame: [UInt8], _ bounds: FrameBounds, id: Bool) -> String {
        var json: [UInt8] = []
        EventEncoder.appendJSON(frame: frame.span, bounds: bounds, id: id, into: &json)
        return String(decoding: json, as: UTF8.self)
    }

    static let body =
        #""source":"nanogridata_0x10","type":"telemetry","payload":{"device_id":"ESP32-001","#
        + #""pressure_pa":101325},"timestamp":"2026-01-17T14:30:00.000Z","modelId":16}"#

    @Test(arguments: [0, 5])
    func `an event has the protocol's five fields in their order`(offset: Int) {
        let (frame, bounds) = Self.frame(Self.payload, behind: offset)
        #expect(Self.json(frame, bounds, id: false) == "{" + Self.body)
    }

    @Test func `in a batch the identity comes first`() {
        let (frame, bounds) = Self.frame(Self.payload)
        let identity = EventIdentity.text(frame: frame.span, bounds)
        #expect(Self.json(frame, bounds, id: true) == "{\"id\":\"\(identity)\"," + Self.body)
    }

    @Test func `every payload type has its name`() {
        for type in PayloadType.allCases {
            let (frame, bounds) = Self.frame([0xA0], type: type)
            #expect(Self.json(frame, bounds, id: false).contains("\"type\":\"\(type.name)\""))
        }
    }

    @Test(arguments: [SecurityLevel.standard, .high, .military])
    func `an identity is model, timestamp and the beginning of the MAC`(level: SecurityLevel) {
        let (frame, bounds) = Self.frame(Self.payload, level: level, behind: 3)
        let mac = Hexadecimal.text(frame[bounds.mac].prefix(16))
        #expect(EventIdentity.text(frame: frame.span, bounds) == "10-696b9ce8-" + mac)
    }

    @Test func `without a MAC the frame's own digest stands for it`() {
        let (frame, bounds) = Self.frame(Self.payload, level: .none, behind: 3)
        let (other, otherBounds) = Self.frame([0xA0], level: .none)
        let identity = EventIdentity.text(frame: frame.span, bounds)
        let digest = SHA256Digest.of(Array(frame[bounds.start..<bounds.end])).prefix(16)
        #expect(identity == "10-696b9ce8-" + Hexadecimal.text(digest))
        #expect(identity.utf8.count == EventIdentity.length)
        #expect(identity != EventIdentity.text(frame: other.span, otherBounds))
    }
}
