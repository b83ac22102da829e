import NIOCore
import NanoCore

/// Whom a connection comes from, before it is let in.
struct Visitor: Sendable {
    /// What the gate judges it as.
    enum Standing: Sendable {
        case device
        /// A proxy came for it and did not say from where: nobody's share is charged.
        case unnamed
        /// A proxy that came for itself, to see whether the gateway is there.
        case proxy
    }

    /// Nil when the other end had gone before it could be asked.
    let address: IPAddress?
    let port: UInt16
    /// The address as people read it.
    let name: String
    /// Keyed hash of the name, which nobody can steer.
    let hash: UInt64
    /// The address as limits of a source count it: for IPv6 its network of 64 bits, since whoever
    /// has one address there has all. Nil where ``address`` is.
    let source: IPNetwork?
    /// Keyed hash of the source.
    let sourceHash: UInt64
    let standing: Standing

    init(_ address: IPAddress?, port: UInt16, standing: Standing, hash: SipHash) {
        self.address = address
        self.port = port
        self.standing = standing
        name = address?.description ?? "unknown"
        let bytes = Array(name.utf8)
        self.hash = hash.hash(bytes.span, bytes.indices)
        source = address.map { IPNetwork(sourceOf: $0) }
        guard let source, address?.isIPv4 == false else {
            sourceHash = self.hash
            return
        }
        let network = Array(source.description.utf8)
        sourceHash = hash.hash(network.span, network.indices)
    }

    /// The other end of a connection, which is a device's as long as nobody says otherwise.
    init(of channel: any Channel, hash: SipHash) {
        let remote = channel.remoteAddress
        self.init(
            remote.flatMap(IPAddress.init), port: UInt16(remote?.port ?? 0), standing: .device,
            hash: hash)
    }

    /// For whom a proxy has come, by its header.
    func source(_ header: ProxyHeader, hash: SipHash) -> Visitor {
        switch header.source {
        case .address(let address, let port):
            Visitor(address, port: port, standing: .device, hash: hash)
        case .unnamed: Visitor(address, port: port, standing: .unnamed, hash: hash)
        case .proxy: Visitor(address, port: port, standing: .proxy, hash: hash)
        }
    }
}

extension IPAddress {
    /// The address of a TCP connection's end; nil for one without.
    init?(_ address: SocketAddress) {
        switch address {
        case .v4(let address):
            self.init(ipv4: UInt32(bigEndian: address.address.sin_addr.s_addr))
        case .v6(let address):
            self = withUnsafeBytes(of: address.address.sin6_addr) { bytes in
                IPAddress(
                    high: UInt64(bigEndian: bytes.loadUnaligned(as: UInt64.self)),
                    low: UInt64(bigEndian: bytes.loadUnaligned(fromByteOffset: 8, as: UInt64.self)))
            }
        case .unixDomainSocket: return nil
        }
    }
}
