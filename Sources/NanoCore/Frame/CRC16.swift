/// CRC-16/CCITT-FALSE: polynomial 0x1021, initial value 0xFFFF, nothing reflected, no final xor.
///
/// Source: the catalogue of parametrised CRC algorithms; check value of "123456789" is 0x29B1.
public enum CRC16 {
    /// The checksum of part of a buffer.
    public static func checksum(_ bytes: Span<UInt8>, _ range: Range<Int>) -> UInt16 {
        var remainder: UInt16 = 0xFFFF
        for offset in range {
            let index = Int(UInt8(truncatingIfNeeded: remainder &>> 8) ^ bytes[offset])
            remainder = remainder &<< 8 ^ table[index]
        }
        return remainder
    }

    private static let table: [UInt16] = (0..<256).map { index in
        var remainder = UInt16(index) &<< 8
        for _ in 0..<8 {
            let carry = remainder & 0x8000 != 0
            remainder = remainder &<< 1 ^ (carry ? 0x1021 : 0)
        }
        return remainder
    }
}

extension CRC16 {
    /// The checksum that a frame of level `none` carries.
    @inline(__always)
    static func sent(_ frame: FrameBounds, _ bytes: Span<UInt8>) -> UInt16 {
        UInt16(bytes[frame.mac.lowerBound]) &<< 8 | UInt16(bytes[frame.mac.lowerBound + 1])
    }

    /// Whether it is that of the frame's header and payload.
    static func holds(_ frame: FrameBounds, _ bytes: Span<UInt8>) -> Bool {
        sent(frame, bytes) == checksum(bytes, frame.authenticated)
    }
}
