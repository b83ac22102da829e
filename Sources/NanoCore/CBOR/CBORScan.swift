/// Finds a device's identity in a payload that nothing has been checked of yet.
///
/// Whoever sent the bytes is unknown: the scan is bounded by the payload's length and by
/// ``CBORLimits``, allocates nothing, and finds nothing rather than fail.
public enum CBORScan {
    /// The text `device_id` in the map at the top, in one piece or in chunks; the first text of an
    /// array of three, which is what encrypted payloads are.
    ///
    /// - Returns: Nil when there is none, when it is no text string, or when the bytes in front of
    ///   it are no CBOR within the limits.
    @inline(__always)
    public static func deviceID(in bytes: Span<UInt8>, _ range: Range<Int>) -> CBORString? {
        var reader = CBORReader(range)
        guard case .map(let count)? = reader.next(in: bytes) else {
            return sealedDeviceID(in: bytes, range)
        }
        let pairs = count ?? CBORLimits.mapPairs
        guard pairs <= CBORLimits.mapPairs else { return nil }
        for _ in 0..<pairs {
            guard case .text(let key)? = reader.next(in: bytes) else { return nil }
            if isDeviceID(key, bytes) {
                guard case .text(let value)? = reader.next(in: bytes),
                    value.range.count <= CBORLimits.textScalars * 4
                else { return nil }
                return value
            }
            guard reader.skip(in: bytes) else { return nil }
        }
        return nil
    }

    private static func sealedDeviceID(
        in bytes: Span<UInt8>, _ range: Range<Int>
    ) -> CBORString? {
        var reader = CBORReader(range)
        guard case .array(let count)? = reader.next(in: bytes), (count ?? 3) == 3,
            case .text(let device)? = reader.next(in: bytes),
            device.range.count <= CBORLimits.textScalars * 4
        else { return nil }
        return device
    }

    @inline(__always)
    private static func isDeviceID(_ key: CBORString, _ bytes: Span<UInt8>) -> Bool {
        guard !key.isChunked else { return key.equals("device_id".utf8.span, in: bytes) }
        return key.range.count == 9 && ShortText(bytes, key.range) == .deviceID
    }
}
