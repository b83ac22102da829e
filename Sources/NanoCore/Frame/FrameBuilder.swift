/// Builds frames as devices do: for the simulator, for tests and for tools.
public struct FrameBuilder: Sendable {
    public var model: ModelID
    public var type: PayloadType
    public var level: SecurityLevel
    /// Unix seconds, UTC.
    public var timestamp: UInt32
    /// Goes into the high nibble of the flags, which receivers ignore; 0…15.
    public var flagsHighNibble: UInt8

    public init(
        model: ModelID, type: PayloadType, level: SecurityLevel, timestamp: UInt32,
        flagsHighNibble: UInt8 = 0
    ) {
        self.model = model
        self.type = type
        self.level = level
        self.timestamp = timestamp
        self.flagsHighNibble = flagsHighNibble
    }

    /// The whole frame.
    ///
    /// - Parameters:
    ///   - payload: At most 1,024 bytes; what is in it is not looked at.
    ///   - key: Not used at level `none`; without one at any other level the MAC is all zeros.
    public func build(payload: [UInt8], key: HMACKey?) -> [UInt8] {
        var frame = header(payloadLength: payload.count)
        frame.reserveCapacity(FrameHeader.length + payload.count + level.macLength)
        frame += payload
        frame += mac(of: frame, key)
        return frame
    }

    /// The whole frame of a device with keys of its own.
    ///
    /// - Parameters:
    ///   - payload: The CBOR map. It is encrypted where the keys say so, and may then take at most
    ///     some 970 bytes, less the device's id.
    ///   - nonce: 12 bytes that the device has never used; needed for encryption alone.
    public func build(payload: [UInt8], keys: DeviceKeys, nonce: [UInt8]) -> [UInt8] {
        guard level >= .high, let key = keys.encryption else {
            return build(payload: payload, key: keys.authentication)
        }
        let length = SealedPayload.length(plain: payload.count, device: keys.device)
        let sealed = SealedPayload.seal(
            payload, header: header(payloadLength: length), device: keys.device, nonce: nonce,
            key: key)
        guard let sealed else { preconditionFailure("a nonce has 12 bytes") }
        return build(payload: sealed, key: keys.authentication)
    }

    private func header(payloadLength: Int) -> [UInt8] {
        precondition(payloadLength <= FrameHeader.maximumPayloadLength && flagsHighNibble < 16)
        var header = [FrameHeader.magic.0, FrameHeader.magic.1, FrameHeader.version]
        header += [model.rawValue, type.rawValue, flagsHighNibble << 4 | level.rawValue]
        header += [UInt8(payloadLength >> 8), UInt8(payloadLength & 0xFF)]
        header += (0..<4).map { UInt8(truncatingIfNeeded: timestamp >> (24 - 8 * $0)) }
        return header + [0, 0]
    }

    private func mac(of frame: [UInt8], _ key: HMACKey?) -> [UInt8] {
        guard level != .none else {
            let checksum = CRC16.checksum(frame.span, frame.indices)
            return [UInt8(checksum >> 8), UInt8(checksum & 0xFF)]
        }
        guard let key else { return [UInt8](repeating: 0, count: level.macLength) }
        return Array(key.authenticate(frame.span, frame.indices).bytes.prefix(level.macLength))
    }
}
