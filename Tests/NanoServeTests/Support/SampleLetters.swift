@testable import NanoServe

extension DeadLetter {
    /// A pressure reading that a destination refused for good.
    static func sample(
        _ number: Int, route: String = "alba", error: String = "422 Unprocessable Entity"
    ) -> DeadLetter {
        let frame = DeviceFrames.pressure(number, timestamp: 1_767_225_600)
        return DeadLetter(
            route: route, identity: DeviceFrames.identity(frame), frame: frame,
            model: .esp32Pressure, device: "ESP32-001", receivedUnixMilliseconds: 1_000,
            condemnedUnixMilliseconds: 2_000 + Int64(number), attempts: 1, error: error,
            excerpt: "no such lab")
    }
}
