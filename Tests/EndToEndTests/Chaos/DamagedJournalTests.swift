import Foundation
import NanoSim
import TestProcesses
import Testing

/// A gateway that finds bits of its journal flipped.
@Suite struct DamagedJournalTests {
    /// A state folder in which everything waits, since its receiver was not there.
    private func waitingState(
        _ oracle: inout DeliveryOracle, endpoint: [String: String]
    ) async throws -> URL {
        let gateway = try await RunningGateway(embedded: false, extra: endpoint)
        let device = try DeviceSocket(port: gateway.devicePort)
        for round in 1...40 {
            try device.send((0..<20).flatMap { _ in oracle.nextFrame() })
            // Each round is a block of its own, or several.
            try await eventually("the round is committed") {
                try await gateway.hasJudged(round * 20)
            }
        }
        gateway.process.signal(SIGKILL)
        try await gateway.process.wait()
        return gateway.state
    }

    /// Flips a few bits of records, in any of the blocks.
    ///
    /// - Returns: How many.
    private func damage(_ state: URL, using chance: inout SplitMix64) throws -> Int {
        let folder = state.appending(path: "journal")
        let files = try FileManager.default.contentsOfDirectory(
            at: folder, includingPropertiesForKeys: nil)
        let file = try #require(
            files.filter { $0.pathExtension == "log" }
                .max { $0.path() < $1.path() })
        var bytes = try Data(contentsOf: file)
        let heads = Self.blocks(in: bytes)
        let count = Int.random(in: 1...6, using: &chance)
        for _ in 0..<count {
            let place = try Int.random(in: #require(heads.first)..<bytes.count, using: &chance)
            // What is lost with a head nobody can count.
            let isHead = heads.contains { $0..<$0 + Self.headBytes ~= place }
            bytes[isHead ? place + Self.headBytes : place] ^=
                1
                << UInt8.random(
                    in: 0..<8, using: &chance)
        }
        try bytes.write(to: file)
        return count
    }

    private static let headBytes = 72

    /// Where blocks begin (`docs/journal.md`, "Files").
    private static func blocks(in bytes: Data) -> [Int] {
        let magic = Data("NGBK".utf8)
        var (places, from) = ([Int](), bytes.startIndex)
        while let found = bytes.range(of: magic, in: from..<bytes.endIndex) {
            places.append(found.lowerBound)
            from = found.upperBound
        }
        return places
    }

    @Test func `a destination that the journal does not know is named, with those it knows`()
        async throws
    {
        var oracle = DeliveryOracle(seed: 1)
        let state = try await waitingState(
            &oracle, endpoint: ["ALBA_ENDPOINT": "http://127.0.0.1:\(try FreePort.next())"])
        defer { try? FileManager.default.removeItem(at: state) }
        let export = try RunningProcess(
            ["journal", "export", "--state-dir", state.path(), "--route", "nobody"])
        #expect(try await export.wait() == 1)
        #expect(
            export.standardError.contains(
                "the journal has no destination nobody; it has alba, cycle, local"))
    }

    @Test func `what is whole of a damaged journal is served, and the damage is found`()
        async throws
    {
        let seed = Chaos.seed(of: "DamagedJournalTests")
        var chance = SplitMix64(seed: seed)
        var oracle = DeliveryOracle(seed: seed)
        let nobody = ["ALBA_ENDPOINT": "http://127.0.0.1:\(try FreePort.next())"]
        let original = try await waitingState(&oracle, endpoint: nobody)
        // What a killed gateway has listened at is no file that could be copied.
        try? FileManager.default.removeItem(at: original.appending(path: "admin.sock"))
        for _ in 0..<(Chaos.isLong ? 50 : 5) {
            let copy = original.deletingLastPathComponent().appending(
                path: "nanogridata-\(UUID().uuidString)")
            try FileManager.default.copyItem(at: original, to: copy)
            defer { try? FileManager.default.removeItem(at: copy) }
            let flipped = try damage(copy, using: &chance)
            let verify = try RunningProcess(["journal", "verify", "--state-dir", copy.path()])
            #expect(try await verify.wait() == 1, "seed \(seed), \(flipped) bits")
            #expect(verify.standardOutput.contains(".log: "), "seed \(seed)")
            var survivors = DeliveryOracle(seed: seed)
            let whole = try await survivors.committed(in: copy, among: oracle.sent)
            #expect(whole.count < oracle.sent.count, "seed \(seed)")

            let sink = try RecordingSink(SinkScript(seed: seed, faultPercent: 0))
            defer { sink.stop() }
            let gateway = try await RunningGateway(
                state: copy, embedded: false,
                extra: ["ALBA_ENDPOINT": "http://127.0.0.1:\(sink.port)"])
            try await eventually("the rest is delivered") {
                try await DeliveryOracle.isDrained(gateway)
            }
            let expected = whole.filter { !sink.script.condemns(event: $0) }
            #expect(Set(sink.book.taken) == Set(expected), "seed \(seed)")
            #expect(
                try await gateway.number("routes.alba.expired") == oracle.sent.count - whole.count,
                "seed \(seed)")
            try await eventually("the loss is an alarm") {
                let alarms = try await gateway.stats()["alarms"] as? [[String: Any]] ?? []
                return alarms.contains { $0["id"] as? String == "expired/alba" }
            }
            // Only the time of what is damaged is refused, and that is over.
            try await eventually("packets are let in", seconds: 5) {
                await gateway.status("/ready") == 200
            }
            #expect(gateway.process.standardError.contains("the journal is damaged"))
            try DeviceSocket(port: gateway.devicePort).send(oracle.sent.flatMap(\.self))
            try await eventually("all are judged") {
                try await gateway.hasJudged(oracle.sent.count)
            }
            #expect(try await gateway.number("packets.accepted") == 0, "seed \(seed)")
            gateway.process.signal(SIGTERM)
            #expect(try await gateway.process.wait() == 0)
        }
        try FileManager.default.removeItem(at: original)
    }
}
