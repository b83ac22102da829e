import NIOCore
import NIOPosix
import NanoCore
import Testing

@testable import NanoServe

/// The device port of a gateway with real sockets, in front of a journal that the test empties.
final class DevicePort: Sendable {
    let journal: Journal
    let lanes: [Lane]
    let listener: DeviceListener
    let channel: any Channel
    private let group: MultiThreadedEventLoopGroup
    private let writer: JournalWriter

    fileprivate init(
        journalBytes: Int, takesAtOnce: Bool,
        _ adjust: (inout DeviceListener.Configuration) -> Void
    ) async throws {
        let group = MultiThreadedEventLoopGroup(numberOfThreads: 2)
        self.group = group
        let journal = try Journal.simulated(
            memoryBytes: journalBytes, maximumBytes: journalBytes)
        self.journal = journal
        writer = JournalWriter(journal, gatherMilliseconds: 0.1, logger: LogRecorder().logger)
        writer.start()
        if takesAtOnce { journal.markTakesAtOnce(route: 0) }
        let replayGuard = SharedReplayGuard(
            configuration: ReplayGuard.Configuration(), hashKey: (1, 2))
        let keys = ModelKeys(
            model: .esp32Pressure, name: "ESP32", minimumLevel: .standard,
            profile: .standard(for: .esp32Pressure),
            keys: [HMACKey(secret: DeviceFrames.secrets[.esp32Pressure] ?? [])])
        let intake = Intake(
            configuration: IntakeConfiguration(keys: KeyTable([keys])), guard: replayGuard)
        let rules = try RoutingRules(
            destinations: ["alba"],
            rules: [
                RoutingRules.Rule(type: .telemetry, destinations: ["alba"]),
                RoutingRules.Rule(type: .event, destinations: ["alba"]),
            ])
        let lanes = (0..<2).map { index in
            Lane(
                index: index, laneCount: 2, intake: intake, hash: replayGuard.hash, rules: rules,
                journal: journal)
        }
        self.lanes = lanes
        var configuration = DeviceListener.Configuration(
            host: "127.0.0.1", port: 0, maximumConnections: 1_000,
            maximumConnectionsPerAddress: nil, idleMilliseconds: 60_000, frameMilliseconds: 60_000)
        adjust(&configuration)
        let listener = DeviceListener(
            configuration: configuration, group: group, lanes: lanes, hash: replayGuard.hash,
            offenders: Offenders(configuration.rules, now: .now),
            isFull: { journal.isFull })
        self.listener = listener
        journal.onRoomReturned { listener.resumeReading() }
        channel = try await listener.listen()
    }

    var port: Int { channel.localAddress?.port ?? 0 }

    var counts: ConnectionsSnapshot { listener.gate.counts }

    private func sum(_ parts: SnapshotParts = []) -> LaneSum {
        var sum = LaneSum()
        for lane in lanes { lane.add(to: &sum, parts: parts, now: .now) }
        return sum
    }

    private func total(_ number: (IntakeCounters) -> UInt64) -> Int {
        Int(sum().counters.reduce(0) { $0 + number($1) })
    }

    var bytes: Int { total(\.bytes) }
    var accepted: Int { total(\.accepted) }
    var refused: Int { total { $0.received - $0.accepted } }

    func refused(_ reason: RefusalReason) -> Int {
        total { $0.refusedByReason[Int(reason.rawValue)] }
    }

    /// Accepted packets that are still shown.
    var packets: [PacketRecord] { sum([.packets]).packets }

    /// Waits until everything accepted is committed.
    func commitAll() async throws {
        let isDone = try await eventually(every: .microseconds(200)) {
            journal.committing == 0 && journal.ledgers[0].accepted == UInt64(accepted)
        }
        #expect(isDone)
    }

    /// Delivers at most so many packets.
    ///
    /// - Returns: Their frames, in the order of their acceptance.
    @discardableResult
    func deliver(_ limit: Int) -> [[UInt8]] {
        // What was delivered makes room once it is removed.
        defer { if journal.isFull { try? journal.tidyUp() } }
        guard let batch = journal.take(route: 0, limit: limit) else { return [] }
        journal.resolve(route: 0, batch: batch, as: .delivered)
        return batch.items.map { Array(batch.bytes[$0.frame]) }
    }

    fileprivate func stop() async throws {
        try? await channel.close()
        try await listener.drain()
        try await writer.stop()
        try await group.shutdownGracefully()
    }
}

/// Runs a scenario with a device port, and closes the port.
///
/// - Parameters:
///   - journalBytes: Room for packets that wait.
///   - takesAtOnce: Whether the destination takes everything, so that nothing ever waits.
func withDevicePort(
    journalBytes: Int = 64 << 20, takesAtOnce: Bool = true,
    _ adjust: (inout DeviceListener.Configuration) -> Void = { _ in },
    scenario: (DevicePort) async throws -> Void
) async throws {
    let port = try await DevicePort(
        journalBytes: journalBytes, takesAtOnce: takesAtOnce, adjust)
    do {
        try await scenario(port)
    } catch {
        try await port.stop()
        throw error
    }
    try await port.stop()
}
