import Glibc

/// Addresses that a block is about, as an operator writes them: one, or a network (RFC 4632). The
/// gateway reads them the same way; the console has to know before it asks whom they cut off.
struct AddressRange {
    /// Sixteen bytes, IPv4 as IPv6 maps it (RFC 4291 §2.5.5.2).
    private let first: [UInt8]
    /// Bits of them that all share: 96 at least of IPv4.
    private let sharedBits: Int

    /// Why a text names no addresses.
    enum Fault: Error, Equatable {
        case malformed
        /// The address has bits behind the prefix; `meant` is the network that it is in.
        case hostBits(meant: String)
    }

    /// Reads `10.0.4.17`, `10.0.0.0/8`, `2001:db8::/32`.
    init(_ text: String) throws(Fault) {
        let parts = text.split(separator: "/", maxSplits: 1, omittingEmptySubsequences: false)
        guard let bytes = Self.bytes(of: String(parts[0])) else { throw .malformed }
        let width = parts[0].contains(":") ? 128 : 32
        var bits = width
        if parts.count == 2 {
            guard let number = Int(parts[1]), (0...width).contains(number),
                parts[1].allSatisfy(\.isNumber)
            else { throw .malformed }
            bits = number
        }
        first = bytes
        sharedBits = 128 - width + bits
        let meant = Self.masked(bytes, sharedBits)
        guard meant == bytes else {
            throw .hostBits(meant: "\(Self.text(of: meant, isIPv4: width == 32))/\(bits)")
        }
    }

    /// Whether an address, without a port, is one of them. No network of IPv6 has addresses of IPv4.
    func contains(_ address: String) -> Bool {
        guard let bytes = Self.bytes(of: address) else { return false }
        return Self.isIPv4(bytes) == Self.isIPv4(first) && Self.masked(bytes, sharedBits) == first
    }

    /// `IPv4` or `IPv6` where it is all of it; nil otherwise.
    var wholeFamily: String? {
        if Self.isIPv4(first) { return sharedBits == 96 ? "IPv4" : nil }
        return sharedBits == 0 ? "IPv6" : nil
    }

    private static let mapped = [UInt8](repeating: 0, count: 10) + [0xFF, 0xFF]

    private static func isIPv4(_ bytes: [UInt8]) -> Bool { bytes.starts(with: mapped) }

    private static func bytes(of text: String) -> [UInt8]? {
        var ipv4 = [UInt8](repeating: 0, count: 4)
        if inet_pton(AF_INET, text, &ipv4) == 1 { return mapped + ipv4 }
        var ipv6 = [UInt8](repeating: 0, count: 16)
        return inet_pton(AF_INET6, text, &ipv6) == 1 ? ipv6 : nil
    }

    private static func masked(_ bytes: [UInt8], _ bits: Int) -> [UInt8] {
        bytes.enumerated().map { index, byte in
            byte & UInt8(truncatingIfNeeded: 0xFF00 >> max(0, min(8, bits - index * 8)))
        }
    }

    private static func text(of bytes: [UInt8], isIPv4: Bool) -> String {
        if isIPv4 { return bytes.suffix(4).map { "\($0)" }.joined(separator: ".") }
        var text = [CChar](repeating: 0, count: Int(INET6_ADDRSTRLEN))
        _ = inet_ntop(AF_INET6, bytes, &text, socklen_t(INET6_ADDRSTRLEN))
        return String(decoding: text.prefix { $0 != 0 }.map(UInt8.init), as: UTF8.self)
    }
}

extension AddressRange {
    /// What is wrong with a text as addresses, in a sentence; nil when nothing is.
    static func fault(of text: String) -> String? {
        do throws(Fault) {
            _ = try AddressRange(text)
            return nil
        } catch {
            return switch error {
            case .malformed: "use an address, or a network like 10.0.0.0/8"
            case .hostBits(let meant): "it has bits behind its prefix; use \(meant)"
            }
        }
    }
}
