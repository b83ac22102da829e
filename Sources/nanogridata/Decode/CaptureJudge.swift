import NanoCore

/// Judges the connections of a capture as they came, between each other.
struct CaptureJudge {
    private let judge: ConnectionJudge
    private var capture: CapturedConnections
    private var connections: [Int: CapturedConnection] = [:]
    private var packets = 0

    /// - Parameter port: Where the gateway listened.
    init(port: UInt16, judge: ConnectionJudge) {
        self.judge = judge
        capture = CapturedConnections(port: port)
    }

    /// Whether no packet has come.
    var isEmpty: Bool { packets == 0 }

    /// What of the capture could not be read, a sentence each.
    var complaints: [String] { capture.complaints }

    /// - Throws: What writing the output throws.
    mutating func take(_ packet: CapturedPacket) throws {
        packets += 1
        var events: [CapturedEvent] = []
        capture.take(packet) { events.append($0) }
        for event in events {
            try take(
                event, packet.unixNanoseconds, isFault: packet.isFramingFault,
                recorded: packet.recordedVerdict)
        }
    }

    /// Judges what is left at the end of the capture.
    ///
    /// - Throws: What writing the output throws.
    mutating func finish() throws {
        var events: [CapturedEvent] = []
        capture.finish { events.append($0) }
        for event in events { try take(event, nil) }
    }

    /// - Parameters:
    ///   - isFault: Whether it is of a dump that has a fault in framing there.
    ///   - recorded: What the dump says of the packet.
    private mutating func take(
        _ event: CapturedEvent, _ unixNanoseconds: Int64?, isFault: Bool = false,
        recorded: String? = nil
    ) throws {
        let arrival = arrival(unixNanoseconds)
        switch event {
        case .frame(let bytes):
            try judge.judge(
                isFault ? Self.fault(bytes) : bytes, line: packets,
                unixNanoseconds: unixNanoseconds, recorded: recorded)
        case .began(let number, let path, let isWhole):
            connections[number] = CapturedConnection(number, path, isWhole: isWhole)
        case .bytes(let number, let bytes):
            connections[number]?.take(bytes, arrival, by: judge)
        case .gap(let number, let missingBytes):
            connections[number]?.miss(missingBytes, arrival, by: judge)
        case .ended(let number, let ending):
            connections[number]?.finish(
                ending == .closed ? .closed : .cutOff, arrival, by: judge)
            connections[number] = nil
        }
        try judge.output.flushIfFull()
    }

    /// What of a fault's bytes begins no frame. A dump holds what came behind them too, in packets of
    /// its own.
    private static func fault(_ bytes: [UInt8]) -> [UInt8] {
        guard bytes.count > 1,
            case .frame(let place) = FrameSeeker().look(
                bytes.span.extracting(1..<bytes.count), isLast: true)
        else { return bytes }
        return Array(bytes[..<(1 + place)])
    }

    private func arrival(_ unixNanoseconds: Int64?) -> CapturedConnection.Arrival {
        CapturedConnection.Arrival(
            packet: packets, unixNanoseconds: unixNanoseconds,
            now: judge.now(packet: unixNanoseconds))
    }
}
