/// The two ends of a connection.
public struct CapturedPath: Hashable, Sendable {
    public let source: CapturedAddress
    public let sourcePort: UInt16
    public let destination: CapturedAddress
    public let destinationPort: UInt16
}

/// What a packet of a capture brings.
public enum CapturedEvent: Equatable, Sendable {
    /// A frame by itself, as dumps have them.
    case frame([UInt8])
    /// A connection to the device port, by the number it goes by from now on; `isWhole` if its
    /// beginning is in the capture.
    case began(Int, CapturedPath, isWhole: Bool)
    /// What the device sent next.
    case bytes(Int, [UInt8])
    /// Bytes that the device sent are not in the capture.
    case gap(Int, missingBytes: Int)
    case ended(Int, CapturedEnding)
}

/// Why nothing more comes of a connection.
public enum CapturedEnding: Equatable, Sendable {
    case closed
    /// The capture ends first, or another connection between the same ports begins.
    case captureEnded
    /// There are more connections than can be remembered.
    case forgotten
}

/// Finds the connections to the device port in packets, and puts together what devices sent.
///
/// Memory is bounded, for each connection and in all. The other direction is of no interest, but for
/// its resets.
public struct CapturedConnections {
    /// What of the capture could not be read.
    public private(set) var tally = CaptureTally()

    private struct Key: Hashable {
        var source: CapturedAddress
        var port: UInt16
        var destination: CapturedAddress
    }

    private struct Connection {
        let number: Int
        /// Of the first byte.
        let sequence: UInt32
        var direction: TCPDirection
        /// Kept on after its end, for what is sent again.
        var isOver = false
        var lastPacket: UInt64 = 0
    }

    /// What the operator has to know of what was not read, a sentence each.
    public var complaints: [String] {
        let ports = tally.otherPorts.sorted().map(String.init).joined(separator: ", ")
        guard begun == 0, !hasFrames, !ports.isEmpty else { return tally.words }
        return [
            "nothing was sent to port \(port); name the gateway's with --port: there are \(ports)"
        ]
            + tally.words
    }

    /// Whether there were frames that need no connection, as in dumps.
    private var hasFrames = false
    private let port: UInt16
    private let limits: CaptureLimits
    private var connections: [Key: Connection] = [:]
    private var waitingBytes = 0
    private var begun = 0
    private var packets: UInt64 = 0

    /// - Parameter port: Where the gateway listens.
    public init(port: UInt16, limits: CaptureLimits = CaptureLimits()) {
        self.port = port
        self.limits = limits
    }

    /// Takes the next packet of the capture.
    public mutating func take(_ packet: CapturedPacket, _ body: (CapturedEvent) -> Void) {
        packets += 1
        switch LinkLayer.content(of: packet.bytes, linkType: packet.linkType) {
        case .frame:
            hasFrames = true
            body(.frame(packet.bytes))
        case .ip(let start):
            do throws(IPPacket.Fault) {
                let ip = try IPPacket.read(packet.bytes, at: start)
                take(try TCPSegment.read(ip, in: packet.bytes), of: ip, body)
            } catch {
                tally.count(error)
            }
        case .other: break
        case .cut: tally.count(.cut)
        case .unknownLinkType: tally.unknownLinkTypes[packet.linkType, default: 0] += 1
        }
    }

    /// Ends what is left, in the order in which it began.
    public mutating func finish(_ body: (CapturedEvent) -> Void) {
        let open = connections.filter { !$0.value.isOver }.sorted {
            $0.value.number < $1.value.number
        }
        for (key, _) in open { end(key, .captureEnded, body) }
        connections = [:]
    }

    private mutating func take(
        _ segment: TCPSegment, of packet: IPPacket, _ body: (CapturedEvent) -> Void
    ) {
        if segment.destinationPort == port {
            let key = Key(
                source: packet.source, port: segment.sourcePort, destination: packet.destination)
            takeFromDevice(segment, key, body)
        } else if segment.sourcePort == port, segment.isRST {
            let key = Key(
                source: packet.destination, port: segment.destinationPort,
                destination: packet.source)
            end(key, .closed, body)
        } else if segment.sourcePort != port, segment.sentBytes > 0 {
            tally.noteOther(segment.destinationPort)
        }
    }

    private mutating func takeFromDevice(
        _ segment: TCPSegment, _ key: Key, _ body: (CapturedEvent) -> Void
    ) {
        if segment.isRST { return end(key, .closed, body) }
        if let known = connections[key], isAnother(segment, than: known) {
            end(key, .captureEnded, body)
            connections[key] = nil
        }
        if connections[key] == nil {
            guard segment.isSYN || segment.sentBytes > 0 else { return }
            begin(key, segment, body)
        }
        guard var connection = connections.removeValue(forKey: key) else { return }
        connection.lastPacket = packets
        if !connection.isOver { advance(&connection, by: segment, body) }
        connections[key] = connection
    }

    /// Whether a segment begins another connection between the same ports.
    private func isAnother(_ segment: TCPSegment, than known: Connection) -> Bool {
        if segment.isSYN { return segment.payloadSequence != known.sequence }
        return known.isOver && !known.direction.isNear(segment.sequence)
    }

    private mutating func begin(
        _ key: Key, _ segment: TCPSegment, _ body: (CapturedEvent) -> Void
    ) {
        if connections.count >= limits.connections { forget(body) }
        begun += 1
        connections[key] = Connection(
            number: begun, sequence: segment.payloadSequence,
            direction: TCPDirection(sequence: segment.payloadSequence))
        let path = CapturedPath(
            source: key.source, sourcePort: key.port, destination: key.destination,
            destinationPort: port)
        body(.began(begun, path, isWhole: segment.isSYN))
    }

    private mutating func advance(
        _ connection: inout Connection, by segment: TCPSegment, _ body: (CapturedEvent) -> Void
    ) {
        let before = connection.direction.waitingBytes
        // Never below zero: what waits elsewhere was let in under the same limit.
        let free = max(0, limits.waitingBytes - (waitingBytes - before))
        var isFinished = false
        let number = connection.number
        connection.direction.take(segment, limit: min(free, limits.waitingBytesOfConnection)) {
            isFinished = Self.tell($0, number, body) || isFinished
        }
        waitingBytes += connection.direction.waitingBytes - before
        guard isFinished else { return }
        close(&connection)
        body(.ended(number, .closed))
    }

    /// - Returns: Whether it is the end.
    private static func tell(
        _ step: TCPDirection.Step, _ number: Int, _ body: (CapturedEvent) -> Void
    ) -> Bool {
        switch step {
        case .bytes(let bytes): body(.bytes(number, bytes))
        case .gap(let missingBytes): body(.gap(number, missingBytes: missingBytes))
        case .finished: return true
        }
        return false
    }

    /// Hands out what waits, and ends it.
    private mutating func end(
        _ key: Key, _ ending: CapturedEnding, _ body: (CapturedEvent) -> Void
    ) {
        guard var connection = connections[key], !connection.isOver else { return }
        let before = connection.direction.waitingBytes
        let number = connection.number
        var isFinished = false
        connection.direction.flush { isFinished = Self.tell($0, number, body) || isFinished }
        waitingBytes += connection.direction.waitingBytes - before
        close(&connection)
        connections[key] = connection
        body(.ended(number, isFinished ? .closed : ending))
    }

    /// Keeps no more of a connection than what tells that it is over.
    private mutating func close(_ connection: inout Connection) {
        connection.isOver = true
        waitingBytes -= connection.direction.waitingBytes
        connection.direction.forget()
    }

    /// Makes room by giving up those that were silent for longest, an eighth at a time, the ended
    /// ones first.
    private mutating func forget(_ body: (CapturedEvent) -> Void) {
        let order = connections.sorted {
            $0.value.isOver != $1.value.isOver
                ? $0.value.isOver : $0.value.lastPacket < $1.value.lastPacket
        }
        for (key, connection) in order.prefix(max(1, limits.connections / 8)) {
            if !connection.isOver {
                tally.forgottenConnections += 1
                end(key, .forgotten, body)
            }
            connections[key] = nil
        }
    }
}
