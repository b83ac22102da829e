import NanoCore
import NanoServe

/// What a connection to the device port carries, told by its first bytes.
enum StreamKind: Equatable {
    case frames
    /// TLS, which only its two ends can read.
    case encrypted
    /// A header of a proxy, of that many bytes, then something else; `device` is the address that it
    /// tells, nil where it tells none.
    case proxied(device: String?, length: Int)
    /// More bytes are needed to tell.
    case undecided

    /// - Parameters:
    ///   - mayBeProxied: Whether a proxy's header may come first.
    ///   - isLast: Whether no more bytes come.
    init(_ bytes: [UInt8], mayBeProxied: Bool, isLast: Bool) {
        if Self.isTLSRecord(bytes) {
            self = .encrypted
        } else if !isLast, Self.tls.starts(with: bytes.prefix(2)), bytes.count < 3 {
            self = .undecided
        } else if mayBeProxied {
            self = Self.behindProxy(bytes, isLast: isLast)
        } else {
            self = bytes.isEmpty && !isLast ? .undecided : .frames
        }
    }

    /// A handshake, in the versions' common number.
    private static let tls: [UInt8] = [0x16, 0x03]

    /// Whether bytes begin as records of TLS do (RFC 8446 §5.1), and no frame does.
    static func isTLSRecord(_ bytes: [UInt8]) -> Bool {
        bytes.count >= 3 && (0x14...0x17).contains(bytes[0]) && bytes[1] == 3 && bytes[2] <= 4
    }

    private static func behindProxy(_ bytes: [UInt8], isLast: Bool) -> StreamKind {
        do throws(ProxyHeader.Fault) {
            guard let header = try ProxyHeader.read(bytes.span) else {
                return isLast ? .frames : .undecided
            }
            guard case .address(let address, let port) = header.source else {
                return .proxied(device: nil, length: header.length)
            }
            return .proxied(
                device: CapturedPlace.text(address, port), length: header.length)
        } catch {
            return .frames
        }
    }
}
