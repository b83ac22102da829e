extension Pcapng {
    /// The packets of a file, in their order.
    ///
    /// Reads either byte order, several sections, and any resolution of time. Blocks of other
    /// kinds are stepped over. What it makes is bounded by the file's size.
    ///
    /// - Throws: ``PcapngError`` with the offset of the block at fault.
    public static func decode(_ file: [UInt8]) throws(PcapngError) -> [PcapngPacket] {
        var decoder = try PcapngDecoder(checking: file)
        var packets: [PcapngPacket] = []
        while let packet = try decoder.next() { packets.append(packet) }
        return packets
    }

    /// Hands out the packets of a file, in their order, up to its end or its first fault.
    ///
    /// - Throws: What `body` throws, and what ``decode(_:)`` would, once all packets in front of
    ///   the fault were handed out.
    public static func forEachPacket(
        in file: [UInt8], _ body: (PcapngPacket) throws -> Void
    ) throws {
        var decoder = try PcapngDecoder(checking: file)
        while let packet = try decoder.next() { try body(packet) }
    }
}

/// Reads a file block by block.
private struct PcapngDecoder {
    let file: [UInt8]
    /// Of the next block.
    private var offset = 0
    private var order = ByteOrder.little
    private var interfaces: [Interface] = []

    /// - Throws: ``PcapngError`` when the file is too large, or of another kind.
    init(checking file: [UInt8]) throws(PcapngError) {
        guard file.count <= Pcapng.maximumFileBytes else { throw .tooLarge(bytes: file.count) }
        guard ByteOrder.big.read(UInt32.self, file, at: 0) == Pcapng.BlockType.sectionHeader else {
            throw .notPcapng
        }
        self.file = file
    }

    private struct Interface {
        var linkType: UInt16
        var clock = PcapngClock()
    }

    /// The next packet; nil at the end of the file.
    mutating func next() throws(PcapngError) -> PcapngPacket? {
        while offset < file.count {
            let start = offset
            let type = try word(at: start, block: start)
            if type == Pcapng.BlockType.sectionHeader { try beginSection(at: start) }
            let end = try blockEnd(at: start)
            offset = end
            switch type {
            case Pcapng.BlockType.interface: try addInterface(start, end: end - 4)
            case Pcapng.BlockType.enhancedPacket: return try enhancedPacket(start, end: end - 4)
            case Pcapng.BlockType.simplePacket: return try simplePacket(start, end: end - 4)
            default: break
            }
        }
        return nil
    }

    private func word(at offset: Int, block: Int) throws(PcapngError) -> UInt32 {
        guard let word = order.read(UInt32.self, file, at: offset) else {
            throw .truncatedBlock(offset: block)
        }
        return word
    }

    /// Takes a section's byte order, which its header tells, and forgets the interfaces before it.
    private mutating func beginSection(at offset: Int) throws(PcapngError) {
        switch ByteOrder.big.read(UInt32.self, file, at: offset + 8) {
        case nil: throw .truncatedBlock(offset: offset)
        case Pcapng.byteOrderMagic: order = .big
        case Pcapng.byteOrderMagic.byteSwapped: order = .little
        default: throw .badByteOrder(offset: offset + 8)
        }
        guard let version = order.read(UInt16.self, file, at: offset + 12) else {
            throw .truncatedBlock(offset: offset)
        }
        guard version == 1 else { throw .unsupportedVersion(version, offset: offset + 12) }
        interfaces = []
    }

    /// Offset behind a block, whose two lengths have to agree.
    private func blockEnd(at offset: Int) throws(PcapngError) -> Int {
        let length = try word(at: offset + 4, block: offset)
        guard length >= 12, length & 3 == 0 else {
            throw .badBlockLength(length, offset: offset)
        }
        guard Int(length) <= file.count - offset else { throw .truncatedBlock(offset: offset) }
        let end = offset + Int(length)
        guard try word(at: end - 4, block: offset) == length else {
            throw .badBlockLength(length, offset: offset)
        }
        return end
    }

    private mutating func addInterface(_ offset: Int, end: Int) throws(PcapngError) {
        guard end >= offset + 16, let linkType = order.read(UInt16.self, file, at: offset + 8)
        else { throw .truncatedBlock(offset: offset) }
        var interface = Interface(linkType: linkType)
        try forEachOption(from: offset + 16, to: end, block: offset) { code, value in
            switch code {
            case Pcapng.OptionCode.timeResolution where value.count == 1:
                interface.clock.resolution = file[value.lowerBound]
            case Pcapng.OptionCode.timeOffset where value.count == 8:
                interface.clock.offsetSeconds =
                    order.read(Int64.self, file, at: value.lowerBound) ?? 0
            default: break
            }
        }
        interfaces.append(interface)
    }

    private func enhancedPacket(_ offset: Int, end: Int) throws(PcapngError) -> PcapngPacket {
        guard end >= offset + 28 else { throw .truncatedBlock(offset: offset) }
        let interface = try interface(try word(at: offset + 8, block: offset), offset)
        let high = UInt64(try word(at: offset + 12, block: offset))
        let low = UInt64(try word(at: offset + 16, block: offset))
        let length = try word(at: offset + 20, block: offset)
        let start = offset + 28
        guard Int(length) <= end - start else { throw .badPacketLength(length, offset: offset) }
        var packet = PcapngPacket(
            unixNanoseconds: interface.clock.unixNanoseconds(high << 32 | low),
            bytes: Array(file[start..<start + Int(length)]))
        let options = start + (Int(length) + 3) & ~3
        try forEachOption(from: options, to: end, block: offset) { code, value in
            guard code == Pcapng.OptionCode.comment, packet.comment == nil else { return }
            packet.comment = String(decoding: file[value], as: UTF8.self)
        }
        return packet
    }

    /// A packet without a time, as long as its block where that is shorter than the packet was.
    private func simplePacket(_ offset: Int, end: Int) throws(PcapngError) -> PcapngPacket {
        guard end >= offset + 12 else { throw .truncatedBlock(offset: offset) }
        _ = try interface(0, offset)
        let length = Int(try word(at: offset + 8, block: offset))
        let start = offset + 12
        return PcapngPacket(
            unixNanoseconds: 0, bytes: Array(file[start..<start + min(length, end - start)]))
    }

    private func interface(_ index: UInt32, _ offset: Int) throws(PcapngError) -> Interface {
        guard Int(index) < interfaces.count else {
            throw .unknownInterface(index, offset: offset)
        }
        let interface = interfaces[Int(index)]
        guard interface.linkType == Pcapng.linkType else {
            throw .otherLinkType(interface.linkType, offset: offset)
        }
        return interface
    }

    private func forEachOption(
        from start: Int, to end: Int, block: Int, _ body: (UInt16, Range<Int>) -> Void
    ) throws(PcapngError) {
        var offset = start
        while offset + 4 <= end {
            guard let code = order.read(UInt16.self, file, at: offset),
                let length = order.read(UInt16.self, file, at: offset + 2)
            else { throw .truncatedBlock(offset: block) }
            if code == Pcapng.OptionCode.end { return }
            let value = offset + 4..<offset + 4 + Int(length)
            guard value.upperBound <= end else { throw .badOption(offset: offset) }
            body(code, value)
            offset = offset + 4 + (Int(length) + 3) & ~3
        }
    }
}
