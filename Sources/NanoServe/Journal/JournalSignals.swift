import NanoCore
import Synchronization

/// Whom a journal tells what.
final class JournalSignals: Sendable {
    private struct Listeners {
        var roomReturned: @Sendable () -> Void = {}
        var wake: @Sendable (RouteMask) -> Void = { _ in }
        var group: @Sendable () -> Void = {}
        var load: @Sendable (Int, LogPosition) -> Void = { _, _ in }
    }

    private let listeners = Mutex(Listeners())

    func onRoomReturned(_ action: @escaping @Sendable () -> Void) {
        listeners.withLock { $0.roomReturned = action }
    }

    func onWake(_ action: @escaping @Sendable (RouteMask) -> Void) {
        listeners.withLock { $0.wake = action }
    }

    func onGroup(_ action: @escaping @Sendable () -> Void) {
        listeners.withLock { $0.group = action }
    }

    func onLoad(_ action: @escaping @Sendable (Int, LogPosition) -> Void) {
        listeners.withLock { $0.load = action }
    }

    func roomReturned() { listeners.withLock(\.roomReturned)() }
    func wake(_ routes: RouteMask) { listeners.withLock(\.wake)(routes) }
    func group() { listeners.withLock(\.group)() }
    func load(_ route: Int, _ position: LogPosition) {
        listeners.withLock(\.load)(route, position)
    }
}
