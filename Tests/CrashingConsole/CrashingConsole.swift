import NanoCore
import NanoTUI

/// A console of a gateway that is at its end, for the tests of what becomes of the terminal.
@main struct CrashingConsole {
    static func main() throws {
        _ = try ConsoleSession(port: FailingGateway(), options: ConsoleOptions()).run()
    }
}

/// Up for some seconds, by the snapshots that it is asked for; then its programmer was wrong.
private final class FailingGateway: GatewayPort {
    private let start = ContinuousClock.now

    func snapshot(_ parts: SnapshotParts) -> Snapshot {
        let uptime = ContinuousClock.now - start
        guard uptime < .seconds(3) else { fatalError("the gateway was thought to have no end") }
        var snapshot = Snapshot()
        snapshot.gateway.state = .running
        snapshot.gateway.uptimeSeconds = uptime / .seconds(1)
        return snapshot
    }

    func perform(
        _ command: Command, completion: @escaping @Sendable (CommandResult) -> Void
    ) {
        completion(.failed("it fails by itself"))
    }
}
