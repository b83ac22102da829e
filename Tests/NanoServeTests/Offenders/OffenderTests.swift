import Foundation
import NanoCore
import Testing

@testable import NanoServe

/// Offenders at the device port of a gateway that runs.
@Suite struct OffenderTests {
    private static let yaml = """
        devices:
          offenders: {action: block, slow_after: 20, block_after: 50, flap_after: 10}
        """

    private func connect(_ gateway: LiveGateway, from source: UInt32) throws -> DeviceSocket {
        try DeviceSocket(
            port: gateway.gateway.snapshot([]).gateway.devicePort, source: source)
    }

    private func forged(_ count: Int) -> [UInt8] {
        (0..<count).flatMap {
            DeviceFrames.pressure($0, secret: Array(repeating: 7, count: 32))
        }
    }

    /// Whether the audit trail has an entry with some words.
    private func tells(_ state: String, of words: String) throws -> Bool {
        try AuditReading(stateFolder: state).lines.contains { $0.entry.text.contains(words) }
    }

    private func offenders(_ gateway: LiveGateway) -> OffendersSnapshot {
        gateway.gateway.snapshot([]).offenders
    }

    @Test func `a flood is blocked, others are not, and an honest device ends the block`()
        async throws
    {
        try await withGateway(yaml: Self.yaml) { gateway in
            let hostile = try connect(gateway, from: 2)
            let other = try connect(gateway, from: 2)
            try hostile.send(forged(60))
            #expect(try await eventually { hostile.isClosed && other.isClosed })
            let row = try #require(offenders(gateway).rows.first)
            #expect(row.source == "127.0.0.2" && row.state == .blocked && row.isFlooding)
            #expect(row.reasons.first?.reason == .macMismatch)
            let isTurnedAway = try await eventually {
                _ = try connect(gateway, from: 2)
                return try await gateway.number("connections.turned_away_by.blocked") > 0
            }
            #expect(isTurnedAway)
            let honest = try connect(gateway, from: 1)
            try honest.send(DeviceFrames.pressure(1))
            try await gateway.reaches("packets.accepted", 1)
            // Tries until it is let in on trial; what was turned away was never read.
            var attempts = 0
            let isHeard = try await eventually(every: .milliseconds(100)) {
                attempts += 1
                let device = try connect(gateway, from: 2)
                try? device.send(DeviceFrames.pressure(100 + attempts, device: "NEW"))
                _ = try await eventually { device.isClosed || offenders(gateway).blocked == 0 }
                return offenders(gateway).blocked == 0
            }
            #expect(isHeard)
            try await gateway.reaches("packets.accepted", 2)
            #expect(gateway.log.lines.contains { $0.contains("an address is blocked") })
        }
    }

    @Test func `beside a flood from the same address no honest frame is lost`() async throws {
        try await withGateway(yaml: Self.yaml) { gateway in
            let honest = try connect(gateway, from: 3)
            try honest.send(DeviceFrames.pressure(0))
            try await gateway.reaches("packets.accepted", 1)
            for round in 1...5 {
                let hostile = try connect(gateway, from: 3)
                try hostile.send(forged(60))
                try honest.send(DeviceFrames.pressure(round))
                let another = try connect(gateway, from: 3)
                try another.send(DeviceFrames.pressure(100 + round, device: "ANOTHER"))
                #expect(try await eventually { hostile.isClosed })
                try await gateway.reaches("packets.accepted", 1 + 2 * round)
                #expect(!another.isClosed)
            }
            #expect(!honest.isClosed)
            #expect(offenders(gateway).blocked == 0)
            #expect(offenders(gateway).rows.first?.isShared == true)
            try await gateway.reaches("connections.turned_away", 0)
        }
    }

    @Test func `who is slowed loses nothing, and is read as before once it is honest`() async throws
    {
        let yaml = "devices: {offenders: {action: slow, slow_after: 5, block_after: 10}}"
        try await withGateway(yaml: yaml) { gateway in
            let socket = try connect(gateway, from: 2)
            for round in 0..<4 {
                try socket.send(forged(5))
                try socket.send(DeviceFrames.pressure(round, device: "D\(round)"))
            }
            try await gateway.reaches("packets.received", 24)
            try await gateway.reaches("packets.accepted", 4)
            #expect(!socket.isClosed)
        }
    }

    @Test func `who connects again and again for nothing is blocked`() async throws {
        try await withGateway(yaml: Self.yaml) { gateway in
            let silent = try connect(gateway, from: 4)
            for number in 1...10 {
                _ = try connect(gateway, from: 4)
                try await gateway.reaches("connections.total", 1 + number)
                if number < 10 { try await gateway.reaches("connections.open", 1) }
            }
            #expect(try await eventually { offenders(gateway).blocked == 1 })
            #expect(try await eventually { silent.isClosed })
            // One a second is let in on trial.
            let isTurnedAway = try await eventually {
                _ = try connect(gateway, from: 4)
                return try await gateway.number("connections.turned_away_by.blocked") > 0
            }
            #expect(isTurnedAway)
            let metrics = try await gateway.get("/metrics").text
            #expect(metrics.contains("nanogridata_blocked_addresses 1\n"))
            #expect(!metrics.contains("127.0.0.4"))
        }
    }

    @Test func `devices that connect for each frame do not flap, nor do those that wait`()
        async throws
    {
        let yaml = Self.yaml + "\n  registry: closed\n  known: [\"0x10 ESP32-001\"]\n"
        try await withGateway(yaml: yaml) { gateway in
            for number in 1...15 {
                try await gateway.send([DeviceFrames.pressure(number)])
                try await gateway.send([DeviceFrames.pressure(number, device: "WAITS")])
            }
            try await gateway.reaches("packets.received", 30)
            try await gateway.reaches("packets.accepted", 15)
            #expect(offenders(gateway).rows.isEmpty)
        }
    }

    @Test func `who is allowed by name is not blocked as a whole`() async throws {
        let yaml = Self.yaml + "\n  allow: [127.0.0.0/8]\n"
        try await withGateway(yaml: yaml) { gateway in
            let hostile = try connect(gateway, from: 2)
            try hostile.send(forged(60))
            #expect(try await eventually { hostile.isClosed })
            let honest = try connect(gateway, from: 2)
            try honest.send(DeviceFrames.pressure(1))
            try await gateway.reaches("packets.accepted", 1)
            #expect(offenders(gateway).blocked == 0)
        }
    }

    @Test func `an operator's block closes what is open, outlasts a restart, and can be lifted`()
        async throws
    {
        let folder = try TemporaryFolder()
        let state = folder.path + "/state"
        try await withGateway(state: state) { gateway in
            let socket = try connect(gateway, from: 2)
            try socket.send(DeviceFrames.pressure(1))
            try await gateway.reaches("packets.accepted", 1)
            let result = await gateway.perform(.blockAddress("127.0.0.0/29", seconds: 600))
            guard case .done(let sentence) = result else {
                Issue.record("\(result)")
                return
            }
            #expect(sentence.hasPrefix("127.0.0.0/29 is blocked until "))
            // A second operator's is none, and so there is nothing for it to take back.
            let second = await gateway.perform(.blockAddress("127.0.0.0/29", seconds: 60))
            #expect(
                second
                    == .unchanged(
                        sentence.replacing("is blocked until", with: "is blocked already, until")))
            _ = await gateway.perform(.blockAddress("127.0.0.0/29", seconds: 6_000))
            #expect(
                await gateway.perform(.takeBackBlock("127.0.0.0/29")) == .done(sentence + " again"))
            #expect(try await eventually { socket.isClosed })
            let device = try #require(gateway.gateway.snapshot([.devices]).devices.first)
            #expect(gateway.gateway.turnsAway(device))
            #expect(
                await gateway.perform(.unblockAddress("127.0.0.2"))
                    == .failed("127.0.0.2 is not blocked; 127.0.0.0/29 is"))
        }
        try await withGateway(state: state) { gateway in
            let socket = try connect(gateway, from: 2)
            #expect(try await eventually { socket.isClosed })
            let file = BlockFile(stateFolder: state)
            #expect(try file.read(now: .now).map(\.source) == ["127.0.0.0/29"])
            _ = try file.unblock("127.0.0.0/29", now: .now)
            #expect(try await eventually { offenders(gateway).blocked == 0 })
            let again = try connect(gateway, from: 2)
            try again.send(DeviceFrames.pressure(2))
            try await gateway.reaches("packets.accepted", 1)
        }
    }

    @Test func `while somebody holds the blocks, the gateway looks after everything else`()
        async throws
    {
        try await withGateway(yaml: Self.yaml + "\n  registry: closed\n") { gateway in
            let holder = open(gateway.stateFolder + "/devices.lock", O_CREAT | O_RDWR, 0o600)
            defer { close(holder) }
            try #require(flock(holder, LOCK_EX) == 0)
            try connect(gateway, from: 2).send(forged(60))
            #expect(try await eventually { offenders(gateway).blocked == 1 })
            // Within a second the block is to be written down, which may wait for five.
            try await Task.sleep(for: .milliseconds(1_200))
            let file = WaitingFile(stateFolder: gateway.stateFolder)
            try connect(gateway, from: 1).send(DeviceFrames.pressure(1))
            #expect(try await eventually { try file.read().count == 1 })
            #expect(gateway.log.lines(with: "blocks cannot be written down").isEmpty)
            try #require(flock(holder, LOCK_UN) == 0)
            let blocks = BlockFile(stateFolder: gateway.stateFolder)
            #expect(try await eventually { try blocks.read(now: .now).count == 1 })
        }
    }

    @Test func `a block of the gateway's own outlasts a restart, and a command line lifts it`()
        async throws
    {
        let folder = try TemporaryFolder()
        let state = folder.path + "/state"
        let file = BlockFile(stateFolder: state)
        try await withGateway(yaml: Self.yaml, state: state) { gateway in
            try connect(gateway, from: 2).send(forged(60))
            #expect(try await eventually { try file.read(now: .now).count == 1 })
            #expect(try await eventually { try tells(state, of: "block_address 127.0.0.2") })
        }
        try await withGateway(yaml: Self.yaml, state: state) { gateway in
            #expect(offenders(gateway).rows.map(\.source) == ["127.0.0.2"])
            _ = try file.unblock("127.0.0.2", now: .now)
            #expect(try await eventually { offenders(gateway).blocked == 0 })
            try await Task.sleep(for: .milliseconds(1_500))
            #expect(try file.read(now: .now).isEmpty)
        }
    }

    @Test func `devices that a block has kept out since before the start are counted`() async throws
    {
        let folder = try TemporaryFolder()
        let state = folder.path + "/state"
        try await withGateway(yaml: Self.yaml, state: state) { gateway in
            let device = try connect(gateway, from: 5)
            for (number, name) in ["A", "B", "C"].enumerated() {
                try device.send(DeviceFrames.pressure(number, device: name))
            }
            try await gateway.reaches("packets.accepted", 3)
            _ = await gateway.perform(.blockAddress("127.0.0.5", seconds: 600))
        }
        try await withGateway(yaml: Self.yaml, state: state) { gateway in
            let former = gateway.gateway.snapshot([.devices]).formerDevices ?? []
            #expect(Set(former.map(\.id)) == ["A", "B", "C"])
            #expect(former.allSatisfy { $0.address.hasPrefix("127.0.0.5:") })
            _ = try connect(gateway, from: 5)
            let isTold = try await eventually {
                let hold = offenders(gateway).holds?.first
                return hold?.whom == "3 devices" && hold?.addresses == 1
            }
            #expect(isTold)
            let models = gateway.gateway.snapshot([]).models
            #expect(models.compactMap(\.blockedFormerDevices).reduce(0, +) == 3)
            #expect(models.compactMap(\.blockedDevices).reduce(0, +) == 0)
            // One of them is heard from elsewhere, and is kept out no more.
            try connect(gateway, from: 6).send(DeviceFrames.pressure(9, device: "A"))
            let isFewer = try await eventually {
                offenders(gateway).holds?.first?.whom == "2 devices"
            }
            #expect(isFewer)
        }
    }

    @Test func `devices that an operator's block keeps out are told of until it is lifted`()
        async throws
    {
        try await withGateway(yaml: Self.yaml) { gateway in
            let device = try connect(gateway, from: 5)
            try device.send(DeviceFrames.pressure(1))
            try await gateway.reaches("packets.accepted", 1)
            _ = await gateway.perform(.blockAddress("127.0.0.9", seconds: 60))
            #expect(offenders(gateway).holds?.isEmpty == true, "nobody heard is kept out by it")
            _ = await gateway.perform(.blockAddress("127.0.0.0/8", seconds: 60))
            #expect(try await eventually { device.isClosed })
            let isTold = try await eventually {
                let hold = offenders(gateway).holds?.first
                return hold?.source == "127.0.0.0/8" && hold?.devices == 1 && hold?.addresses == 1
            }
            #expect(isTold)
            let stands = try await eventually {
                gateway.gateway.snapshot([]).alarms.contains { $0.title == "devices blocked" }
            }
            #expect(stands)
            let seen = gateway.gateway.snapshot([.devices])
            let now = seen.gateway.unixMilliseconds
            #expect(seen.devices.map { DeviceState(of: $0, now: now) } == [.blocked])
            #expect(seen.models.compactMap(\.blockedDevices).reduce(0, +) == 1)
            _ = await gateway.perform(.unblockAddress("127.0.0.0/8"))
            let free = gateway.gateway.snapshot([.devices])
            #expect(free.devices.map { DeviceState(of: $0, now: now) } == [.live])
            #expect(
                try await eventually {
                    gateway.gateway.snapshot([]).models.allSatisfy { $0.blockedDevices == 0 }
                })
            let ends = try await eventually {
                !gateway.gateway.snapshot([]).alarms.contains { $0.title == "devices blocked" }
            }
            #expect(ends)
        }
    }
}
