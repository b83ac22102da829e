import Logging
import NIOCore
import NanoCore

/// Says at once that a destination refuses packets for good, and then every few seconds how many
/// more it has refused: a destination that refuses everything must not fill the log.
///
/// Only its route's event loop touches it.
final class CondemnationLog {
    private let logger: Logger
    private let route: String
    private let loop: any EventLoop
    private let interval: TimeAmount

    private static let excerptCharacters = 256
    /// Packets since the last line.
    private var count = 0
    private var timer: Scheduled<Void>?

    init(
        logger: Logger, route: String, loop: any EventLoop, interval: TimeAmount = .seconds(5)
    ) {
        self.logger = logger
        self.route = route
        self.loop = loop
        self.interval = interval
    }

    func note(packets: Int, answer: SinkAnswer) {
        guard timer == nil else {
            count += packets
            return
        }
        logger.warning(
            "destination refuses packets for good",
            metadata: [
                "route": "\(route)", "packets": "\(packets)", "answer": "\(answer.error)",
                "excerpt": "\(SafeText.shortened(answer.excerpt, to: Self.excerptCharacters))",
            ])
        startTimer()
    }

    private func startTimer() {
        timer = loop.assumeIsolated().scheduleTask(in: interval) {
            self.timer = nil
            guard self.count > 0 else { return }
            self.summarize()
            self.startTimer()
        }
    }

    /// Writes what has been counted, and ends.
    func finish() {
        timer?.cancel()
        timer = nil
        if count > 0 { summarize() }
    }

    private func summarize() {
        logger.warning(
            "destination has refused more packets for good",
            metadata: ["route": "\(route)", "packets": "\(count)"])
        count = 0
    }
}
