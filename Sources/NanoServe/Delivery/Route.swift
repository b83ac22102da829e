import Logging
import NIOCore
import NanoCore

/// How a destination is served.
struct RouteConfiguration: Sendable {
    var name: String
    /// For people: without credentials.
    var endpoint: String
    /// Events in one request, at most.
    var batchEvents = 1
    /// How long a batch that is not full waits for more, in milliseconds.
    var lingerMilliseconds = 0.0
    /// Requests under way at once, at most.
    var concurrency = 8
    var retry = RetryPolicy()
}

/// Takes packets at its cursor in the journal and brings them to one destination, at least once.
///
/// The work is done on one event loop, by a ``RouteWorker``; this is what others see of it.
final class Route: Sendable {
    let configuration: RouteConfiguration
    let place: Int
    private let books: RouteBooks
    private let office: DeadLetterOffice
    private let worker: NIOLoopBoundBox<RouteWorker>

    /// - Parameters:
    ///   - place: Its number in the journal and in every ``RouteMask``.
    ///   - makeSink: Makes what only the route's event loop touches.
    init(
        _ configuration: RouteConfiguration, place: Int, journal: Journal,
        office: DeadLetterOffice, logger: Logger, on loop: any EventLoop,
        makeSink: () -> sending any Sink
    ) {
        self.configuration = configuration
        self.place = place
        let books = RouteBooks(limit: configuration.concurrency)
        self.books = books
        self.office = office
        worker = .makeBoxSendingValue(
            RouteWorker(
                configuration, place: place, journal: journal, keeper: office, books: books,
                logger: logger, loop: loop, sink: makeSink()),
            eventLoop: loop)
    }

    /// Tells that there is something to take, or that the route was paused or resumed.
    func wake() {
        worker.eventLoop.execute { self.worker.value.advance() }
    }

    /// Tells that nothing more will come: batches that are not full have nothing to wait for.
    func finish() {
        worker.eventLoop.execute { self.worker.value.finish() }
    }

    /// Puts what rests between two attempts back to what waits. It blocks, so not on an event loop.
    func giveBackResting() {
        _ = try? worker.eventLoop.submit { self.worker.value.giveBackAll() }.wait()
    }

    /// Ends all work. What is in flight returns to the journal.
    func stop() async {
        _ = try? await worker.eventLoop.submit { self.worker.value.stop() }.get()
    }

    /// This route's part of a snapshot.
    ///
    /// - Parameters:
    ///   - account: Its numbers in the journal, taken together with the other routes'.
    ///   - parts: Whether more than the very newest dead letters are wanted.
    func snapshot(
        _ account: RouteAccount, parts: SnapshotParts = [], now: Moment
    ) -> RouteSnapshot {
        var snapshot = RouteSnapshot(name: configuration.name)
        snapshot.endpoint = configuration.endpoint
        snapshot.concurrencyCeiling = configuration.concurrency
        snapshot.accepted = account.accepted
        snapshot.delivered = account.delivered
        snapshot.waiting = account.waiting
        snapshot.inFlight = account.inFlight
        snapshot.deadLetters = account.deadLetters
        snapshot.expiredBy = account.expiredBy
        snapshot.skipped = account.skipped
        snapshot.failingDevices = account.failingDevices
        snapshot.failing = account.failing
        snapshot.heldBack = account.heldBack
        snapshot.oldestSeconds = account.oldestMonotonicNanoseconds.map {
            // The snapshot's time was taken before the account, so a packet may be newer.
            Double(now.monotonicNanoseconds - min($0, now.monotonicNanoseconds)) / 1e9
        }
        snapshot.newestDeadLetters = office.newest(
            place: place, isWatched: parts.contains(.deadLetters), now: now)
        snapshot.highestDeadLetter = office.highest(place: place)
        books.describe(
            in: &snapshot, isPaused: account.isPaused, hasLetters: office.hasMarked(place: place),
            now: now)
        return snapshot
    }

    /// Adds this route's times and failures to those of others.
    func add(to sum: inout DeliverySum) {
        books.add(to: &sum)
    }
}
