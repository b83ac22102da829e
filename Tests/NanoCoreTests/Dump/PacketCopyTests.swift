import Testing

@testable import NanoCore

/// Packets as text that is pasted elsewhere.
@Suite struct PacketCopyTests {
    private static func record(
        device: String = "ASIC-017", refusal: Refusal? = nil
    ) -> PacketRecord {
        PacketRecord(
            id: 7, unixMilliseconds: 1_767_225_600_000, address: "10.0.4.17:50112",
            bytes: DissectionTests.frame(DissectionTests.payload), refusal: refusal,
            model: .asicMulti, deviceID: device)
    }

    private static func text(_ records: [PacketRecord], _ form: CopyForm) -> String {
        PacketCopy.text(of: records, as: form, monitorPort: 5_679)
    }

    @Test func `hex is a line a packet, from which the bytes come back`() throws {
        let records = [Self.record(), Self.record()]
        let lines = Self.text(records, .hex)
        var reader = HexLineReader()
        var found: [[UInt8]] = []
        try reader.read(Array(lines.utf8).span) { _, bytes in found.append(bytes) }
        #expect(found == records.map(\.bytes))
    }

    @Test func `a C array has every byte, and names the verdict`() {
        let text = Self.text([Self.record(refusal: Refusal(.macMismatch))], .c)
        #expect(
            text.hasPrefix(
                "/* 0x30 ASIC-017, 10.0.4.17:50112, 2026-01-01T00:00:00.000Z, 104 bytes, "))
        #expect(text.contains("mac_mismatch: the MAC differs"))
        #expect(text.contains("static const uint8_t frame[] = {\n    0xc1, 0x53, 0x01, 0x30,"))
        let bytes = text.matches(of: /0x([0-9a-f]{2}),/).compactMap {
            UInt8($0.output.1, radix: 16)
        }
        #expect(bytes == Self.record().bytes)
    }

    @Test func `several arrays have names of their own`() {
        let text = Self.text([Self.record(), Self.record()], .c)
        #expect(text.contains("frame_1[]") && text.contains("frame_2[]"))
    }

    @Test func `what a device calls itself ends no comment and no quotation`() {
        let hostile = Self.record(device: "*/ system(\"x\"); /* '\n$(reboot)\u{1B}[31m")
        let array = Self.text([hostile], .c)
        #expect(array.components(of: "*/").count == 2)
        for form in CopyForm.ofPackets {
            let text = Self.text([hostile], form)
            #expect(!text.contains("\u{1B}"), "\(form)")
        }
        let command = Self.text([hostile], .curl)
        #expect(command.count { $0 == "'" } == 2)
        #expect(!command.contains("$(") && command.count { $0 == "\n" } == 1)
    }

    @Test func `curl asks for packets like it, once for each kind`() {
        let refused = Self.record(refusal: Refusal(.macMismatch))
        #expect(
            Self.text([refused, refused, Self.record()], .curl) == """
                curl -sS 'http://127.0.0.1:5679/rejections?limit=20&filter=\
                reason%3Amac_mismatch%20device%3AASIC-017'
                curl -sS 'http://127.0.0.1:5679/packets?limit=20&filter=device%3AASIC-017'

                """)
    }

    @Test func `JSON says of a refusal why, and of a packet what it holds`() {
        let refused = Self.text(
            [Self.record(refusal: Refusal(.replay, .otherAddress, offset: 88))], .json)
        #expect(
            refused == """
                {"line":1,"offset":0,"source":"10.0.4.17:50112","time":"2026-01-01T00:00:00.000Z",\
                "verdict":"refused","reason":"replay","facts":{"detail":"other_address","offset":88}}

                """)
        #expect(Self.text([Self.record()], .json).contains(#""payload":{"device_id":"ASIC-017""#))
    }
}

extension String {
    fileprivate func components(of separator: String) -> [Substring] {
        split(separator: separator, omittingEmptySubsequences: false)
    }
}
