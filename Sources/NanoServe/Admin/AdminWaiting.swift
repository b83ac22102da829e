import NIOCore
import Synchronization

/// Room for requests that are not done with, of all connections together: what their senders leave
/// unfinished must not fill the memory.
final class AdminRoom: Sendable {
    /// Bytes.
    static let most = 32 << 20

    private let taken = Mutex(0)

    /// Makes a connection's part as large as it has to be.
    ///
    /// - Returns: Whether there was room; if not, the part is as it was.
    func change(from part: Int, to wanted: Int) -> Bool {
        taken.withLock { taken in
            guard wanted <= part || taken - part + wanted <= Self.most else { return false }
            taken += wanted - part
            return true
        }
    }
}

/// Closes a connection whose request does not come to its end in time. A connection that has asked
/// nothing may wait for as long as it likes.
struct AdminDeadline {
    private let channel: any Channel
    private let time: TimeAmount
    private var pending: Scheduled<Void>?

    init(_ channel: any Channel, within time: TimeAmount) {
        self.channel = channel
        self.time = time
    }

    /// Whether the beginning of a request is there. The time runs from its first byte.
    mutating func note(isUnfinished: Bool) {
        guard isUnfinished else { return end() }
        guard pending == nil else { return }
        pending = channel.eventLoop.scheduleTask(in: time) { [channel, time] in
            let seconds = time.nanoseconds / 1_000_000_000
            let answer = AdminAnswer.failed(
                nil, "a request has to come to its end, a line feed, within \(seconds) s")
            if let line = try? AdminLine.encode(answer) {
                channel.writeAndFlush(ByteBuffer(bytes: line), promise: nil)
            }
            channel.close(promise: nil)
        }
    }

    /// Nothing is waited for any more.
    mutating func end() {
        pending?.cancel()
        pending = nil
    }
}
