import NanoCore

/// Frames and streams for tests of judgement.
struct Scenario {
    static let secret = (0..<32).map { UInt8($0) &* 7 &+ 3 }
    static let key = HMACKey(secret: secret)

    static var judge: Judge {
        Judge(secrets: [.esp32Pressure: secret, .custom: secret.reversed()])
    }

    /// A valid frame of a free-form model; the number makes it differ from all others.
    static func frame(
        _ number: Int, level: SecurityLevel = .standard, timestamp: UInt32? = nil,
        padding: Int = 0
    ) -> [UInt8] {
        var writer = CBORWriter()
        writer.map(3)
        writer.text("device_id")
        writer.text("CUSTOM-\(number % 5)")
        writer.text("seq")
        writer.unsigned(UInt64(number))
        writer.text("pad")
        writer.text(String(repeating: "x", count: padding))
        return FrameBuilder(
            model: .custom, type: .telemetry, level: level,
            timestamp: timestamp ?? UInt32(Judge.unixSeconds)
        ).build(payload: writer.bytes, key: HMACKey(secret: secret.reversed()))
    }
}

/// A generator whose numbers a printed seed brings back (Steele, Lea and Flood, "SplitMix").
struct SeededNumbers: RandomNumberGenerator {
    private var state: UInt64

    init(seed: UInt64) {
        state = seed
    }

    mutating func next() -> UInt64 {
        state &+= 0x9E37_79B9_7F4A_7C15
        var mixed = state
        mixed = (mixed ^ mixed >> 30) &* 0xBF58_476D_1CE4_E5B9
        mixed = (mixed ^ mixed >> 27) &* 0x94D0_49BB_1331_11EB
        return mixed ^ mixed >> 31
    }
}
