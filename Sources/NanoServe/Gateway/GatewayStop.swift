import NIOCore
import NanoCore

/// How a gateway stops: nothing that was judged is left behind.
extension Gateway {
    func drain(_ channel: any Channel) async {
        status.withLock { $0.phase = .draining }
        logger.info("draining")
        try? await channel.close()
        do {
            try await listener.drain()
        } catch {
            logger.error("connections cannot be drained", metadata: ["error": "\(error)"])
        }
    }

    /// How long what was judged last may take to get into the journal, before deliveries have
    /// their time.
    private static let commitSeconds = 5

    /// Waits until all that was judged is in the journal, so that it is delivered with the rest. A
    /// disk that fails, or hangs, keeps nobody waiting.
    private func finishCommits() async {
        let limit = ContinuousClock.now + .seconds(Self.commitSeconds)
        while journal.committing > 0, journal.fault == nil, ContinuousClock.now < limit,
            !Task.isCancelled
        {
            try? await Task.sleep(for: .milliseconds(2))
        }
    }

    /// Gives deliveries their time; what is left waits in the journal for the next start.
    func finishDeliveries() async {
        await finishCommits()
        for route in routes { route.finish() }
        let report = DrainReport(
            journal.ledgers, limitSeconds: configuration.drainSeconds, logger: logger)
        let limit = ContinuousClock.now + .seconds(configuration.drainSeconds)
        while ContinuousClock.now < limit, !Task.isCancelled,
            journal.ledgers.contains(where: \.isUnderWay)
        {
            try? await Task.sleep(for: .milliseconds(20))
        }
        for route in routes { await route.stop() }
        await hooks.end()
        await deadLetters.stop()
        // What the office could not store any more has come back to the event loops.
        for route in routes { await route.stop() }
        report.finish(
            zip(routes.map(\.configuration.name), journal.ledgers).map { ($0, $1) },
            committing: journal.committing)
        bus.finish()
    }

    func release(clean: Bool = true) async {
        adoptions.write(devices(now: .now), now: .now)
        saveVouched(now: .now, isLast: true)
        if clean { folder.markStopped() }
        try? await deliveryGroup.shutdownGracefully()
        try? await group.shutdownGracefully()
        folder.letGo()
    }
}
