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

    /// Leaves the folder as a gateway leaves it that is killed.
    private func pretendKill() throws {
        try Data().write(to: URL(filePath: path + "/gateway.running"))
    }

    @Test func `a frame is accepted once over any number of clean restarts`() async throws {
        let frame = DeviceFrames.pressure(1)
        #expect(try await verdict(on: frame) == "packets.accepted")
        #expect(try await verdict(on: frame) == "refused.replay")
        #expect(try await verdict(on: frame) == "refused.replay")
        #expect(try await verdict(on: DeviceFrames.pressure(2)) == "packets.accepted")
    }

    @Test func `after a kill nothing is accepted that may have been before, also after a second`()
        async throws
    {
        #expect(try await verdict(on: DeviceFrames.pressure(1)) == "packets.accepted")
        try pretendKill()
        #expect(try await verdict(on: DeviceFrames.pressure(2)) == "refused.replay_stale")
        #expect(try await verdict(on: DeviceFrames.pressure(3)) == "refused.replay_stale")
    }

    @Test func `while a lost memory refuses everything, the gateway says so and is not ready`()
        async throws
    {
        #expect(try await verdict(on: DeviceFrames.pressure(1)) == "packets.accepted")
        try pretendKill()
        try await withGateway(state: path) { gateway in
            let ready = try await gateway.get("/ready")
            #expect(ready.status == 503 && ready.object["state"] as? String == "blocked")
            let reasons = ready.object["reasons"] as? [String] ?? []
            #expect(reasons.count == 1 && reasons[0].hasPrefix("the replay memory was lost: "))
            #expect(reasons[0].hasSuffix(" s left"))
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
        try pretendKill()
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

    @Test(arguments: ["keystore.json", "secrets", "dumps", "replay.guard"])
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
