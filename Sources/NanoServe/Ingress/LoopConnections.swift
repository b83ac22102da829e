import Glibc
import NIOCore
import NanoCore

/// The device connections of one event loop. Only that loop touches it.
final class LoopConnections {
    /// How long a connection may be silent.
    struct Limits: Sendable {
        var idleNanoseconds: UInt64
        /// From a frame's first byte to its last.
        var frameNanoseconds: UInt64
    }

    private var handlers: [ObjectIdentifier: DeviceHandler] = [:]
    /// Connections that nobody has come in with yet.
    private var arrivals: [ObjectIdentifier: any Arriving] = [:]
    /// Whether the journal is full, so that all devices of this loop have to wait.
    private var isStopped = false
    private let limits: Limits
    private let door: FrontDoor
    private let offenders: Offenders
    /// Blocks that this loop has closed connections for.
    private var blocksSeen: UInt64 = 0
    private let eventLoop: any EventLoop
    private var pace = WakePace()
    /// Kept once the gateway stops, when the last connection is gone.
    private var drained: EventLoopPromise<Void>?

    init(limits: Limits, door: FrontDoor, offenders: Offenders, eventLoop: any EventLoop) {
        self.offenders = offenders
        self.limits = limits
        self.door = door
        self.eventLoop = eventLoop
    }

    func add(_ handler: DeviceHandler) {
        handlers[ObjectIdentifier(handler)] = handler
        if isStopped { handler.setReading(false) }
    }

    func remove(_ handler: DeviceHandler) {
        handlers[ObjectIdentifier(handler)] = nil
        if isEmpty { drained?.succeed() }
    }

    func add(_ arrival: any Arriving) {
        arrivals[ObjectIdentifier(arrival)] = arrival
    }

    func remove(_ arrival: any Arriving) {
        arrivals[ObjectIdentifier(arrival)] = nil
        if isEmpty { drained?.succeed() }
    }

    private var isEmpty: Bool { handlers.isEmpty && arrivals.isEmpty }

    /// A connection's bytes were judged.
    ///
    /// - Parameter now: Monotonic time, in nanoseconds.
    func noteRead(bytes: Int, at now: UInt64) {
        guard pace.noteRead(bytes: bytes, at: now) else { return }
        // Runs when all that woke the loop has been read.
        eventLoop.assumeIsolated().execute { self.rest() }
    }

    private func rest() {
        let nanoseconds = pace.restNanoseconds(now: Moment.monotonicNow)
        guard nanoseconds > 0 else { return }
        var pause = timespec(tv_sec: 0, tv_nsec: Int(nanoseconds))
        nanosleep(&pause, nil)
    }

    /// The journal is full: all devices have to wait. The one that was read last has found out, and
    /// a read of each of the others would be as much again.
    func stopReading() {
        guard !isStopped else { return }
        isStopped = true
        for handler in handlers.values { handler.setReading(false) }
        door.update()
    }

    /// There is room again.
    func resumeReading() {
        guard isStopped else { return }
        isStopped = false
        for handler in handlers.values { handler.setReading(true) }
    }

    /// Closes what is overdue. Those who wait for us are not overdue.
    func sweep(now: UInt64) {
        // A header or a handshake is read whether there is room or not.
        for arrival in arrivals.values { arrival.closeIfOverdue(now: now, limits: limits) }
        closeBlocked(now: now)
        guard !isStopped else { return }
        for handler in handlers.values { handler.closeIfOverdue(now: now, limits: limits) }
    }

    /// Closes connections that were there before somebody blocked their address.
    private func closeBlocked(now: UInt64) {
        let changes = offenders.changes
        guard changes != blocksSeen else { return }
        blocksSeen = changes
        for arrival in arrivals.values { arrival.closeIfBlocked(now: now) }
        for handler in handlers.values { handler.closeIfBlocked(now: now) }
    }

    /// Whether the gateway stops.
    var isDraining: Bool { drained != nil }

    /// Judges what has arrived and closes all connections. Those who wait for room get none any
    /// more: what they have sent behind it stays unread, and they see their connection reset.
    ///
    /// - Returns: What is fulfilled when the last connection is gone.
    func drain() -> EventLoopFuture<Void> {
        if let drained { return drained.futureResult }
        let promise = eventLoop.makePromise(of: Void.self)
        drained = promise
        for handler in handlers.values { handler.drain(takesMore: !isStopped) }
        // Nobody has come in with these yet.
        for arrival in arrivals.values { arrival.close() }
        if isEmpty { promise.succeed() }
        return promise.futureResult
    }
}
