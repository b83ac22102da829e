/// Reads pcapng block by block (draft-ietf-opsawg-pcapng).
///
/// Reads either byte order, several sections and interfaces, and any resolution of time. Blocks of
/// other kinds are stepped over.
struct PcapngReader {
    private var order = ByteOrder.little
    private var interfaces: [Interface] = []

    private struct Interface {
        var linkType: UInt16
        /// Bytes of a packet that are captured at most; 0 for no limit.
        var snapLength: UInt32
        var clock = PcapngClock()
    }

    /// Interfaces of a section that are remembered; no machine has as many.
    private static let maximumInterfaces = 4_096

    /// The next packet; nil when its bytes have not come yet.
    mutating func next(in buffer: inout CaptureBuffer) throws(CaptureError) -> CapturedPacket? {
        while let (type, length) = try block(in: buffer) {
            let block = PcapngBlock(
                bytes: Array(buffer.slice(0..<length)), order: order, offset: buffer.offset)
            buffer.skip(length)
            switch type {
            case Pcapng.BlockType.sectionHeader: interfaces = []
            case Pcapng.BlockType.interface: try addInterface(block)
            case Pcapng.BlockType.enhancedPacket:
                return try enhancedPacket(block, of: block.integer(UInt32.self, at: 8))
            case Pcapng.BlockType.obsoletePacket:
                // A count of lost packets shares the field with the interface.
                return try enhancedPacket(block, of: UInt32(block.integer(UInt16.self, at: 8)))
            case Pcapng.BlockType.simplePacket: return try simplePacket(block)
            default: break
            }
        }
        return nil
    }

    /// Type and length of the next block, nil until it is there as a whole.
    private mutating func block(
        in buffer: CaptureBuffer
    ) throws(CaptureError) -> (type: UInt32, length: Int)? {
        guard let start = buffer.read(UInt32.self, at: 0, .big) else { return nil }
        if start == Pcapng.BlockType.sectionHeader {
            guard try beginSection(in: buffer) else { return nil }
        }
        guard let type = buffer.read(UInt32.self, at: 0, order),
            let length = buffer.read(UInt32.self, at: 4, order)
        else { return nil }
        guard length >= 12, length & 3 == 0, length <= CaptureFormat.maximumBlockBytes else {
            throw .badBlockLength(length, offset: buffer.offset)
        }
        guard let last = buffer.read(UInt32.self, at: Int(length) - 4, order) else { return nil }
        guard last == length else { throw .badBlockLength(length, offset: buffer.offset) }
        return (type, Int(length))
    }

    /// Takes a section's byte order, which its header tells.
    ///
    /// - Returns: Whether so much of the header is there.
    private mutating func beginSection(in buffer: CaptureBuffer) throws(CaptureError) -> Bool {
        switch buffer.read(UInt32.self, at: 8, .big) {
        case nil: return false
        case Pcapng.byteOrderMagic: order = .big
        case Pcapng.byteOrderMagic.byteSwapped: order = .little
        default: throw .badByteOrder(offset: buffer.offset + 8)
        }
        guard let version = buffer.read(UInt16.self, at: 12, order) else { return false }
        guard version == CaptureFormat.pcapng.version else {
            throw .unsupportedVersion(version, .pcapng, offset: buffer.offset + 12)
        }
        return true
    }

    private mutating func addInterface(_ block: PcapngBlock) throws(CaptureError) {
        guard interfaces.count < Self.maximumInterfaces else {
            throw .unknownInterface(UInt32(interfaces.count), offset: block.offset)
        }
        var interface = Interface(
            linkType: try block.integer(UInt16.self, at: 8),
            snapLength: try block.integer(UInt32.self, at: 12))
        try block.forEachOption(from: 16) { code, value in
            switch code {
            case Pcapng.OptionCode.timeResolution where value.count == 1:
                interface.clock.resolution = block.bytes[value.lowerBound]
            case Pcapng.OptionCode.timeOffset where value.count == 8:
                interface.clock.offsetSeconds =
                    order.read(Int64.self, block.bytes, at: value.lowerBound) ?? 0
            default: break
            }
        }
        interfaces.append(interface)
    }

    private func enhancedPacket(
        _ block: PcapngBlock, of index: UInt32
    ) throws(CaptureError) -> CapturedPacket {
        let interface = try interface(index, block)
        let high = UInt64(try block.integer(UInt32.self, at: 12))
        let low = UInt64(try block.integer(UInt32.self, at: 16))
        let length = try block.integer(UInt32.self, at: 20)
        let start = 28
        guard Int(length) <= block.bodyEnd - start else {
            throw .badPacketLength(length, offset: block.offset)
        }
        var packet = CapturedPacket(
            linkType: interface.linkType,
            unixNanoseconds: interface.clock.unixNanoseconds(high << 32 | low),
            bytes: Array(block.bytes[start..<start + Int(length)]))
        try block.forEachOption(from: start + (Int(length) + 3) & ~3) { code, value in
            guard code == Pcapng.OptionCode.comment, packet.comment == nil else { return }
            packet.comment = String(decoding: block.bytes[value], as: UTF8.self)
        }
        return packet
    }

    /// A packet without a time. What was captured of it is told by the interface's limit and by
    /// the block's length.
    private func simplePacket(_ block: PcapngBlock) throws(CaptureError) -> CapturedPacket {
        let interface = try interface(0, block)
        var length = try block.integer(UInt32.self, at: 8)
        if interface.snapLength > 0 { length = min(length, interface.snapLength) }
        let start = 12
        let end = start + min(Int(length), block.bodyEnd - start)
        return CapturedPacket(
            linkType: interface.linkType, unixNanoseconds: nil,
            bytes: Array(block.bytes[start..<end]))
    }

    private func interface(
        _ index: UInt32, _ block: PcapngBlock
    ) throws(CaptureError) -> Interface {
        guard Int(index) < interfaces.count else {
            throw .unknownInterface(index, offset: block.offset)
        }
        return interfaces[Int(index)]
    }
}

/// One whole block, whose two lengths agree.
private struct PcapngBlock {
    let bytes: [UInt8]
    let order: ByteOrder
    /// In the file.
    let offset: Int

    /// Behind the body, where the length stands again.
    var bodyEnd: Int { bytes.count - 4 }

    func integer<Value: FixedWidthInteger>(
        _: Value.Type, at place: Int
    ) throws(CaptureError) -> Value {
        guard place + MemoryLayout<Value>.size <= bodyEnd,
            let value = order.read(Value.self, bytes, at: place)
        else { throw .badBlockLength(UInt32(bytes.count), offset: offset) }
        return value
    }

    func forEachOption(
        from start: Int, _ body: (UInt16, Range<Int>) -> Void
    ) throws(CaptureError) {
        var place = start
        while place + 4 <= bodyEnd {
            guard let code = order.read(UInt16.self, bytes, at: place),
                let length = order.read(UInt16.self, bytes, at: place + 2)
            else { return }
            if code == Pcapng.OptionCode.end { return }
            let value = place + 4..<place + 4 + Int(length)
            guard value.upperBound <= bodyEnd else { throw .badOption(offset: offset + place) }
            body(code, value)
            place += 4 + (Int(length) + 3) & ~3
        }
    }
}
