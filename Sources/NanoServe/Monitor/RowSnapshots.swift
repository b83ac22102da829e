import NanoCore
import Synchronization

/// Snapshots with rows, made one at a time and good for a moment: what one costs the event loops of
/// devices must not grow with those who ask.
final class RowSnapshots: Sendable {
    private static let goodFor = Duration.milliseconds(200)

    private let made = Mutex<
        [SnapshotParts.RawValue: (at: ContinuousClock.Instant, snapshot: Snapshot)]
    >([:])

    func snapshot(_ parts: SnapshotParts, of gateway: any GatewayPort) -> Snapshot {
        made.withLock { made in
            let now = ContinuousClock.now
            made = made.filter { now - $0.value.at < Self.goodFor }
            if let known = made[parts.rawValue] { return known.snapshot }
            let snapshot = gateway.snapshot(parts)
            made[parts.rawValue] = (ContinuousClock.now, snapshot)
            return snapshot
        }
    }
}
