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
