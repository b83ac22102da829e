import Foundation
import NIOCore
import NanoCore
import NanoServe
import Testing

/// What a snapshot of a running gateway says.
@Suite struct SnapshotTests {
    private func frame(of model: ModelID) -> [UInt8] {
        FrameBuilder(
            model: model, type: .telemetry, level: .standard, timestamp: DeviceFrames.now
        ).build(payload: [0xA0], key: HMACKey(secret: [1, 2, 3]))
    }

    @Test func `a snapshot tells what waits in bytes, whom it concerns and how much room there is`()
        async throws
    {
        try await withGateway(
            yaml: "secrets:\n  grace_hours: 7\njournal:\n  max_bytes: 2097152\n"
        ) { gateway in
            #expect(await gateway.perform(.pauseRoute("alba")) != .failed(""))
            try await gateway.send((1...50).map { DeviceFrames.pressure($0) })
            try await gateway.reaches("routes.alba.waiting", 50)
            let snapshot = gateway.gateway.snapshot([])
            let alba = try #require(snapshot.routes.first)
            #expect(alba.waitingBytes == 50 * (snapshot.ledger.bytes / 50))
            #expect(alba.devices == 1 && snapshot.routes.map(\.devices) == [1, 1, 1])
            #expect(snapshot.journal.budgetBytes == 2 << 20 && !snapshot.journal.isFull)
            #expect((1...256 << 10).contains(snapshot.journal.usedBytes))
            #expect(snapshot.gateway.graceHours == 7)
            #expect(try await gateway.number("grace_h") == 7)
            #expect(try await gateway.number("journal.budget_bytes") == 2 << 20)
            #expect(await gateway.perform(.resumeRoute("alba")) != .failed(""))
        }
    }

    @Test func `a device that is followed keeps its newest frames listed, whatever else comes in`()
        async throws
    {
        try await withGateway(adjust: { $0.eventLoops = 2 }) { gateway in
            let stranger = await gateway.perform(.follow(.esp32Pressure, device: "ESP32-001"))
            #expect(stranger == .failed("0x10 ESP32-001 has not been seen since the start"))
            try await gateway.send([DeviceFrames.pressure(0)])
            try await gateway.reaches("packets.accepted", 1)
            let result = await gateway.perform(.follow(.esp32Pressure, device: "ESP32-001"))
            #expect(result == .done("following ESP32-001: its newest packets stay listed"))
            let own = (1...70).map { DeviceFrames.pressure($0) }
            try await gateway.send(own)
            try await gateway.reaches("packets.accepted", 71)
            for round in 0..<20 {
                // Devices without an id are filed under their address.
                let others = (0..<32).map { number in
                    FrameBuilder(
                        model: .custom, type: .event, level: .standard,
                        timestamp: DeviceFrames.now
                    ).build(
                        payload: [0xA1, 0x61, 0x6E, 0x82, 0x18, UInt8(100 + round)]
                            + [0x18, UInt8(100 + number)],
                        key: HMACKey(secret: DeviceFrames.secrets[.custom] ?? []))
                }
                try await gateway.send(others)
                try await gateway.reaches("packets.accepted", 71 + 32 * (round + 1))
                try await Task.sleep(for: .milliseconds(60))
            }
            let packets = gateway.gateway.snapshot([.packets]).packets
            let kept = packets.filter { $0.deviceID == "ESP32-001" }.map(\.bytes)
            #expect(kept.suffix(64) == own.suffix(64))
            #expect(Set(packets.map(\.id)).count == packets.count, "none is listed twice")
        }
    }

    @Test func `what the models refused adds up, models without a secret included`() async throws {
        try await withGateway { gateway in
            let strangers = [0x55, 0x55, 0x77].map { frame(of: ModelID(rawValue: $0)) }
            try await gateway.send(strangers + [DeviceFrames.pressure(1)])
            try await gateway.send([Array("GET / HTTP/1.1\r\n\r\n".utf8)])
            try await gateway.reaches("packets.received", 5)
            #expect(try await gateway.number("models.0x55.refused") == 2)
            #expect(try await gateway.number("models.0x55.refused_by_reason.unknown_model") == 2)
            #expect(try await gateway.number("models.0x77.refused") == 1)
            let snapshot = gateway.gateway.snapshot([])
            let refused = (snapshot.models + snapshot.unknownModels).reduce(0) { $0 + $1.refused }
            #expect(refused == snapshot.ledger.refused - snapshot.ledger[.badMagic])
            #expect(snapshot.unknownModels.map(\.id.description) == ["0x55", "0x77"])
            #expect(snapshot.models.count == ModelID.builtIn.count)
        }
    }
}
