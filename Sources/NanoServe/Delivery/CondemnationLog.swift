import Logging
import NIOCore
import NanoCore

/// Says at once that a destination refuses packets for good, and then how many more it has refused:
/// after some seconds, and from there on twice as long each time while it goes on. A destination that
/// refuses everything, or a device for good, must not fill the log.
///
/// Only its route's event loop touches it.
final class CondemnationLog {
    private let logger: Logger
    private let route: String
    private let loop: any EventLoop
    private let interval: TimeAmount

    private static let excerptCharacters = 256
    private static let longestWait = TimeAmount.hours(1)
    /// Packets since the last line.
    private var count = 0
    /// Time that passes before the next line.
    private var wait: TimeAmount
    private var timer: Scheduled<Void>?

    init(
        logger: Logger, route: String, loop: any EventLoop, interval: TimeAmount = .seconds(5)
    ) {
        self.logger = logger
        self.route = route
        self.loop = loop
        self.interval = interval
        wait = interval
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
        timer = loop.assumeIsolated().scheduleTask(in: wait) {
            self.timer = nil
            guard self.count > 0 else {
                self.wait = self.interval
                return
            }
            self.summarize(over: self.wait)
            self.wait = min(self.wait * 2, Self.longestWait)
            self.startTimer()
        }
    }

    /// Writes what has been counted, and ends.
    func finish() {
        timer?.cancel()
        timer = nil
        if count > 0 { summarize() }
    }

    /// - Parameter time: In which they were refused; nil where the last line is not so long ago.
    private func summarize(over time: TimeAmount? = nil) {
        var metadata: Logger.Metadata = ["route": "\(route)", "packets": "\(count)"]
        if let time { metadata["seconds"] = "\(time.nanoseconds / 1_000_000_000)" }
        logger.warning("destination has refused more packets for good", metadata: metadata)
        count = 0
    }
}
