import NanoCore
import Testing

/// Dumps in the format of Wireshark.
@Suite struct PcapngTests {
    static let records = [
        PacketRecord(
            id: 1, unixMilliseconds: 1_768_660_200_123, address: "10.0.0.1:50112",
            bytes: Array(0..<17), model: .esp32Pressure, deviceID: "ESP\u{202E}"),
        PacketRecord(
            id: 2, unixMilliseconds: 1_768_660_200_124, address: "[::1]:1", bytes: [],
            refusal: Refusal(.badMagic, offset: 0)),
        PacketRecord(
            id: 3, unixMilliseconds: -1, address: "", bytes: [UInt8](repeating: 7, count: 1_070),
            refusal: Refusal(.macMismatch, offset: 89), diagnosis: "an older secret matches"),
    ]

    @Test func `what is written can be read again`() throws {
        let packets = try CaptureReader.decode(Pcapng.encode(Self.records))
        #expect(packets.map(\.bytes) == Self.records.map(\.bytes))
        #expect(
            packets.map(\.unixNanoseconds) == [
                1_768_660_200_123_000_000, 1_768_660_200_124_000_000, 0,
            ])
        #expect(
            packets[0].comment == #"accepted; from 10.0.0.1:50112; device ESP\u{202E}"#)
        #expect(packets[1].comment?.hasPrefix("refused, bad_magic: ") == true)
        #expect(packets[2].comment?.contains("an older secret matches") == true)
    }

    @Test func `a file without packets is a file`() throws {
        #expect(try CaptureReader.decode(Pcapng.encode([])).isEmpty)
    }

    /// A block in big-endian order.
    static func block(_ type: String, _ body: String) -> [UInt8] {
        let body = Payloads.bytes(body)
        let total = UInt32(body.count + 12)
        let length = [24, 16, 8, 0].map { UInt8(truncatingIfNeeded: total >> $0) }
        return Payloads.bytes(type) + length + body + length
    }

    static let bigSection = block("0a0d0d0a", "1a2b3c4d 0001 0000 ffffffffffffffff")
    /// USER0 with nanoseconds.
    static let bigInterface = block("00000001", "0093 0000 00000000 0009 0001 09000000 00000000")
    static let bigPacket = block(
        "00000006",
        "00000000 00000000 3b9aca01 00000003 00000003 aabbcc00 0001 0002 68690000 00000000")

    @Test func `the other byte order, other resolutions and unknown blocks are read`() throws {
        let unknown = Self.block("00000bad", "01020304")
        let simple = Self.block("00000003", "00000002 ddee0000")
        let file =
            Self.bigSection + Self.bigInterface + unknown + Self.bigPacket + simple
        let packets = try CaptureReader.decode(file)
        #expect(
            packets == [
                CapturedPacket(
                    unixNanoseconds: 1_000_000_001, bytes: [0xAA, 0xBB, 0xCC], comment: "hi"),
                CapturedPacket(unixNanoseconds: nil, bytes: [0xDD, 0xEE]),
            ])
        let binary = Self.block(
            "00000001", "0093 0000 00000000 0009 0001 9e000000 000e 0008 0000000000000005 00000000")
        let scaled = try CaptureReader.decode(Self.bigSection + binary + Self.bigPacket)
        #expect(scaled[0].unixNanoseconds == Int64(5_931_322_575))
    }

    @Test func `packets are read from the blocks of old programs too`() throws {
        let packet = Self.block(
            "00000002",
            "0001 0007 00000000 3b9aca01 00000003 00000003 aabbcc00 0001 0002 68690000 00000000")
        let file = Self.bigSection + Self.bigInterface + Self.bigInterface + packet
        #expect(
            try CaptureReader.decode(file) == [
                CapturedPacket(
                    unixNanoseconds: 1_000_000_001, bytes: [0xAA, 0xBB, 0xCC], comment: "hi")
            ])
        #expect(throws: CaptureError.unknownInterface(1, offset: 60)) {
            try CaptureReader.decode(Self.bigSection + Self.bigInterface + packet)
        }
    }

    @Test func `several sections may follow each other`() throws {
        let little = Pcapng.encode(Self.records)
        let file = little + Self.bigSection + Self.bigInterface + Self.bigPacket + little
        #expect(try CaptureReader.decode(file).count == 7)
    }

    @Test func `a damaged file is refused at the block at fault`() {
        func error(_ file: [UInt8]) -> CaptureError? {
            #expect(throws: CaptureError.self) { try CaptureReader.decode(file) }
        }
        let start = Self.bigSection.count
        #expect(error([]) == .notCapture)
        #expect(error(Payloads.bytes("d4c3b2a2 00000000")) == .notCapture)
        #expect(error(Self.block("0a0d0d0a", "1a2b3c4e 0001 0000")) == .badByteOrder(offset: 8))
        #expect(
            error(Self.block("0a0d0d0a", "1a2b3c4d 0002 0000"))
                == .unsupportedVersion(2, .pcapng, offset: 12))
        #expect(
            error(Self.bigSection + Self.bigPacket) == .unknownInterface(0, offset: start))
        #expect(
            error(Self.bigSection + Payloads.bytes("00000006 0000000d"))
                == .badBlockLength(13, offset: start))
        var unequal = Self.bigInterface
        unequal[unequal.count - 1] ^= 4
        #expect(
            error(Self.bigSection + unequal)
                == .badBlockLength(UInt32(unequal.count), offset: start))
        let lying = Self.block("00000006", "00000000 00000000 00000000 00000009 00000009 aabbcc00")
        #expect(
            error(Self.bigSection + Self.bigInterface + lying)
                == .badPacketLength(9, offset: start + Self.bigInterface.count))
        let option = Self.block("00000001", "0093 0000 00000000 0002 0040 00000000")
        #expect(error(Self.bigSection + option) == .badOption(offset: start + 16))
    }

    @Test func `a file cut anywhere gives what is whole, or says where it ends`() throws {
        let file = Pcapng.encode(Self.records)
        let whole = try CaptureReader.decode(file)
        var ends = 0
        for count in 4..<file.count {
            do {
                let packets = try CaptureReader.decode(Array(file.prefix(count)))
                #expect(packets == Array(whole.prefix(packets.count)))
                ends += 1
            } catch {
                guard case .truncatedBlock(let offset) = error else {
                    Issue.record("\(count): \(error)")
                    continue
                }
                #expect(offset < count)
                #expect(error.description.hasPrefix("byte \(offset): "))
            }
        }
        #expect(ends == 4)
    }

    @Test func `packets in front of a fault are handed out`() {
        let file = Pcapng.encode(Self.records)
        let (packets, fault) = CaptureReader.read(Array(file.dropLast(4)), partBytes: 50)
        #expect(fault != nil)
        #expect(packets == (try? CaptureReader.decode(file).dropLast()))
        #expect(packets.count == Self.records.count - 1)
    }

    @Test func `each interface has its own kind of link and its own limit`() throws {
        let ethernet = Self.block("00000001", "0001 0000 00000002")
        let simple = Self.block("00000003", "00000009 ddee0000")
        let ofSecond = Self.block(
            "00000006", "00000001 00000000 00000005 00000001 00000001 aa000000")
        let packets = try CaptureReader.decode(
            Self.bigSection + ethernet + Self.bigInterface + simple + ofSecond)
        #expect(
            packets == [
                CapturedPacket(linkType: 1, unixNanoseconds: nil, bytes: [0xDD, 0xEE]),
                CapturedPacket(linkType: 147, unixNanoseconds: 5, bytes: [0xAA]),
            ])
    }

    @Test func `a mutated file never traps`() {
        let seed = UInt64.random(in: 0...UInt64.max)
        var random = SeededNumbers(seed: seed)
        let file =
            Self.bigSection + Self.bigInterface + Self.bigPacket + Pcapng.encode(Self.records)
        for _ in 0..<5_000 {
            var mutated = file
            for _ in 0..<4 {
                let place = Int.random(in: 0..<mutated.count, using: &random)
                mutated[place] = UInt8.random(in: 0...255, using: &random)
            }
            _ = try? CaptureReader.decode(mutated)
        }
    }
}
