import NanoCore

/// Two kinds of frames that are refused, in one buffer, and what refuses them.
struct Trial {
    let name: String
    /// Whether it tells the two apart on purpose.
    let leaks: Bool
    private let first: [UInt8]
    /// What makes the second kind of the first.
    private let difference: [UInt8]
    private let mac: Range<Int>
    private let keys: [HMACKey]
    private let compares: Comparison
    private var buffer: [UInt8]

    private enum Comparison {
        /// The gateway's own.
        case own
        /// One that stops at the first difference.
        case careless
    }

    static let all = [
        Trial("a MAC wrong in its first byte, or in its last", wrong: (0, 15)),
        Trial("a MAC that is near, or at random", wrong: (15, nil)),
        Trial(
            "near the current secret's, or the staged one's", wrong: (15, 15), signers: (0, 1),
            keyCount: 2),
        Trial(
            "near the first of four secrets', or the last one's", wrong: (15, 15), signers: (0, 3),
            keyCount: 4),
        Trial(
            "a comparison that stops at the first difference", wrong: (0, 15), compares: .careless),
    ]

    /// - Parameters:
    ///   - wrong: The byte of each kind's MAC that is changed; nil for all of them.
    ///   - signers: The keys that the two kinds are nearly signed with.
    private init(
        _ name: String, wrong: (Int, Int?), signers: (Int, Int) = (0, 0), keyCount: Int = 1,
        compares: Comparison = .own
    ) {
        self.name = name
        self.compares = compares
        leaks = compares == .careless
        keys = (0..<keyCount).map { number in
            HMACKey(secret: (0..<32).map { UInt8($0) &* 37 &+ UInt8(number) })
        }
        let frames = [signers.0, signers.1].map { [keys] signer in
            FrameBuilder(
                model: .esp32Pressure, type: .telemetry, level: .standard,
                timestamp: 1_768_651_200
            ).build(payload: [UInt8](repeating: 0xA0, count: 96), key: keys[signer])
        }
        let macLength = SecurityLevel.standard.macLength
        mac = frames[0].count - macLength..<frames[0].count
        buffer = Self.spoil(frames[0], mac, wrong.0)
        first = buffer
        difference = zip(buffer, Self.spoil(frames[1], mac, wrong.1)).map { $0 ^ $1 }
    }

    private static func spoil(_ frame: [UInt8], _ mac: Range<Int>, _ place: Int?) -> [UInt8] {
        var frame = frame
        for byte in place.map({ $0..<$0 + 1 }) ?? 0..<mac.count {
            frame[mac.lowerBound + byte] ^= 0x5A
        }
        return frame
    }

    /// Puts an input of one of the kinds into the buffer, by the same instructions and from the same
    /// places for both: what differs here would be told from what comes behind it.
    @inline(never)
    mutating func load(_ kind: UInt8) {
        let mask = 0 &- kind
        for index in buffer.indices { buffer[index] = first[index] ^ (difference[index] & mask) }
    }

    /// Whether the frame in the buffer is genuine.
    @inline(never)
    func judge() -> Bool {
        for key in keys {
            switch compares {
            case .own:
                if key.verifies(buffer.span, 0..<mac.lowerBound, mac: mac) { return true }
            case .careless:
                let right = key.authenticate(buffer.span, 0..<mac.lowerBound).bytes
                if zip(right, buffer[mac]).allSatisfy(==) { return true }
            }
        }
        return false
    }
}
