import Foundation
import NIOCore
import NIOPosix
import NanoCore
import NanoSim
import Testing

@Suite struct FleetTests {
    private func configuration(port: Int) -> FleetConfiguration {
        var configuration = FleetConfiguration()
        configuration.port = port
        configuration.devices = 20
        configuration.ratePerDevice = 20
        configuration.seed = 42
        for model in ModelID.builtIn {
            configuration.secrets[model] = (1...32).map { $0 ^ model.rawValue }
        }
        return configuration
    }

    /// Runs a fleet until the condition holds, and gives what both sides counted.
    private func run(
        _ faults: [FleetFault: Double], until condition: (FleetStatistics, [String: Int]) -> Bool
    ) async throws -> (FleetStatistics, [String: Int]) {
        let secrets = configuration(port: 1).secrets
        let listener = try await JudgingListener(secrets: secrets)
        var configuration = configuration(port: listener.port)
        configuration.faults = faults
        let fleet = Fleet(configuration)
        let task = Task { try await fleet.run() }
        let limit = ContinuousClock.now + .seconds(120)
        while !condition(fleet.statistics, listener.verdicts) {
            guard ContinuousClock.now < limit else {
                Issue.record("\(fleet.statistics), \(listener.verdicts)")
                break
            }
            try await Task.sleep(for: .milliseconds(20))
        }
        task.cancel()
        try await task.value
        try await listener.stop()
        return (fleet.statistics, listener.verdicts)
    }

    @Test func `honest devices are all accepted`() async throws {
        let (statistics, verdicts) = try await run([:]) { $0.frames >= 400 && $1.count == 1 }
        #expect(Set(verdicts.keys) == ["accepted"], "\(verdicts)")
        #expect(verdicts["accepted"] ?? 0 >= 350)
        #expect(statistics.connects >= 20)
        #expect(statistics.faults.isEmpty)
    }

    @Test(arguments: [
        (FleetFault.replay, "replay"), (.forged, "mac_mismatch"), (.garbage, "bad_magic"),
        (.wrongGeneration, "mac_mismatch"), (.truncated, "truncated"),
        (.clockDrift, "timestamp_drift"),
    ])
    func `a fault is refused for what it is`(fault: FleetFault, reason: String) async throws {
        let percent = fault == .clockDrift ? 50.0 : 10
        let (statistics, verdicts) = try await run([fault: percent]) { $1[reason] ?? 0 > 2 }
        #expect(verdicts["accepted"] ?? 0 > 0)
        #expect(statistics.faults[fault] ?? 0 > 2)
        #expect(verdicts["accepted"] ?? 0 <= statistics.frames)
    }

    @Test func `a fleet ends after its duration though nobody listens`() async throws {
        var configuration = configuration(port: 1)
        configuration.duration = .seconds(2)
        let fleet = Fleet(configuration)
        try await fleet.run()
        #expect(fleet.statistics.failedConnects > 0)
        #expect(fleet.statistics.frames == 0)
    }
}
