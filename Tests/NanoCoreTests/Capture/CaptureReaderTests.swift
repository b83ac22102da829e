import NanoCore
import Testing

extension CaptureReader {
    /// What can be read of a file that comes in parts, and what is wrong with it.
    static func read(
        _ file: [UInt8], partBytes: Int
    ) -> (packets: [CapturedPacket], fault: CaptureError?) {
        var reader = CaptureReader()
        var packets: [CapturedPacket] = []
        do throws(CaptureError) {
            for start in stride(from: 0, to: file.count, by: partBytes) {
                reader.append(Array(file[start..<min(file.count, start + partBytes)]).span)
                while let packet = try reader.next() { packets.append(packet) }
            }
            try reader.finish()
        } catch {
            return (packets, error)
        }
        return (packets, nil)
    }

    /// All packets of a file.
    static func decode(_ file: [UInt8]) throws(CaptureError) -> [CapturedPacket] {
        let (packets, fault) = read(file, partBytes: max(1, file.count))
        if let fault { throw fault }
        return packets
    }
}

/// Files of tcpdump, and what all capture files have in common.
@Suite struct CaptureReaderTests {
    @Test(arguments: [(false, false), (false, true), (true, false), (true, true)])
    func `pcap is read in either order and either unit of time`(
        isBig: Bool, isNano: Bool
    ) throws {
        let file = TrafficWriter.pcap(
            [[1, 2, 3], []], linkType: 113, isBig: isBig, isNano: isNano, time: (7, 5))
        let time: Int64 = 7_000_000_000 + (isNano ? 5 : 5_000)
        #expect(
            try CaptureReader.decode(file) == [
                CapturedPacket(linkType: 113, unixNanoseconds: time, bytes: [1, 2, 3]),
                CapturedPacket(linkType: 113, unixNanoseconds: time, bytes: []),
            ])
        #expect(CaptureFormat.recognise(file) == .capture(.pcap))
    }

    @Test(arguments: [1, 7, 64, 1_000])
    func `the parts in which a file comes change nothing`(partBytes: Int) throws {
        for file in [
            TrafficWriter.pcap([[UInt8](repeating: 3, count: 70), [4]], linkType: 1),
            Pcapng.encode(PcapngTests.records),
        ] {
            let (packets, fault) = CaptureReader.read(file, partBytes: partBytes)
            #expect(fault == nil)
            #expect(try packets == CaptureReader.decode(file))
        }
    }

    @Test func `a pcap file that is cut or damaged says where, behind what could be read`() {
        let file = TrafficWriter.pcap([[1, 2, 3], [4, 5, 6]], linkType: 1)
        for count in 4..<file.count {
            let (packets, fault) = CaptureReader.read(Array(file.prefix(count)), partBytes: count)
            #expect(packets.count == (count < 43 ? 0 : 1))
            let starts = [24, 43]
            let block = count < 24 ? 0 : count < 43 ? 24 : 43
            #expect(fault == (starts.contains(count) ? nil : .truncatedBlock(offset: block)))
        }
        var lying = file
        lying[43 + 11] = 0x7F
        let (packets, fault) = CaptureReader.read(lying, partBytes: 9)
        #expect(packets.count == 1)
        #expect(fault == .badPacketLength(0x7F00_0003, offset: 43))
        var later = file
        later[4] = 3
        #expect(
            CaptureReader.read(later, partBytes: 9).fault
                == .unsupportedVersion(3, .pcap, offset: 4))
    }

    @Test func `the first bytes tell captures and frames from text`() {
        typealias Recognition = CaptureFormat.Recognition
        let cases: [(bytes: String, meaning: Recognition)] = [
            ("", .undecided), ("0a", .undecided), ("0a0a", .other),
            ("0a0d0d0a 00000000", .undecided),
            ("0a0d0d0a 00000000 4d3c2b1a", .capture(.pcapng)),
            ("0a0d0d0a 00000000 1a2b3c4d", .capture(.pcapng)),
            ("0a0d0d0a 30303030 30303030", .other),
            ("d4c3", .undecided), ("d4c3b2a1", .capture(.pcap)), ("4d3cb2a1", .capture(.pcap)),
            ("c153", .undecided), ("c15301", .frame), ("c15302", .other), ("63", .other),
        ]
        for (bytes, meaning) in cases {
            #expect(CaptureFormat.recognise(Payloads.bytes(bytes)) == meaning, "\(bytes)")
        }
    }
}
