/// Hands out the packets of a capture file in their order, whatever parts it comes in.
///
/// What it keeps is bounded by one block of the file.
public struct CaptureReader {
    private enum State {
        case undecided
        case pcap(PcapReader)
        case pcapng(PcapngReader)
    }

    private var state = State.undecided
    private var buffer = CaptureBuffer()

    public init() {}

    /// Takes the next bytes of the file.
    public mutating func append(_ block: Span<UInt8>) {
        buffer.append(block)
    }

    /// The next packet; nil when its bytes have not come yet.
    ///
    /// - Throws: ``CaptureError`` with the offset of the block at fault; nothing can be read behind it.
    public mutating func next() throws(CaptureError) -> CapturedPacket? {
        if case .undecided = state { try decide() }
        switch state {
        case .undecided: return nil
        case .pcap(var reader):
            // Nobody else may hold it while it is changed.
            state = .undecided
            defer { state = .pcap(reader) }
            return try reader.next(in: &buffer)
        case .pcapng(var reader):
            state = .undecided
            defer { state = .pcapng(reader) }
            return try reader.next(in: &buffer)
        }
    }

    /// Says that nothing more comes.
    ///
    /// - Throws: ``CaptureError`` when the file ends inside a block, or has no beginning.
    public func finish() throws(CaptureError) {
        if case .undecided = state { throw .notCapture }
        guard buffer.count == 0 else { throw .truncatedBlock(offset: buffer.offset) }
    }

    private mutating func decide() throws(CaptureError) {
        guard let magic = buffer.read(UInt32.self, at: 0, .big) else { return }
        if magic == Pcapng.BlockType.sectionHeader {
            state = .pcapng(PcapngReader())
        } else if PcapVariant.all.contains(where: { $0.bigEndianMagic == magic }) {
            state = .pcap(PcapReader())
        } else {
            throw .notCapture
        }
    }
}
