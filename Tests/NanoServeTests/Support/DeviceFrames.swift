import Foundation
import NanoCore

/// Frames as devices of the tests send them, no two the same.
enum DeviceFrames {
    static let secrets: [ModelID: [UInt8]] = Dictionary(
        uniqueKeysWithValues: ModelID.builtIn.map { model in
            (model, (0..<32).map { UInt8($0) &* 13 &+ (model.rawValue | 1) })
        })

    /// The environment in which a gateway knows these secrets.
    static var environment: [String: String] {
        Dictionary(
            uniqueKeysWithValues: secrets.map { ("NANOGRIDATA_SECRET_\($0)", hex($1)) })
    }

    static func hex(_ bytes: some Sequence<UInt8>) -> String {
        bytes.map { String(format: "%02x", $0) }.joined()
    }

    static var now: UInt32 { UInt32(Date().timeIntervalSince1970) }

    /// The frame of a pressure sensor; the number is in its payload as `pressure_pa`.
    static func pressure(
        _ number: Int, device: String = "ESP32-001", type: PayloadType = .telemetry,
        level: SecurityLevel = .standard,
        timestamp: UInt32 = now, secret: [UInt8]? = nil
    ) -> [UInt8] {
        var payload = CBORWriter()
        payload.map(2)
        payload.text("device_id")
        payload.text(device)
        payload.text("pressure_pa")
        payload.integer(Int64(number))
        return FrameBuilder(
            model: .esp32Pressure, type: type, level: level, timestamp: timestamp
        ).build(
            payload: payload.bytes, key: HMACKey(secret: secret ?? secrets[.esp32Pressure] ?? []))
    }

    /// Frames of as many devices, so that any number of them may be under way at once.
    static func pressures(_ numbers: some Sequence<Int>) -> [[UInt8]] {
        numbers.map { pressure($0, device: "ESP32-\($0)") }
    }

    /// The identity of a signed frame, as the protocol describes it.
    static func identity(_ frame: [UInt8]) -> String {
        let macBytes = frame[5] & 0x0F == 1 ? 16 : 32
        return "\(hex(frame[3...3]))-\(hex(frame[8..<12]))-"
            + hex(frame.suffix(macBytes).prefix(16))
    }
}
