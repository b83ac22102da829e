import Foundation
import Glibc
import NanoCore
import Testing

@testable import NanoServe

/// What a gateway's commands leave in the audit trail.
@Suite struct GatewayAuditTests {
    private func entries(_ folder: String) throws -> [AuditEntry] {
        try AuditReading(stateFolder: folder).lines.map(\.entry)
    }

    @Test func `every command that acts leaves an entry with its result, and watching leaves none`()
        async throws
    {
        let folder = try TemporaryFolder()
        let state = folder.path + "/state"
        try await withGateway(state: state) { gateway in
            let paused = await gateway.perform(.pauseRoute("alba"))
            // The operator is told when the entry is there.
            let newest = try entries(state).last
            #expect(newest?.sentence == "alba is paused; its packets wait")
            #expect(paused == .done("alba is paused; its packets wait"))
            _ = await gateway.perform(.resumeRoute("nobody"))
            _ = await gateway.perform(.skipRoute("cycle"))
            _ = await gateway.perform(.dump([], format: .hex))
            _ = await gateway.perform(.follow(.custom, device: "x"))
            _ = await gateway.perform(.rotateSecret(.esp32Pressure))
            _ = await gateway.perform(.stop)
        }
        let found = try entries(state)
        let words = found.map { "\($0.actor.way.rawValue) \($0.action) \($0.result.rawValue)" }
        #expect(
            words == [
                "gateway start done", "console pause_route done", "console resume_route failed",
                "console skip_route done",
                "console dump_packets failed", "console rotate_secret done", "console stop done",
                "gateway stop done",
            ])
        #expect(
            found.map(\.target)[1...6]
                == ["alba", "nobody", "cycle", "0 packets as hex", "0x10", "gateway"])
        #expect(found.allSatisfy { $0.actor.uid == getuid() })
        let secrets = try FileManager.default.contentsOfDirectory(atPath: state + "/secrets")
        let secret = try String(
            contentsOfFile: state + "/secrets/" + (try #require(secrets.first)), encoding: .utf8)
        let trail = try String(contentsOfFile: state + "/audit.jsonl", encoding: .utf8)
        #expect(!trail.contains(secret.trimmingCharacters(in: .whitespacesAndNewlines)))
    }

    @Test func `without a trail nothing is done but to stop, and the log says so`() async throws {
        try await withGateway { gateway in
            let file = gateway.stateFolder + "/audit.jsonl"
            try #require(unlink(file) == 0 && mkdir(file, 0o700) == 0)
            let result = await gateway.perform(.pauseRoute("alba"))
            guard case .failed(let sentence) = result else {
                Issue.record("\(result)")
                return
            }
            #expect(sentence.hasPrefix("not done, since the audit trail cannot be written: "))
            #expect(sentence.contains(file))
            #expect(gateway.gateway.snapshot([]).routes.first?.state != .paused)
            let lines = gateway.log.lines(with: "the audit trail cannot be written")
            #expect(lines.contains { $0.hasPrefix("error ") })
            #expect(await gateway.perform(.stop) == .done("draining and stopping"))
        }
    }

    @Test func `a gateway that cannot start leaves the reason`() async throws {
        let folder = try TemporaryFolder()
        let state = folder.path + "/state"
        try await withGateway { other in
            let taken = other.gateway.snapshot([]).gateway.devicePort
            await #expect(throws: (any Error).self) {
                try await withGateway(state: state, adjust: { $0.devicePort = taken }) { _ in }
            }
        }
        let entry = try #require(try entries(state).first)
        #expect(entry.action == "start" && entry.result == .failed)
        #expect(entry.sentence.contains("in use"), "\(entry.sentence)")
    }
}
