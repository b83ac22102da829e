/// How much a capture may make its reader remember.
public struct CaptureLimits: Sendable {
    /// Connections, those included that ended lately.
    public var connections = 16_384
    /// Bytes of one connection that wait for others in front of them.
    public var waitingBytesOfConnection = 1 << 20
    /// Such bytes in all.
    public var waitingBytes = 64 << 20

    public init() {}
}

/// What of a capture could not be read, in packets where nothing else is said.
public struct CaptureTally: Equatable, Sendable {
    public private(set) var fragments = 0
    public private(set) var malformed = 0
    /// Of which the capture holds too little to tell what they are.
    public private(set) var cut = 0
    public internal(set) var unknownLinkTypes: [UInt16: Int] = [:]
    /// Connections that were given up for others.
    public internal(set) var forgottenConnections = 0
    /// Ports that something was sent to, while nothing is known of the device port: at most
    /// ``portCount`` of them, as many as a sentence can name.
    public private(set) var otherPorts: Set<UInt16> = []

    private static let portCount = 8

    mutating func noteOther(_ port: UInt16) {
        if otherPorts.count < Self.portCount { otherPorts.insert(port) }
    }

    mutating func count(_ fault: IPPacket.Fault) {
        switch fault {
        case .fragment: fragments += 1
        case .malformed: malformed += 1
        case .cut: cut += 1
        case .notTCP: break
        }
    }

    /// A sentence for each thing that was not read; empty where all was.
    public var words: [String] {
        var words: [String] = []
        if fragments > 0 {
            words.append("\(fragments) IP fragments were not read; they are not put together")
        }
        if malformed > 0 { words.append("\(malformed) malformed packets were not read") }
        if cut > 0 {
            words.append(
                "\(cut) packets were not read, since too little of them was captured; "
                    + "capture with tcpdump -s 0")
        }
        for (type, count) in unknownLinkTypes.sorted(by: { $0.key < $1.key }) {
            words.append(
                "\(count) packets with link type \(type) were not read; Ethernet, Linux cooked, "
                    + "raw IP, loopback and USER0 are")
        }
        if forgottenConnections > 0 {
            words.append(
                "\(forgottenConnections) connections were given up half-read: too many at once")
        }
        return words
    }
}
