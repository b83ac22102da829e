/// SipHash-1-3 with a secret key: a hash that strangers cannot steer (Aumasson and Bernstein,
/// "SipHash: a fast short-input PRF").
///
/// It names devices, addresses and unauthenticated frames in tables of bounded size. It is no MAC.
public struct SipHash: Equatable, Sendable {
    private let key0: UInt64
    private let key1: UInt64

    public init(key: (UInt64, UInt64)) {
        key0 = key.0
        key1 = key.1
    }

    /// The hash of part of a buffer.
    public func hash(_ bytes: Span<UInt8>, _ range: Range<Int>) -> UInt64 {
        var state = SipState(key0, key1, compressionRounds: 1, finalizationRounds: 3)
        state.absorb(bytes, range)
        return state.finish()
    }

    /// The hash of one byte followed by a string's content: a model and its device's id. How the
    /// string is cut into chunks makes no difference.
    public func hash(_ first: UInt8, _ bytes: Span<UInt8>, _ string: CBORString) -> UInt64 {
        var state = SipState(key0, key1, compressionRounds: 1, finalizationRounds: 3)
        state.absorb(first)
        string.forEachPiece(in: bytes) { state.absorb(bytes, $0) }
        return state.finish()
    }

    /// The same for a string that lies in no buffer.
    public func hash(_ first: UInt8, _ text: String) -> UInt64 {
        var state = SipState(key0, key1, compressionRounds: 1, finalizationRounds: 3)
        state.absorb(first)
        for byte in text.utf8 { state.absorb(byte) }
        return state.finish()
    }

    /// The hash of one byte followed by a number: a model and the address of a device without an id.
    public func hash(_ first: UInt8, _ number: UInt64) -> UInt64 {
        var state = SipState(key0, key1, compressionRounds: 1, finalizationRounds: 3)
        state.absorb(first)
        for shift: UInt64 in 0..<8 {
            state.absorb(UInt8(truncatingIfNeeded: number &>> (shift &* 8)))
        }
        return state.finish()
    }

    /// The hash of one byte: a model whose payloads name no device.
    public func hash(_ byte: UInt8) -> UInt64 {
        var state = SipState(key0, key1, compressionRounds: 1, finalizationRounds: 3)
        state.absorb(byte)
        return state.finish()
    }
}

/// The state of a hash under way. The rounds are arguments so that tests can check the same code
/// against the vectors of SipHash-2-4 that its authors published.
struct SipState {
    private var v0: UInt64
    private var v1: UInt64
    private var v2: UInt64
    private var v3: UInt64
    private var word: UInt64 = 0
    private var count: UInt64 = 0
    private let compressionRounds: Int
    private let finalizationRounds: Int

    @inline(__always)
    init(_ key0: UInt64, _ key1: UInt64, compressionRounds: Int, finalizationRounds: Int) {
        v0 = key0 ^ 0x736f_6d65_7073_6575
        v1 = key1 ^ 0x646f_7261_6e64_6f6d
        v2 = key0 ^ 0x6c79_6765_6e65_7261
        v3 = key1 ^ 0x7465_6462_7974_6573
        self.compressionRounds = compressionRounds
        self.finalizationRounds = finalizationRounds
    }

    @inline(__always)
    mutating func absorb(_ byte: UInt8) {
        word |= UInt64(byte) &<< ((count & 7) &* 8)
        count &+= 1
        if count & 7 == 0 {
            compress()
            word = 0
        }
    }

    /// Takes bytes eight at a time where it can.
    @inline(__always)
    mutating func absorb(_ bytes: Span<UInt8>, _ range: Range<Int>) {
        let held = (count & 7) &* 8
        var offset = range.lowerBound
        while range.upperBound - offset >= 8 {
            var next: UInt64 = 0
            for index in 0..<8 { next |= UInt64(bytes[offset &+ index]) &<< UInt64(index &* 8) }
            word |= next &<< held
            compress()
            word = held == 0 ? 0 : next &>> (64 &- held)
            count &+= 8
            offset &+= 8
        }
        while offset < range.upperBound {
            absorb(bytes[offset])
            offset &+= 1
        }
    }

    @inline(__always)
    mutating func finish() -> UInt64 {
        word |= count &<< 56
        compress()
        v2 ^= 0xff
        for _ in 0..<finalizationRounds { round() }
        return v0 ^ v1 ^ v2 ^ v3
    }

    @inline(__always)
    private mutating func compress() {
        v3 ^= word
        for _ in 0..<compressionRounds { round() }
        v0 ^= word
    }

    @inline(__always)
    private mutating func round() {
        v0 = v0 &+ v1
        v1 = rotated(v1, 13) ^ v0
        v0 = rotated(v0, 32)
        v2 = v2 &+ v3
        v3 = rotated(v3, 16) ^ v2
        v0 = v0 &+ v3
        v3 = rotated(v3, 21) ^ v0
        v2 = v2 &+ v1
        v1 = rotated(v1, 17) ^ v2
        v2 = rotated(v2, 32)
    }

    @inline(__always)
    private func rotated(_ value: UInt64, _ bits: UInt64) -> UInt64 {
        value &<< bits | value &>> (64 &- bits)
    }
}
