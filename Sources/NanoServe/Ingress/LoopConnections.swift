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
    private var stopped: [ObjectIdentifier: DeviceHandler] = [:]
    private let limits: Limits

    init(limits: Limits) {
        self.limits = limits
    }

    func add(_ handler: DeviceHandler) {
        handlers[ObjectIdentifier(handler)] = handler
    }

    func remove(_ handler: DeviceHandler) {
        handlers[ObjectIdentifier(handler)] = nil
        stopped[ObjectIdentifier(handler)] = nil
    }

    /// The journal is full: this connection's device has to wait.
    func stopReading(_ handler: DeviceHandler) {
        guard stopped.updateValue(handler, forKey: ObjectIdentifier(handler)) == nil else { return }
        handler.setReading(false)
    }

    /// There is room again.
    func resumeReading() {
        let waiting = stopped
        stopped.removeAll()
        for handler in waiting.values { handler.setReading(true) }
    }

    /// Closes what is overdue; once a second. Those who wait for us are not overdue.
    func sweep(now: UInt64) {
        for (identity, handler) in handlers where stopped[identity] == nil {
            handler.closeIfOverdue(now: now, limits: limits)
        }
    }

    func drain() {
        for handler in handlers.values { handler.drain() }
    }
}
