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
        precondition(payload.count <= FrameHeader.maximumPayloadLength && flagsHighNibble < 16)
        var frame: [UInt8] = []
        frame.reserveCapacity(FrameHeader.length + payload.count + level.macLength)
        frame += [FrameHeader.magic.0, FrameHeader.magic.1, FrameHeader.version]
        frame += [model.rawValue, type.rawValue, flagsHighNibble << 4 | level.rawValue]
        frame += [UInt8(payload.count >> 8), UInt8(payload.count & 0xFF)]
        frame += (0..<4).map { UInt8(truncatingIfNeeded: timestamp >> (24 - 8 * $0)) }
        frame += [0, 0]
        frame += payload
        frame += mac(of: frame, key)
        return frame
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
