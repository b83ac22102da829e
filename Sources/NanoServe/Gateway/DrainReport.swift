import Logging
import NanoCore

/// Says in the log what a stopping gateway waits for, and what came of it; nothing if nothing waits.
struct DrainReport {
    private let waiting: UInt64
    private let begun = Moment.monotonicNow
    private let logger: Logger

    /// - Parameter limitSeconds: How long deliveries get.
    init(_ accounts: [RouteAccount], limitSeconds: Int, logger: Logger) {
        waiting = Self.unfinished(accounts)
        self.logger = logger
        guard waiting > 0 else { return }
        logger.notice(
            "stopping: \(PlainWords.count(waiting)) packets wait, up to \(limitSeconds) s")
    }

    /// - Parameters:
    ///   - accounts: With the names of their routes.
    ///   - committing: Packets that are not in the journal yet.
    func finish(_ accounts: [(route: String, account: RouteAccount)], committing: UInt64) {
        if committing > 0 {
            let packets = PlainWords.count(committing)
            logger.notice("\(packets) packets are not in the journal yet; writing is tried again")
        }
        let kept = accounts.filter { $0.account.unfinished > 0 }
        if !kept.isEmpty {
            let counts = kept.map { "\($0.route) \(PlainWords.count($0.account.unfinished))" }
                .joined(separator: ", ")
            logger.notice("packets stay in the journal until the next start: \(counts)")
        }
        guard waiting > 0 else { return }
        let left = Self.unfinished(accounts.map(\.account))
        let settled = PlainWords.count(waiting - min(left, waiting))
        let seconds = (Moment.monotonicNow - begun + 500_000_000) / 1_000_000_000
        logger.notice(
            "deliveries ended: \(settled) settled in \(seconds) s, \(PlainWords.count(left)) left")
    }

    /// Packets that are neither settled nor given up, each counted for every destination it has.
    private static func unfinished(_ accounts: [RouteAccount]) -> UInt64 {
        accounts.reduce(0) { $0 + $1.unfinished }
    }
}
