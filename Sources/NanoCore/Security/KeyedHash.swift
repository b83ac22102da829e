import CCrypto

/// HMAC-SHA256 (RFC 2104, FIPS 198-1) with a key whose two states are computed once.
///
/// Keying hashes two blocks before any data. For frames of a hundred bytes that is half of the
/// work, so the states behind the inner and the outer key block are kept, and copied for each frame.
/// The value holds no references: using it allocates nothing and shares nothing.
///
/// Besides ``Prefetch`` and ``ShortText``, this file is the only one in the module with unsafe code:
/// libcrypto takes pointers.
public struct HMACKey: Sendable {
    private var inner: SHA256_CTX
    private var outer: SHA256_CTX

    /// - Parameter secret: Of any length; longer than a block, its digest is the key (RFC 2104 §2).
    public init(secret: [UInt8]) {
        var key = secret.count > Self.blockLength ? SHA256Digest.of(secret) : secret
        self.init(key: key.span)
        unsafe key.withUnsafeMutableBytes { unsafe OPENSSL_cleanse($0.baseAddress, $0.count) }
    }

    /// A key that was derived from another. Allocates nothing.
    public init(derived key: MAC) {
        var words = key
        self = words.withBytes { Self(key: $0) }
        unsafe words.withMutablePointer { unsafe OPENSSL_cleanse($0, MAC.length) }
    }

    /// - Parameter key: At most a block.
    private init(key: Span<UInt8>) {
        inner = Self.state(behind: key, mask: 0x36)
        outer = Self.state(behind: key, mask: 0x5C)
    }

    private static let blockLength = 64

    /// The key as it enters the hash: what two secrets have in common when they make one key.
    static func block(of secret: [UInt8]) -> [UInt8] {
        let key = secret.count > blockLength ? SHA256Digest.of(secret) : secret
        return key + [UInt8](repeating: 0, count: blockLength - key.count)
    }

    private static func state(behind key: Span<UInt8>, mask: UInt8) -> SHA256_CTX {
        var block = InlineArray<64, UInt8>(repeating: mask)
        for index in key.indices { block[index] ^= key[index] }
        var context = SHA256_CTX()
        unsafe SHA256_Init(&context)
        unsafe withUnsafeMutableBytes(of: &block) { block in
            unsafe SHA256_Update(&context, block.baseAddress, block.count)
            unsafe OPENSSL_cleanse(block.baseAddress, block.count)
        }
        return context
    }

    /// Begins the HMAC of bytes that come in pieces.
    @inline(__always)
    func begin() -> HMACContext {
        HMACContext(inner: inner, outer: outer)
    }

    /// The 32 bytes of HMAC over part of a buffer.
    public func authenticate(_ bytes: Span<UInt8>, _ range: Range<Int>) -> MAC {
        precondition(range.lowerBound >= 0 && range.upperBound <= bytes.count)
        // One state at a time: a context that holds both would be copied for every frame.
        var context = inner
        unsafe bytes.withUnsafeBufferPointer { buffer in
            if let base = buffer.baseAddress {
                unsafe SHA256_Update(&context, base + range.lowerBound, range.count)
            }
        }
        var digest = MAC()
        unsafe digest.withMutablePointer { unsafe SHA256_Final($0, &context) }
        context = outer
        unsafe digest.withPointer { unsafe SHA256_Update(&context, $0, MAC.length) }
        unsafe digest.withMutablePointer { unsafe SHA256_Final($0, &context) }
        return digest
    }

    /// Whether the bytes at `mac` are the HMAC of those at `range`, or its beginning.
    ///
    /// The time taken depends on the lengths alone, never on where the bytes differ.
    ///
    /// - Parameter mac: 16 or 32 bytes (`docs/protocol.md`, "Frame").
    public func verifies(_ bytes: Span<UInt8>, _ range: Range<Int>, mac: Range<Int>) -> Bool {
        authenticate(bytes, range).matches(bytes, mac)
    }
}

/// An HMAC-SHA256 under way. It holds no references: using it allocates nothing.
struct HMACContext {
    private var inner: SHA256_CTX
    private var outer: SHA256_CTX

    @inline(__always)
    fileprivate init(inner: SHA256_CTX, outer: SHA256_CTX) {
        self.inner = inner
        self.outer = outer
    }

    @inline(__always)
    mutating func update(_ bytes: Span<UInt8>, _ range: Range<Int>) {
        precondition(range.lowerBound >= 0 && range.upperBound <= bytes.count)
        unsafe bytes.withUnsafeBufferPointer { buffer in
            if let base = buffer.baseAddress {
                unsafe SHA256_Update(&inner, base + range.lowerBound, range.count)
            }
        }
    }

    mutating func update(_ byte: UInt8) {
        _ = unsafe withUnsafeBytes(of: byte) { unsafe SHA256_Update(&inner, $0.baseAddress, 1) }
    }

    /// The 32 bytes; the context must not be used afterwards.
    @inline(__always)
    mutating func finish() -> MAC {
        var digest = MAC()
        unsafe digest.withMutablePointer { unsafe SHA256_Final($0, &inner) }
        unsafe digest.withPointer { unsafe SHA256_Update(&outer, $0, MAC.length) }
        unsafe digest.withMutablePointer { unsafe SHA256_Final($0, &outer) }
        return digest
    }
}

/// 32 bytes of HMAC-SHA256, held in place.
public struct MAC: Equatable, Sendable {
    public static let length = 32

    private var words: (UInt64, UInt64, UInt64, UInt64) = (0, 0, 0, 0)

    /// Whether part of a buffer equals the first bytes of this value, in constant time.
    public func matches(_ bytes: Span<UInt8>, _ range: Range<Int>) -> Bool {
        precondition((1...Self.length).contains(range.count))
        precondition(range.lowerBound >= 0 && range.upperBound <= bytes.count)
        return unsafe bytes.withUnsafeBufferPointer { buffer in
            guard let base = buffer.baseAddress else { return false }
            return unsafe withPointer {
                unsafe CRYPTO_memcmp($0, base + range.lowerBound, range.count) == 0
            }
        }
    }

    /// All 32 bytes.
    public var bytes: [UInt8] {
        unsafe withPointer { unsafe Array(UnsafeBufferPointer(start: $0, count: Self.length)) }
    }

    /// 8 of the bytes, as a number.
    var firstWord: UInt64 { words.0 }

    /// Calls `body` with the 32 bytes.
    fileprivate func withBytes<Result>(_ body: (Span<UInt8>) -> Result) -> Result {
        unsafe withPointer { pointer in
            body(unsafe UnsafeBufferPointer(start: pointer, count: Self.length).span)
        }
    }

    public static func == (left: MAC, right: MAC) -> Bool {
        left.words == right.words
    }

    @discardableResult
    fileprivate func withPointer<Result>(
        _ body: (UnsafePointer<UInt8>) -> Result
    ) -> Result {
        unsafe withUnsafePointer(to: words) { words in
            unsafe words.withMemoryRebound(to: UInt8.self, capacity: Self.length) { bytes in
                unsafe body(bytes)
            }
        }
    }

    @discardableResult
    fileprivate mutating func withMutablePointer<Result>(
        _ body: (UnsafeMutablePointer<UInt8>) -> Result
    ) -> Result {
        unsafe withUnsafeMutablePointer(to: &words) { words in
            unsafe words.withMemoryRebound(to: UInt8.self, capacity: Self.length) { bytes in
                unsafe body(bytes)
            }
        }
    }
}

/// SHA-256 (FIPS 180-4) of whole byte strings: identities and fingerprints, not the hot path.
public enum SHA256Digest {
    /// The 32 bytes of the digest.
    public static func of(_ bytes: [UInt8]) -> [UInt8] {
        var digest = [UInt8](repeating: 0, count: MAC.length)
        var context = SHA256_CTX()
        unsafe SHA256_Init(&context)
        unsafe SHA256_Update(&context, bytes, bytes.count)
        unsafe SHA256_Final(&digest, &context)
        return digest
    }
}

/// SHA-256 of bytes that come piece by piece, and of what has come so far.
public struct SHA256Stream {
    private var context = SHA256_CTX()

    public init() {
        unsafe SHA256_Init(&context)
    }

    public mutating func update(_ bytes: ArraySlice<UInt8>) {
        unsafe bytes.withUnsafeBufferPointer { buffer in
            _ = unsafe SHA256_Update(&context, buffer.baseAddress, buffer.count)
        }
    }

    /// The 32 bytes of the digest; more may follow.
    public var digest: [UInt8] {
        var (copy, digest) = (context, [UInt8](repeating: 0, count: MAC.length))
        unsafe SHA256_Final(&digest, &copy)
        return digest
    }
}
