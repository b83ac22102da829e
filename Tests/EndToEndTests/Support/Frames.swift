import Foundation
import NanoCore

/// Frames as a device of the tests sends them.
struct TestDevice {
    let model: ModelID
    let id: String
    let secret: [UInt8]

    static let secrets: [ModelID: [UInt8]] = [
        .esp32Pressure: (0..<32).map { UInt8($0) &* 7 &+ 3 },
        .stm32Gas: (0..<32).map { UInt8($0) &* 11 &+ 5 },
    ]

    /// The environment in which a gateway knows these secrets.
    static var environment: [String: String] {
        Dictionary(
            uniqueKeysWithValues: secrets.map { model, secret in
                let hex = secret.map { String(format: "%02x", $0) }.joined()
                return ("NANOGRIDATA_SECRET_\(model)", hex)
            })
    }

    /// The system's clock, in Unix seconds.
    static var now: UInt32 { UInt32(Date().timeIntervalSince1970) }

    static func pressure(_ id: String) -> TestDevice {
        TestDevice(model: .esp32Pressure, id: id, secret: secrets[.esp32Pressure] ?? [])
    }

    /// A telemetry frame of one pressure, by default stamped with the system's clock.
    func pressureFrame(
        pascal: UInt16, type: PayloadType = .telemetry, level: SecurityLevel = .standard,
        timestamp: UInt32? = nil
    ) -> [UInt8] {
        var payload: [UInt8] = [0xA2]
        payload += text("device_id") + text(id) + text("pressure_pa")
        payload += [0x19, UInt8(pascal >> 8), UInt8(pascal & 0xFF)]
        return FrameBuilder(
            model: model, type: type, level: level, timestamp: timestamp ?? Self.now
        ).build(payload: payload, key: HMACKey(secret: secret))
    }

    private func text(_ value: String) -> [UInt8] {
        precondition(value.utf8.count < 24)
        return [0x60 | UInt8(value.utf8.count)] + value.utf8
    }
}
