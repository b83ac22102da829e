/// One segment of TCP (RFC 9293 §3.1).
struct TCPSegment: Equatable {
    let sourcePort: UInt16
    let destinationPort: UInt16
    /// Of the first byte, or of the SYN in front of it.
    let sequence: UInt32
    let isSYN: Bool
    let isFIN: Bool
    let isRST: Bool
    /// The payload, as far as it was captured.
    let payload: ArraySlice<UInt8>
    /// Bytes of payload that were sent.
    let sentBytes: Int

    private enum Flag {
        static let fin: UInt8 = 1
        static let syn: UInt8 = 2
        static let rst: UInt8 = 4
    }

    /// Reads the content of an IP packet.
    static func read(
        _ packet: IPPacket, in bytes: [UInt8]
    ) throws(IPPacket.Fault) -> TCPSegment {
        let start = packet.content.lowerBound
        guard packet.sentBytes >= 20 else { throw .malformed }
        guard packet.content.count >= 20,
            let sourcePort = ByteOrder.big.read(UInt16.self, bytes, at: start),
            let destinationPort = ByteOrder.big.read(UInt16.self, bytes, at: start + 2),
            let sequence = ByteOrder.big.read(UInt32.self, bytes, at: start + 4)
        else { throw .cut }
        let headerLength = Int(bytes[start + 12] >> 4) * 4
        guard headerLength >= 20, headerLength <= packet.sentBytes else { throw .malformed }
        let flags = bytes[start + 13]
        let payloadStart = min(start + headerLength, packet.content.upperBound)
        return TCPSegment(
            sourcePort: sourcePort, destinationPort: destinationPort, sequence: sequence,
            isSYN: flags & Flag.syn != 0, isFIN: flags & Flag.fin != 0,
            isRST: flags & Flag.rst != 0,
            payload: bytes[payloadStart..<packet.content.upperBound],
            sentBytes: packet.sentBytes - headerLength)
    }

    /// Sequence number of the payload's first byte.
    var payloadSequence: UInt32 { isSYN ? sequence &+ 1 : sequence }
}
