import Logging
import NIOCore
import NanoCore

/// A route's circuit breaker at work: with its timer, and its lines in the log.
///
/// Only its route's event loop touches it.
final class RouteBreaker {
    private let route: String
    private let books: RouteBooks
    private let logger: Logger
    private let loop: any EventLoop
    private var breaker: CircuitBreaker
    private var timer: Scheduled<Void>?
    /// Monotonic nanoseconds at which the next attempt is made; nil while it is not open.
    private var probeAt: UInt64?
    /// Whether the log says that the destination takes nothing.
    private(set) var isDown = false

    init(
        _ configuration: RouteConfiguration, books: RouteBooks, logger: Logger,
        loop: any EventLoop
    ) {
        route = configuration.name
        breaker = CircuitBreaker(retry: configuration.retry)
        self.books = books
        self.logger = logger
        self.loop = loop
    }

    /// Whether an attempt may be made now.
    var admits: Bool { breaker.admits }

    /// Whether the destination takes what comes, as far as is known.
    var isClosed: Bool { breaker.state == .closed }

    /// Numbers an attempt that is about to be made.
    func begin() -> UInt64 { breaker.begin() }

    /// Learns from an answer.
    ///
    /// - Parameters:
    ///   - hasFailed: Whether the attempt failed as a whole.
    ///   - onProbe: What is called when the next attempt may be made, if this opens it.
    /// - Returns: Whether this opens it, or lets it stay open.
    func judge(
        _ answer: SinkAnswer, hasFailed: Bool, to attempt: UInt64, now: Moment,
        using chance: inout any RandomNumberGenerator, onProbe: @escaping () -> Void
    ) -> Bool {
        let asked = answer.retryAfterMilliseconds
        let milliseconds =
            hasFailed
            ? breaker.noteFailure(of: attempt, retryAfterMilliseconds: asked, using: &chance)
            : noteAnswer(to: attempt, retryAfterMilliseconds: asked, using: &chance)
        guard let milliseconds else { return false }
        if asked == nil, !isDown {
            isDown = true
            logger.warning(
                "destination does not take packets, trying it now and then",
                metadata: ["route": "\(route)", "error": "\(answer.report)"])
        }
        let end = now.monotonicNanoseconds + UInt64(milliseconds) * 1_000_000
        // The longest of the times that were asked for.
        if let probeAt, probeAt >= end { return true }
        probeAt = end
        books.note(breaker: .open, probeAt: end)
        timer?.cancel()
        timer = loop.assumeIsolated().scheduleTask(in: .milliseconds(milliseconds)) {
            // Event loops also run what was cancelled by another task of the same turn.
            guard self.probeAt == end else { return }
            self.probe()
            onProbe()
        }
        return true
    }

    private func noteAnswer(
        to attempt: UInt64, retryAfterMilliseconds asked: Int64?,
        using chance: inout any RandomNumberGenerator
    ) -> Int64? {
        let wasClosed = isClosed
        let milliseconds = breaker.noteAnswer(
            to: attempt, retryAfterMilliseconds: asked, using: &chance)
        if !wasClosed, isClosed { books.note(breaker: .closed, probeAt: nil) }
        if isDown, isClosed || milliseconds != nil {
            isDown = false
            logger.notice("destination takes packets again", metadata: ["route": "\(route)"])
        }
        return milliseconds
    }

    /// Lets the next attempt find out whether the destination takes anything again.
    func probe() {
        guard breaker.state == .open else { return }
        stop()
        probeAt = nil
        breaker.probe()
        books.note(breaker: .halfOpen, probeAt: nil)
    }

    /// Lets go of the timer.
    func stop() {
        timer?.cancel()
        timer = nil
    }
}
