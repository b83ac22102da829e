import NanoCore

/// Streams in which anything can happen to a frame.
enum HostileStream {
    static func make(
        _ round: Int, long: Bool, _ random: inout some RandomNumberGenerator
    ) -> [UInt8] {
        var stream: [UInt8] = []
        for number in 0..<Int.random(in: 1...(long ? 60 : 9), using: &random) {
            stream += piece(round * 100 + number, long, &random)
        }
        return stream
    }

    private static func piece(
        _ number: Int, _ long: Bool, _ random: inout some RandomNumberGenerator
    ) -> [UInt8] {
        let padding = Int.random(in: 0...(long ? 200 : 60), using: &random)
        let frame = Scenario.frame(number, padding: padding)
        switch Int.random(in: 0..<14, using: &random) {
        case 0: return flipped(frame, &random)
        case 1: return setting(7, of: frame, to: .random(in: 0 ... .max, using: &random))
        case 2: return setting(6, of: frame, to: .random(in: 0...4, using: &random))
        case 3: return frame.dropLast(Int.random(in: 1..<frame.count, using: &random))
        case 4: return noise(Int.random(in: 1...(long ? 3_000 : 60), using: &random), &random)
        case 5: return Array(frame.prefix(Int.random(in: 1...14, using: &random)))
        case 6: return Scenario.frame(number, timestamp: UInt32(Judge.unixSeconds - 5_000))
        case 7: return setting(3, of: frame, to: 0x77)
        case 8: return Scenario.frame(number, level: .none)
        case 9: return frame + frame
        case 10: return nested(frame, isForged: Bool.random(using: &random))
        case 11: return setting(7, of: setting(3, of: frame, to: 0x77), to: frame[7] &+ 17)
        case 12: return setting(12, of: frame, to: 1)
        default: return frame
        }
    }

    private static func setting(_ place: Int, of frame: [UInt8], to byte: UInt8) -> [UInt8] {
        var frame = frame
        frame[place] = byte
        return frame
    }

    private static func flipped(
        _ frame: [UInt8], _ random: inout some RandomNumberGenerator
    ) -> [UInt8] {
        let place = Int.random(in: frame.indices, using: &random)
        let bit = UInt8.random(in: 0...7, using: &random)
        return setting(place, of: frame, to: frame[place] ^ 1 << bit)
    }

    /// Noise of the bytes that headers are made of.
    private static func noise(
        _ count: Int, _ random: inout some RandomNumberGenerator
    ) -> [UInt8] {
        let bytes: [UInt8] = [0xC1, 0x53, 1, 0, 0x10, 0xFF, 2]
        return (0..<count).map { _ in bytes[Int.random(in: bytes.indices, using: &random)] }
    }

    /// A frame as the payload of another.
    private static func nested(_ frame: [UInt8], isForged: Bool) -> [UInt8] {
        FrameBuilder(
            model: .esp32Pressure, type: .event, level: .high,
            timestamp: UInt32(Judge.unixSeconds)
        ).build(payload: frame, key: isForged ? HMACKey(secret: [1]) : Scenario.key)
    }
}
