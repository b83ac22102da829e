import NanoCore

/// Frames as a fleet of 50 pressure sensors sends them: 143 bytes at level STANDARD, made
/// beforehand.
struct Fleet {
    static let now: UInt32 = 1_768_651_200
    static let model = ModelID.esp32Pressure
    static let secret = [UInt8]((0..<32).map { $0 &* 37 &+ 11 })
    static let framesPerWrite = 64
    private static let devices = 50

    let count: Int
    /// All frames, one behind the other.
    private(set) var bytes: [UInt8] = []
    /// Bytes of each frame: they are all alike.
    private(set) var frameLength = 0
    let key = HMACKey(secret: Self.secret)

    init(frames count: Int, model: ModelID = Self.model) {
        self.count = count
        for number in 0..<count {
            // Seconds change as they do at some 10,000 frames a second.
            let timestamp = Self.now + UInt32(number / 10_000)
            let builder = FrameBuilder(
                model: model, type: .telemetry, level: .standard, timestamp: timestamp)
            let frame = builder.build(payload: Self.payload(number, timestamp), key: key)
            frameLength = frame.count
            bytes += frame
        }
    }

    /// The same frames with one bit of each MAC changed.
    func forged() -> Fleet {
        var forged = self
        for number in 0..<count { forged.bytes[(number + 1) * frameLength - 1] ^= 1 }
        return forged
    }

    /// Where a frame lies.
    func frame(_ number: Int) -> Range<Int> {
        number * frameLength..<(number + 1) * frameLength
    }

    func payload(_ number: Int) -> Range<Int> {
        let frame = frame(number)
        return frame.lowerBound + FrameHeader.length..<frame.upperBound
            - SecurityLevel.standard.macLength
    }

    private static func payload(_ number: Int, _ timestamp: UInt32) -> [UInt8] {
        var writer = CBORWriter()
        writer.map(6)
        writer.text("device_id")
        writer.text("ESP32-0" + String(10 + number % devices))
        writer.text("lab_id")
        writer.text("LAB-HETZNER-01")
        writer.text("timestamp")
        writer.unsigned(UInt64(timestamp))
        writer.text("pressure_pa")
        writer.unsigned(UInt64(100_000 + number % 3_000))
        writer.text("seq")
        writer.unsigned(UInt64(1_000_000 + number))
        writer.text("note")
        writer.text("as the firmware sends it")
        return writer.bytes
    }
}
