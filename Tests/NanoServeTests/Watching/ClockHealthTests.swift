import Foundation
import NanoCore
import Testing

@testable import NanoServe

/// What a running gateway knows of its own clock.
@Suite struct ClockHealthTests {
    @Test func `the system's word is on every page`() async throws {
        try await withGateway { gateway in
            #expect(try await eventually { gateway.gateway.snapshot([]).clock.state != .unknown })
            let state = gateway.gateway.snapshot([]).clock.state.rawValue
            #expect(try await gateway.text("clock.state") == state)
            let ready = try await gateway.get("/ready")
            #expect(ready.status == 200 && ready.object["clock"] as? String == state)
            let metrics = String(decoding: try await gateway.get("/metrics").body, as: UTF8.self)
            let value = state == "synchronised" ? 1 : 0
            #expect(metrics.contains("\nnanogridata_clock_synchronised \(value)\n"))
            #expect(metrics.contains("\nnanogridata_clock_estimated_error_seconds "))
        }
    }

    @Test func `the clock is off beside devices that are let in`() async throws {
        try await withGateway { gateway in
            let now = DeviceFrames.now
            try await gateway.send(
                (0..<6).map {
                    DeviceFrames.pressure($0, device: "ESP32-\($0)", timestamp: now - 40)
                })
            try await gateway.reaches("packets.accepted", 6)
            try await Self.expectAlarm(of: gateway, "it is 4", " s ahead of 6 of 6 devices")
        }
    }

    @Test func `the clock is off beside devices that are refused for their time`() async throws {
        try await withGateway { gateway in
            let now = DeviceFrames.now
            for number in 0..<6 {
                try await gateway.send([
                    DeviceFrames.pressure(number, device: "ESP32-\(number)", timestamp: now + 7_230)
                ])
            }
            try await gateway.reaches("refused.timestamp_future", 6)
            try await Self.expectAlarm(of: gateway, "it is 2 h", " behind 6 of 6 devices")
        }
    }

    private static func expectAlarm(
        of gateway: LiveGateway, _ beginning: String, _ rest: String
    ) async throws {
        let isThere = try await eventually {
            gateway.gateway.snapshot([]).alarms.contains {
                $0.id == "clock/off" && $0.text.hasPrefix(beginning) && $0.text.contains(rest)
            }
        }
        #expect(isThere, "\(gateway.gateway.snapshot([]).alarms.map(\.text))")
    }
}
