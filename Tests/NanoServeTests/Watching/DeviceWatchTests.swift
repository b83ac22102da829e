import Foundation
import NanoCore
import Testing

@testable import NanoServe

/// Devices that are other than usual, at a running gateway.
@Suite struct DeviceWatchTests {
    @Test func `a device that measures something else than ever is an alarm, in stats and metrics`()
        async throws
    {
        try await withGateway(yaml: "watch: {values: {learn_s: 0}}") { gateway in
            try await gateway.send([DeviceFrames.pressure(101_000)])
            // Devices are looked at every five seconds.
            try await Task.sleep(for: .seconds(6))
            var sent = 1
            for batch in 0..<5 {
                try await gateway.send(
                    (0..<40).map { DeviceFrames.pressure(101_000 + $0 * 17 % 40 + batch * 40) })
                sent += 40
                try await gateway.reaches("packets.accepted", sent)
                try await Task.sleep(for: .milliseconds(1_200))
            }
            try await gateway.send((0..<5).map { DeviceFrames.pressure(150_000 + $0) })
            let isFound = try await eventually {
                gateway.gateway.snapshot([]).alarms.contains { $0.id == "devices/value" }
            }
            let alarms = gateway.gateway.snapshot([]).alarms.map(\.text)
            #expect(isFound, "\(alarms)")
            #expect(alarms.contains { $0.hasPrefix("0x10 ESP32-001: pressure_pa 150,00") })
            let stats = try await gateway.get("/stats").object
            let anomaly = try #require((stats["anomalies"] as? [[String: Any]])?.first)
            #expect(anomaly["kind"] as? String == "value" && anomaly["devices"] as? Int == 1)
            let metrics = try await gateway.get("/metrics").text
            #expect(metrics.contains("\nnanogridata_devices_anomalous{kind=\"value\"} 1.0\n"))
            #expect(metrics.contains("\nnanogridata_devices_anomalous{kind=\"silence\"} 0.0\n"))
        }
    }
}
