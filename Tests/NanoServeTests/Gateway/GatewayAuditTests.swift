import Foundation
import Glibc
import NanoCore
import Synchronization
import Testing

@testable import NanoServe

/// Secrets whose rotation takes its time.
private final class SlowKeys: KeySource {
    private let keys: Keystore
    private let wait: @Sendable () -> Void

    init(_ keys: Keystore, wait: @escaping @Sendable () -> Void) {
        self.keys = keys
        self.wait = wait
    }

    func keyTable(now: Moment) -> KeyTable { keys.keyTable(now: now) }
    func retiredKeys(now: Moment) -> [RetiredKey] { keys.retiredKeys(now: now) }
    func snapshots(now: Moment) -> [SecretSnapshot] { keys.snapshots(now: now) }
    func rotate(_ model: ModelID, now: Moment) throws -> String {
        wait()
        return try keys.rotate(model, now: now)
    }
}

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

    @Test func `of a copy it is told once what it is of, and where it is`() async throws {
        let folder = try TemporaryFolder()
        let state = folder.path + "/state"
        var entry: AuditEntry?
        try await withGateway(state: state) { gateway in
            let copy = CopiedText(form: .hex, text: "c153\n", subject: "1 packet as hex")
            let result = await gateway.perform(.keep(copy))
            entry = try entries(state).last
            #expect(entry.map { result == .done($0.sentence) } == true)
        }
        let kept = try #require(entry)
        #expect(kept.action == "keep_copy" && kept.target == "1 packet as hex")
        #expect(kept.sentence.hasPrefix(state + "/dumps/") && kept.sentence.hasSuffix(".hex"))
        #expect(try String(contentsOfFile: kept.sentence, encoding: .utf8) == "c153\n")
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

    @Test func `commands that wait for the trail keep no task of the gateway waiting`()
        async throws
    {
        try await withGateway { gateway in
            let holder = open(gateway.stateFolder + "/audit.jsonl", O_RDONLY)
            defer { close(holder) }
            try #require(flock(holder, LOCK_EX) == 0)
            let count = ProcessInfo.processInfo.activeProcessorCount * 2
            let results = Mutex<[CommandResult]>([])
            for _ in 0..<count {
                gateway.gateway.perform(.pauseRoute("alba")) { result in
                    results.withLock { $0.append(result) }
                }
            }
            // If they kept the tasks' threads, these would wait until the first of them gives up.
            for _ in 0..<100 { await Task.detached { await Task.yield() }.value }
            #expect(results.withLock { $0 } == [])
            try #require(flock(holder, LOCK_UN) == 0)
            let isDone = try await eventually { results.withLock { $0.count == count } }
            #expect(isDone)
        }
    }

    @Test func `a gateway that stops waits for commands under way, and does no more`()
        async throws
    {
        let folder = try TemporaryFolder()
        let state = folder.path + "/state"
        let gate = DispatchSemaphore(value: 0)
        let result = Mutex<CommandResult?>(nil)
        let isRotating = Atomic(false)
        try await withGateway(
            state: state,
            keys: { keystore in
                SlowKeys(keystore) {
                    isRotating.store(true, ordering: .releasing)
                    gate.wait()
                }
            }
        ) { gateway in
            gateway.gateway.perform(.rotateSecret(.esp32Pressure)) { done in
                result.withLock { $0 = done }
            }
            let isUnderWay = try await eventually { isRotating.load(ordering: .acquiring) }
            #expect(isUnderWay)
            async let stopped: Void = gateway.stop()
            // Long enough for a gateway that does not wait to have stopped.
            try await Task.sleep(for: .milliseconds(500))
            gate.signal()
            try await stopped
            #expect(
                await gateway.perform(.stop) == .failed("not done, since the gateway has stopped"))
        }
        guard case .done = result.withLock({ $0 }) else {
            Issue.record("\(result.withLock { $0 }.debugDescription)")
            return
        }
        let words = try entries(state).map { "\($0.actor.way.rawValue) \($0.action)" }
        #expect(words == ["gateway start", "console rotate_secret", "gateway stop"])
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

    @Test
    func `another secret in the environment is in the trail, and frames under the old explained`()
        async throws
    {
        let folder = try TemporaryFolder()
        let state = folder.path + "/state"
        try await withGateway(state: state) { _ in }
        let secret: [UInt8] = (0..<32).map { UInt8($0) &* 13 &+ 9 }
        let other = DeviceFrames.hex(secret)
        let environment = ["NANOGRIDATA_SECRET_0x10": other]
        try await withGateway(environment: environment, state: state) { gateway in
            try await gateway.send([DeviceFrames.pressure(1)])
            try await gateway.reaches("refused.mac_mismatch", 1)
            let isExplained = try await eventually {
                gateway.gateway.snapshot(.rejections).rejections.contains {
                    $0.diagnosis?.hasPrefix("valid under the previous secret (generation 1)")
                        == true
                }
            }
            #expect(isExplained)
        }
        let entry = try #require(try entries(state).first { $0.action == "rotate_secret" })
        #expect(entry.actor.way == .gateway && entry.target == "0x10")
        #expect(entry.sentence.contains("takes the place of the one that was imported before"))
        #expect(!entry.sentence.contains(other))
    }

    @Test func `a trail that was tampered with is an alarm, told once and gone on with`()
        async throws
    {
        let folder = try TemporaryFolder()
        let state = folder.path + "/state"
        try await withGateway(state: state) { _ in }
        let file = state + "/audit.jsonl"
        let text = try String(contentsOfFile: file, encoding: .utf8)
        let lines = text.split(separator: "\n", omittingEmptySubsequences: false)
        try (lines[0] + "\n").write(toFile: file, atomically: false, encoding: .utf8)
        let words = "the audit trail is damaged or was tampered with"
        try await withGateway(state: state) { gateway in
            #expect(gateway.log.lines(with: words).count == 1)
            #expect(gateway.gateway.snapshot([]).gateway.auditDamage.contains("entry 2 is missing"))
            let isAlarm = try await eventually {
                gateway.gateway.snapshot([]).alarms.contains { $0.title == "audit trail damaged" }
            }
            #expect(isAlarm)
            #expect(await gateway.perform(.pauseRoute("alba")) != .failed(""))
            #expect(gateway.log.lines(with: words).count == 1)
            // And while it runs.
            let now = try String(contentsOfFile: file, encoding: .utf8)
            try now.replacing("alba is paused", with: "alba is waiting").write(
                toFile: file, atomically: false, encoding: .utf8)
            _ = await gateway.perform(.resumeRoute("alba"))
            #expect(gateway.log.lines(with: words).count == 2)
        }
        try await withGateway(state: state) { gateway in
            #expect(gateway.log.lines(with: words).isEmpty)
            let head = AuditLog(stateFolder: state).head.map { "\($0)" } ?? "none"
            #expect(gateway.log.lines(with: "audit trail head=\(head)").count == 1)
        }
        #expect(
            try entries(state).count { $0.note?.hasPrefix("the chain is broken: ") == true } == 2)
    }
}
