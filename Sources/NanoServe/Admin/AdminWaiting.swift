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
    private var pending: (timer: Scheduled<Void>, claim: Claim)?

    /// Of a request and its deadline the first one: whose sender is told that it never ended must not
    /// be carried out, whatever has arrived meanwhile.
    private final class Claim: Sendable {
        private let isTaken = Atomic<Bool>(false)

        /// Whether nobody was first.
        func take() -> Bool {
            !isTaken.exchange(true, ordering: .acquiringAndReleasing)
        }
    }

    init(_ channel: any Channel, within time: TimeAmount) {
        self.channel = channel
        self.time = time
    }

    /// Whether the beginning of a request is there. The time runs from its first byte.
    mutating func note(isUnfinished: Bool) {
        guard isUnfinished else {
            end()
            return
        }
        guard pending == nil else { return }
        let claim = Claim()
        let timer = channel.eventLoop.scheduleTask(in: time) { [channel, time] in
            guard claim.take() else { return }
            let seconds = time.nanoseconds / 1_000_000_000
            let answer = AdminAnswer.failed(
                nil, "a request has to come to its end, a line feed, within \(seconds) s")
            if let line = try? AdminLine.encode(answer) {
                channel.writeAndFlush(ByteBuffer(bytes: line), promise: nil)
            }
            channel.close(promise: nil)
        }
        pending = (timer, claim)
    }

    /// Nothing is waited for any more.
    ///
    /// - Returns: Whether that is in time; if not, the sender is told so and nothing may be done.
    @discardableResult
    mutating func end() -> Bool {
        guard let (timer, claim) = pending else { return true }
        pending = nil
        timer.cancel()
        return claim.take()
    }
}
