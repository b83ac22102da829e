/// Why a secret cannot be used. It never holds the secret.
public enum SecretError: Error, Equatable, Sendable {
    case tooShort(bytes: Int)
    /// One byte, over and over.
    case repetitive
    /// Printed in a guide, so known to everybody.
    case published
    /// The same HMAC key as that of another model, whether or not it is written the same.
    case sharedWith(ModelID)
    /// Not an even number of hexadecimal digits; the position counts from 1.
    case notHexadecimal(position: Int)
}

extension SecretError: CustomStringConvertible {
    public var description: String {
        switch self {
        case .tooShort(let bytes):
            "the secret has \(PlainWords.count(UInt64(bytes), "byte")); at least \(SecretPolicy.minimumBytes) are needed "
                + "(\(SecretPolicy.minimumBytes * 2) hexadecimal digits)"
        case .repetitive: "the secret repeats one byte; make one at random"
        case .published: "the secret is a printed sample that everybody knows; make one at random"
        case .sharedWith(let model): "the secret is also that of \(model); each model needs its own"
        case .notHexadecimal(let position):
            "not a hexadecimal digit, or half a byte, at position \(position); a secret is "
                + "\(SecretPolicy.minimumBytes * 2) hexadecimal digits or more"
        }
    }
}

/// Which secrets are good enough (`docs/protocol.md`, "Keys").
public enum SecretPolicy {
    public static let minimumBytes = 32

    /// Two secrets are the same when HMAC makes one key of both: it fills short ones up with zeros
    /// and takes the digest of long ones (RFC 2104 §2).
    ///
    /// - Throws: ``SecretError``, for the first fault found.
    public static func validate(
        secret: [UInt8], for model: ModelID, others: [(model: ModelID, secret: [UInt8])]
    ) throws(SecretError) {
        guard secret.count >= minimumBytes else { throw .tooShort(bytes: secret.count) }
        guard secret.contains(where: { $0 != secret[0] }) else { throw .repetitive }
        guard !published.contains(SHA256Digest.of(secret)) else { throw .published }
        let block = HMACKey.block(of: secret)
        let other = others.first { $0.model != model && HMACKey.block(of: $0.secret) == block }
        if let other { throw .sharedWith(other.model) }
    }

    /// Reads a secret in hexadecimal digits of either case.
    ///
    /// - Throws: ``SecretError/notHexadecimal(position:)``.
    public static func decode(hexadecimal text: String) throws(SecretError) -> [UInt8] {
        let digits = Array(text.utf8)
        var bytes: [UInt8] = []
        bytes.reserveCapacity(digits.count / 2)
        for index in stride(from: 0, to: digits.count, by: 2) {
            guard let high = value(of: digits[index]) else {
                throw .notHexadecimal(position: index + 1)
            }
            guard index + 1 < digits.count, let low = value(of: digits[index + 1]) else {
                throw .notHexadecimal(position: index + 2)
            }
            bytes.append(high << 4 | low)
        }
        return bytes
    }

    private static func value(of digit: UInt8) -> UInt8? {
        switch digit {
        case UInt8(ascii: "0")...UInt8(ascii: "9"): digit - UInt8(ascii: "0")
        case UInt8(ascii: "a")...UInt8(ascii: "f"): digit - UInt8(ascii: "a") + 10
        case UInt8(ascii: "A")...UInt8(ascii: "F"): digit - UInt8(ascii: "A") + 10
        default: nil
        }
    }

    /// Digests of the samples that the protocol's guides printed, so that they stand nowhere here.
    private static let published: Set<[UInt8]> = Set(
        [
            "13216bdbddb256a9c661c2f6844cdba5ca81d1d9b4225153f0834c58d027fc8d",
            "cc765b7d975bb90eb5549c9bf04ba1c18581d76ef8fbdc3ab14947bd5c7db962",
            "a820c04e6dceaf2071e870a32279b4399df2f5d2e549cce23e3358192aea1560",
            "64e2b84194875cc82e4b376d46e64f5d75a1454192ebf72a99b6f1b7b532968d",
            "a93632a9367e45135777fa7992e5f06d61815f0d29af29f97855edc932d531c9",
            "6c3e1cda7612ee2bb75e513ce429a9ac9b5ecd41e8a0c471a5f89b2ea4916cf0",
        ].map { digest in
            stride(from: 0, to: digest.count, by: 2).map { index in
                let start = digest.index(digest.startIndex, offsetBy: index)
                return UInt8(digest[start...].prefix(2), radix: 16) ?? 0
            }
        })
}
