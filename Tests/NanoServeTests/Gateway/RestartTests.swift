import Foundation
import NIOCore
import NIOPosix
import Testing

@testable import NanoServe

/// What a gateway knows of the one before it in the same state folder.
@Suite struct RestartTests {
    private let folder: TemporaryFolder
    private let path: String

    init() throws {
        folder = try TemporaryFolder()
        path = folder.path + "/state"
    }

    /// Sends a frame to a gateway of its own, and gives the name in `/stats` that it counts under.
    private func verdict(on frame: [UInt8]) async throws -> String {
        var verdict = ""
        try await withGateway(state: path) { gateway in
            try await gateway.send([frame])
            try await gateway.reaches("packets.received", 1)
            for name in ["packets.accepted", "refused.replay", "refused.replay_stale"] {
                if try await gateway.number(name) == 1 { verdict = name }
            }
        }
        return verdict
    }

    /// Leaves the folder as a gateway leaves it that is killed, and loses its journal.
    private func pretendKillAndLoss() throws {
        try Data().write(to: URL(filePath: path + "/gateway.running"))
        try FileManager.default.removeItem(atPath: path + "/journal")
    }

    /// Lets a gateway accept frames, and leaves the folder as it is at that moment.
    private func kill(after frames: [[UInt8]], alba: String = "discard:") async throws {
        let copy = path + ".killed"
        try await withGateway(alba: alba, state: path) { gateway in
            try await gateway.send(frames)
            try await gateway.reaches("packets.accepted", frames.count)
            try FileManager.default.copyItem(atPath: path, toPath: copy)
        }
        try FileManager.default.removeItem(atPath: path)
        try FileManager.default.moveItem(atPath: copy, toPath: path)
    }

    @Test func `after a kill what was accepted is refused, and what is new accepted`() async throws
    {
        let frames = DeviceFrames.pressures(1...20)
        try await kill(after: frames)
        #expect(try await verdict(on: frames[7]) == "refused.replay")
        #expect(try await verdict(on: DeviceFrames.pressure(21)) == "packets.accepted")
    }

    /// Has gateways of another folder accept nothing, and gives its replay memory.
    private func foreignMemory() async throws -> Data {
        try await withGateway(state: folder.path + "/other") { _ in }
        return try Data(contentsOf: URL(filePath: folder.path + "/other/replay.guard"))
    }

    @Test(arguments: [true, false])
    func `another gateway's replay memory in the place of the own one lets no replay in`(
        isClean: Bool
    ) async throws {
        let frames = DeviceFrames.pressures(1...20)
        if isClean {
            try await withGateway(state: path) { gateway in
                try await gateway.send(frames)
                try await gateway.reaches("packets.accepted", 20)
            }
        } else {
            try await kill(after: frames)
        }
        try await foreignMemory().write(to: URL(filePath: path + "/replay.guard"))
        #expect(try await verdict(on: frames[7]) == "refused.replay_stale")
        // Nor at the start after that.
        #expect(try await verdict(on: frames[8]) == "refused.replay_stale")
    }

    @Test func `an older replay memory than the one that was saved last lets no replay in`()
        async throws
    {
        try await withGateway(state: path) { gateway in
            try await gateway.send(DeviceFrames.pressures(1...3))
            try await gateway.reaches("packets.accepted", 3)
        }
        let memory = URL(filePath: path + "/replay.guard")
        let older = try Data(contentsOf: memory)
        let frames = DeviceFrames.pressures(4...20)
        try await withGateway(state: path) { gateway in
            try await gateway.send(frames)
            try await gateway.reaches("packets.accepted", 17)
        }
        try older.write(to: memory)
        #expect(try await verdict(on: frames[7]).hasPrefix("refused.replay"))
    }

    @Test func `damaged cursors have everything delivered again, and let no replay in`()
        async throws
    {
        let frames = DeviceFrames.pressures(1...20)
        try await kill(after: frames, alba: "http://127.0.0.1:9")
        let cursors = URL(filePath: path + "/journal/cursors.json")
        var bytes = try Data(contentsOf: cursors)
        bytes[bytes.count / 2] ^= 1
        try bytes.write(to: cursors)
        let alba = try await ScriptedReceiver.start { _, _ in .status(200) }
        try await withGateway(alba: alba.url, state: path) { gateway in
            #expect(gateway.log.lines(with: "the journal's cursors are damaged").count == 1)
            try await gateway.reaches("routes.alba.delivered", 20)
            try await gateway.send([frames[7]])
            try await gateway.reaches("packets.received", 1)
            #expect(try await gateway.number("packets.accepted") == 0)
            try await gateway.expectBalance()
        }
        try await alba.stop()
    }

    @Test func `what was accepted and not delivered before a kill is delivered after it`()
        async throws
    {
        let frames = DeviceFrames.pressures(1...20)
        // Nothing listens there.
        try await kill(after: frames, alba: "http://127.0.0.1:9")
        let alba = try await ScriptedReceiver.start { _, _ in .status(200) }
        try await withGateway(alba: alba.url, state: path) { gateway in
            let said = gateway.log.lines(with: "20 packets for alba wait from before the start")
            #expect(said.count == 1)
            try await gateway.reaches("routes.alba.delivered", 20)
            try await gateway.expectBalance()
        }
        let keys = Set(alba.requests.compactMap { $0[header: "Idempotency-Key"] })
        #expect(keys == Set(frames.map(DeviceFrames.identity)))
        try await alba.stop()
    }

    /// Settings of routes with one more destination.
    private static func routes(archive endpoint: String) -> String {
        """
        concurrency: 4
          archive: {endpoint: "\(endpoint)"}
        rules:
          - {types: [telemetry], destinations: [alba, archive]}
        """
    }

    /// Leaves 20 packets that wait for that destination, where nothing listens.
    private func leaveForArchive() async throws {
        try await withGateway(
            routes: [Self.routes(archive: "http://127.0.0.1:9")], state: path,
            adjust: { $0.drainSeconds = 0 }
        ) { gateway in
            try await gateway.send(DeviceFrames.pressures(1...20))
            try await gateway.reaches("routes.archive.accepted", 20)
        }
    }

    @Test func `what waits for a destination that is not configured for a while is kept for it`()
        async throws
    {
        try await leaveForArchive()
        for _ in 0..<2 {
            try await withGateway(state: path) { gateway in
                try await gateway.send([DeviceFrames.pressure(Int.random(in: 100...100_000))])
                let said = gateway.log.lines(with: "wait for a destination that is not configured")
                #expect(said.count == 1 && said.first?.contains("20") == true)
            }
        }
        let receiver = try await ScriptedReceiver.answering()
        try await withGateway(routes: [Self.routes(archive: receiver.url)], state: path) {
            gateway in
            try await gateway.reaches("routes.archive.delivered", 20)
            try await gateway.expectBalance()
        }
        #expect(receiver.requests.count == 20)
        try await receiver.stop()
    }

    @Test
    func `what waits for a destination that is gone is an alarm until it is skipped`()
        async throws
    {
        try await leaveForArchive()
        let name = "archive is not configured"
        try await withGateway(state: path) { gateway in
            let stands = try await eventually {
                gateway.gateway.snapshot([]).alarms.contains { $0.title == name }
            }
            #expect(stands)
            #expect(
                await gateway.perform(.skipRoute("archive"))
                    == .done("20 packets given up for archive, which is not configured"))
            #expect(
                await gateway.perform(.skipRoute("archive"))
                    == .failed("there is no route archive; there are alba, cycle, local"))
            let isOver = try await eventually {
                !gateway.gateway.snapshot([]).alarms.contains { $0.title == name }
            }
            #expect(isOver)
            #expect(try await gateway.text("journal.durability") == "commit")
            #expect(try await gateway.text("journal.when_full") == "expire-oldest")
            #expect(try await gateway.number("journal.disk_free_bytes") > 0)
        }
        try await withGateway(state: path) { gateway in
            #expect(gateway.log.lines(with: "a destination that is not configured").isEmpty)
        }
    }

    @Test func `a pause outlives the process when an operator made it, and ends with a resumption`()
        async throws
    {
        try await withGateway(state: path) { gateway in
            _ = await gateway.perform(.pauseRoute("alba"))
        }
        try await withGateway(state: path) { gateway in
            let state = try await gateway.text("routes.alba.state")
            #expect(state == "paused")
            #expect(gateway.log.lines(with: "still paused").count == 1)
            _ = await gateway.perform(.resumeRoute("alba"))
        }
        try await withGateway(state: path) { gateway in
            _ = await gateway.perform(.pauseRoute("alba"))
        }
        // A pause by configuration does not end that of the operator.
        for routes in [["paused: true"], []] {
            try await withGateway(routes: routes, state: path) { gateway in
                let state = try await gateway.text("routes.alba.state")
                #expect(state == "paused", "\(routes)")
            }
        }
        try await withGateway(state: path) { gateway in
            _ = await gateway.perform(.resumeRoute("alba"))
        }
        try await withGateway(routes: ["paused: true"], state: path) { gateway in
            let state = try await gateway.text("routes.alba.state")
            #expect(state == "paused")
        }
        try await withGateway(state: path) { gateway in
            let state = try await gateway.text("routes.alba.state")
            #expect(state == "idle")
        }
    }

    @Test func `what waits at a clean stop is delivered after the next start, once`() async throws {
        let frames = DeviceFrames.pressures(1...20)
        try await withGateway(
            alba: "http://127.0.0.1:9", state: path, adjust: { $0.drainSeconds = 0 }
        ) { gateway in
            try await gateway.send(frames)
            try await gateway.reaches("packets.accepted", 20)
        }
        for expected in [20, 0] {
            let alba = try await ScriptedReceiver.start { _, _ in .status(200) }
            try await withGateway(alba: alba.url, state: path) { gateway in
                try await gateway.reaches("routes.alba.delivered", expected)
            }
            #expect(alba.requests.count == expected)
            try await alba.stop()
        }
    }

    @Test func `a frame is accepted once over any number of clean restarts`() async throws {
        let frame = DeviceFrames.pressure(1)
        #expect(try await verdict(on: frame) == "packets.accepted")
        #expect(try await verdict(on: frame) == "refused.replay")
        #expect(try await verdict(on: frame) == "refused.replay")
        #expect(try await verdict(on: DeviceFrames.pressure(2)) == "packets.accepted")
    }

    @Test func `without a journal nothing is accepted after a kill, also after a second`()
        async throws
    {
        #expect(try await verdict(on: DeviceFrames.pressure(1)) == "packets.accepted")
        try pretendKillAndLoss()
        #expect(try await verdict(on: DeviceFrames.pressure(2)) == "refused.replay_stale")
        #expect(try await verdict(on: DeviceFrames.pressure(3)) == "refused.replay_stale")
    }

    @Test func `while a lost memory refuses everything, the gateway says so and is not ready`()
        async throws
    {
        #expect(try await verdict(on: DeviceFrames.pressure(1)) == "packets.accepted")
        try pretendKillAndLoss()
        try await withGateway(state: path) { gateway in
            let ready = try await gateway.get("/ready")
            #expect(ready.status == 503 && ready.object["state"] as? String == "blocked")
            let reasons = ready.object["reasons"] as? [String] ?? []
            #expect(reasons.count == 1)
            #expect(reasons.first?.hasPrefix("the replay memory was lost: ") == true)
            #expect(reasons.first?.hasSuffix(" s left") == true)
            let loss = try #require(gateway.gateway.snapshot([]).gateway.replayLoss)
            #expect((50...61).contains(loss.secondsLeft))
            #expect(try await gateway.text("state_reason").hasPrefix("the replay memory was lost"))
        }
        try await withGateway(state: path) { gateway in
            let ready = try await gateway.get("/ready")
            #expect(ready.status == 503, "a clean stop mends nothing")
        }
    }

    @Test func `a start that finds its port taken forgets no kill before it`() async throws {
        let frame = DeviceFrames.pressure(1)
        #expect(try await verdict(on: DeviceFrames.pressure(2)) == "packets.accepted")
        try pretendKillAndLoss()
        let other = try await ServerBootstrap(group: MultiThreadedEventLoopGroup.singleton)
            .bind(host: "127.0.0.1", port: 0).get()
        let port = other.localAddress?.port ?? 0
        await #expect(throws: (any Error).self) {
            try await withGateway(state: path, adjust: { $0.devicePort = port }) { _ in }
        }
        try await other.close()
        #expect(try await verdict(on: frame) == "refused.replay_stale")
    }

    @Test
    func `a replay memory that was removed is said to be lost, and nothing is accepted by it`()
        async throws
    {
        #expect(try await verdict(on: DeviceFrames.pressure(1)) == "packets.accepted")
        try FileManager.default.removeItem(atPath: path + "/replay.guard")
        try await withGateway(state: path) { gateway in
            try await gateway.send([DeviceFrames.pressure(1), DeviceFrames.pressure(2)])
            try await gateway.reaches("refused.replay_stale", 2)
            #expect(gateway.log.lines(with: "replay memory is lost").count == 1)
        }
    }

    @Test(arguments: ["keystore.json", "dumps", "replay.guard"])
    func `a folder with a gateway's things in it was used`(name: String) throws {
        try FileManager.default.createDirectory(
            atPath: path + "/" + name, withIntermediateDirectories: true)
        #expect(try StateFolder(path: path).wasUsed)
    }

    @Test func `a first start that finds its port taken leaves a folder that was never used`()
        async throws
    {
        let other = try await ServerBootstrap(group: MultiThreadedEventLoopGroup.singleton)
            .bind(host: "127.0.0.1", port: 0).get()
        let port = other.localAddress?.port ?? 0
        await #expect(throws: (any Error).self) {
            try await withGateway(state: path, adjust: { $0.devicePort = port }) { _ in }
        }
        try await other.close()
        try Data().write(to: URL(filePath: path + "/generated.json"))
        #expect(try await verdict(on: DeviceFrames.pressure(1)) == "packets.accepted")
    }

    @Test func `a damaged replay memory is said to be lost, and nothing is accepted by it`()
        async throws
    {
        #expect(try await verdict(on: DeviceFrames.pressure(1)) == "packets.accepted")
        let file = URL(filePath: path + "/replay.guard")
        var bytes = try Data(contentsOf: file)
        bytes[bytes.count / 2] ^= 0xFF
        try bytes.write(to: file)
        #expect(try await verdict(on: DeviceFrames.pressure(2)) == "refused.replay_stale")
    }
}
