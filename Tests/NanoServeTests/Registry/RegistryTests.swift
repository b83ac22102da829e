import Foundation
import NanoCore
import Testing

@testable import NanoServe

/// A registry at the device port of a gateway that runs.
@Suite struct RegistryTests {
    private let known = DeviceName(.esp32Pressure, "ESP32-001")
    private let stranger = DeviceName(.esp32Pressure, "ESP32-002")

    private func registry(_ gateway: LiveGateway) -> RegistrySnapshot {
        gateway.gateway.snapshot([.devices]).registry
    }

    @Test func `unknown devices wait until they are approved, and forgers never do`() async throws {
        let yaml = "devices: {registry: closed, known: [\"0x10 ESP32-001\"]}"
        try await withGateway(yaml: yaml) { gateway in
            try await gateway.send([
                DeviceFrames.pressure(1), DeviceFrames.pressure(2, device: stranger.id),
                DeviceFrames.pressure(3, device: "FORGED", secret: Array(repeating: 7, count: 32)),
                DeviceFrames.pressure(4, device: stranger.id),
            ])
            try await gateway.reaches("packets.received", 4)
            try await gateway.reaches("packets.accepted", 1)
            try await gateway.reaches("refused.profile_violation", 2)
            try await gateway.reaches("registry.waiting", 1)
            try await gateway.reaches("registry.refused", 2)
            let row = try #require(registry(gateway).rows.first)
            #expect(row.name == stranger && row.frames == 2 && row.standing == nil)
            #expect(row.address.hasPrefix("127.0.0.1:") && row.generation == 1)
            #expect(
                await gateway.perform(.register(.approve(stranger)))
                    == .done("0x10 ESP32-002 is known from now on"))
            try await gateway.send([DeviceFrames.pressure(5, device: stranger.id)])
            try await gateway.reaches("packets.accepted", 2)
            try await gateway.reaches("registry.waiting", 0)
            try await gateway.reaches("registry.known", 2)
            let metrics = try await gateway.get("/metrics").text
            #expect(metrics.contains("nanogridata_registry_devices{standing=\"known\"} 2\n"))
            #expect(!metrics.contains("ESP32-002"))
        }
    }

    @Test func `with refuse nobody is listed`() async throws {
        let yaml = "devices: {registry: closed, unknown: refuse}"
        try await withGateway(yaml: yaml) { gateway in
            try await gateway.send([DeviceFrames.pressure(1)])
            try await gateway.reaches("registry.refused", 1)
            #expect(registry(gateway).rows.isEmpty && registry(gateway).waiting == 0)
        }
    }

    @Test func `a command line beside a running gateway is heeded within a second`() async throws {
        try await withGateway(yaml: "devices: {registry: closed}") { gateway in
            try await gateway.send([DeviceFrames.pressure(1)])
            try await gateway.reaches("registry.waiting", 1)
            let waiting = WaitingFile(stateFolder: gateway.stateFolder)
            #expect(try await eventually { try waiting.read().map(\.name) == [known] })
            _ = try RegistryFile(stateFolder: gateway.stateFolder).perform(.approve(known))
            try await gateway.reaches("registry.known", 1)
            try await gateway.send([DeviceFrames.pressure(2)])
            try await gateway.reaches("packets.accepted", 1)
            #expect(try await eventually { try waiting.read().isEmpty })
        }
    }

    @Test func `adopting all seen lets a running plant be closed without a refusal`() async throws {
        let folder = try TemporaryFolder()
        let state = folder.path + "/state"
        try await withGateway(state: state) { gateway in
            try await gateway.send(DeviceFrames.pressures(1...20))
            try await gateway.reaches("packets.accepted", 20)
            #expect(
                await gateway.perform(.register(.adopt(nil)))
                    == .done("20 devices adopted as known"))
        }
        try await withGateway(yaml: "devices: {registry: closed}", state: state) { gateway in
            try await gateway.send(DeviceFrames.pressures(1...21))
            try await gateway.reaches("registry.waiting", 1)
            #expect(registry(gateway).rows.map(\.name.id) == ["ESP32-21"])
        }
    }

    @Test func `what an adoption of all would do is told before, those of former runs included`()
        async throws
    {
        let folder = try TemporaryFolder()
        let state = folder.path + "/state"
        // Made once: what is recorded keeps its second.
        let frames = DeviceFrames.pressures(1...20)
        try await withGateway(state: state) { gateway in
            try await gateway.send(frames)
            try await gateway.reaches("packets.accepted", 20)
            _ = await gateway.perform(.register(.block(DeviceName(.esp32Pressure, "ESP32-1"))))
            let adoption = try #require(registry(gateway).adoption)
            #expect(adoption.heard == 19 && adoption.decided == 1)
            #expect(adoption.heardBefore == 0 && adoption.waiting == 0)
        }
        let yaml = "devices: {registry: closed, known: [\"0x10 ESP32-2\"]}"
        try await withGateway(yaml: yaml, state: state) { gateway in
            // A recording of one that is known, one that was heard the day before, and one that was not.
            try await gateway.send(frames[1...2] + [DeviceFrames.pressure(40, device: "NEW")])
            try await gateway.reaches("registry.waiting", 2)
            let adoption = try #require(registry(gateway).adoption)
            #expect(adoption.heard == 0 && adoption.heardBefore == 19)
            #expect(adoption.waiting == 1 && adoption.decided == 1 && adoption.configured == 1)
            #expect(
                await gateway.perform(.register(.adopt(nil)))
                    == .done("19 devices adopted as known; what was decided about 1 more stays"))
        }
    }

    @Test func `what was refused of a device before it was approved stays counted`() async throws {
        try await withGateway(yaml: "devices: {registry: closed}") { gateway in
            try await gateway.send((1...3).map { DeviceFrames.pressure($0) })
            try await gateway.reaches("registry.refused", 3)
            _ = await gateway.perform(.register(.approve(known)))
            // Another connection may come to another loop.
            for number in 4...9 {
                try await gateway.send([DeviceFrames.pressure(number)])
            }
            try await gateway.reaches("packets.accepted", 6)
            let rows = gateway.gateway.snapshot([.devices]).devices
            #expect(rows.map(\.refused) == [3] && rows.map(\.accepted) == [6])
        }
    }

    @Test func `one device can be blocked while others behind its address are heard`() async throws
    {
        try await withGateway { gateway in
            try await gateway.send([DeviceFrames.pressure(1)])
            try await gateway.reaches("packets.accepted", 1)
            _ = await gateway.perform(.register(.block(known)))
            try await gateway.send([
                DeviceFrames.pressure(2), DeviceFrames.pressure(3, device: stranger.id),
                DeviceFrames.pressure(4),
            ])
            try await gateway.reaches("packets.received", 4)
            try await gateway.reaches("packets.accepted", 2)
            let device = try #require(
                gateway.gateway.snapshot([.devices]).devices.first { $0.id == known.id })
            #expect(device.standing == .blocked && device.refused == 2)
            #expect(gateway.gateway.turnsAway(device))
            _ = await gateway.perform(.register(.unblock(known)))
            #expect(!gateway.gateway.turnsAway(device))
            try await gateway.send([DeviceFrames.pressure(5)])
            try await gateway.reaches("packets.accepted", 3)
        }
    }

    @Test func `what was decided is taken over with each change, and costs nothing to look at`()
        throws
    {
        let folder = try TemporaryFolder()
        let file = RegistryFile(stateFolder: folder.path)
        _ = try file.perform(
            .adopt((0..<20_000).map { DeviceName(.esp32Pressure, "D-\($0)") }))
        var rules = RegistryRules()
        rules.known = [known]
        let registry = try DeviceRegistry(
            stateFolder: folder.path, rules: rules, hash: SipHash(key: (1, 2)))
        let clock = ContinuousClock()
        var read = 0
        let reading = try clock.measure { read = try file.read().count }
        // A console and a monitor look many times a second.
        let times = (0..<5).map { _ in
            clock.measure {
                for _ in 0..<200 {
                    #expect(
                        registry.snapshot(
                            StrangerSum(), turnedAway: StrangerSum(), parts: []
                        ).known == read + 1)
                }
            }
        }
        // The machine may have stood still during others.
        let looking = try #require(times.min())
        #expect(looking < reading, "\(looking) is not less than \(reading)")
        #expect(!registry.turnsAway(stranger))
        _ = try registry.perform(.reject(stranger))
        _ = try file.perform(.block(known))
        #expect(try registry.refresh())
        #expect(registry.turnsAway(stranger) && registry.turnsAway(known))
        let snapshot = registry.snapshot(
            StrangerSum(), turnedAway: StrangerSum(), parts: .devices)
        #expect(snapshot.rows.map(\.name) == [stranger, known])
        #expect(snapshot.rejected == 1 && snapshot.blocked == 1 && snapshot.known == read)
    }

    @Test func `a damaged registry keeps a gateway from starting, and is named`() async throws {
        let folder = try TemporaryFolder()
        let state = folder.path + "/state"
        try PrivateFile.write(Array("{}".utf8), to: state + "/registry.json")
        let fault = await #expect(throws: StateFolder.Fault.self) {
            try await withGateway(state: state) { _ in }
        }
        #expect(fault?.isMisconfiguration == true)
        #expect(fault?.description.contains("registry.json: version is missing") == true)
    }
}
