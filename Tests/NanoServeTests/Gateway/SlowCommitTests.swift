import Dispatch
import Foundation
import NanoCore
import Testing

@testable import NanoServe

/// A gateway whose disk takes its time, without an error.
@Suite struct SlowCommitTests {
    /// Keeps everything from being committed until the gate is opened.
    private func holdCommits(of journal: Journal) async throws -> DispatchSemaphore {
        let (held, gate) = (WakeSignal(), DispatchSemaphore(value: 0))
        let thread = Thread {
            journal.writer.withLock { _ in
                held.set()
                gate.wait()
            }
        }
        thread.start()
        let isHeld = await Task.detached { held.wait(nanoseconds: 60_000_000_000) }.value
        try #require(isHeld)
        return gate
    }

    @Test func `a packet that has waited for seconds to be committed makes the gateway not ready`()
        async throws
    {
        try await withGateway { gateway in
            let journal = gateway.gateway.journal
            let frame = DeviceFrames.pressure(1)
            // The first comes from the future, so that it is not late where the machine stands still.
            for (seconds, isLate) in [(-30, false), (10, true)] as [(Int64, Bool)] {
                let gate = try await holdCommits(of: journal)
                let now = Moment.now
                let received = Moment(
                    unixMilliseconds: now.unixMilliseconds,
                    monotonicNanoseconds: UInt64(
                        Int64(now.monotonicNanoseconds) - seconds * 1_000_000_000))
                let packet = StagedPacket(
                    frame: 0..<frame.count,
                    entry: ReplayGuard.Entry(
                        model: .esp32Pressure, timestamp: DeviceFrames.now, device: 1,
                        tag: isLate ? 2 : 1, source: PacketSource(connection: 1, address: 1)),
                    routes: [], receivedAt: received)
                _ = journal.append([packet], from: frame.span)
                let answer = try await gateway.get("/ready")
                #expect(answer.status == (isLate ? 503 : 200))
                #expect(answer.text.contains("waited for the journal") == isLate)
                gate.signal()
                #expect(try await eventually { journal.committing == 0 })
                #expect(try await gateway.get("/ready").status == 200)
            }
        }
    }
    @Test func `what is committed last before a stop is delivered before it`() async throws {
        let receiver = try await ScriptedReceiver.answering()
        try await withGateway(alba: receiver.url) { gateway in
            let journal = gateway.gateway.journal
            let gate = try await holdCommits(of: journal)
            try await gateway.send(DeviceFrames.pressures(1...50))
            #expect(try await eventually { journal.committing == 50 })
            async let stopped: Void = gateway.stop()
            #expect(
                try await eventually { gateway.gateway.snapshot([]).gateway.state == .draining })
            // Long enough for a gateway that does not wait to have ended its deliveries.
            try await Task.sleep(for: .milliseconds(500))
            gate.signal()
            try await stopped
            #expect(journal.ledgers[0].delivered == 50 && journal.ledgers[0].waiting == 0)
            #expect(gateway.log.lines(with: "stopping: 50 packets wait").count == 1)
        }
        try await receiver.stop()
    }
}
