import Dispatch
import Foundation
import Glibc
import Synchronization

/// Writes lines to a file or a pipe from a thread of its own, so that nobody who logs ever waits for
/// whoever reads.
///
/// What is not taken fast enough is dropped beyond a bound, and counted; as soon as there is room
/// again a line says how many were lost.
final class LogWriter: Sendable {
    /// Bytes that may wait to be written.
    static let maximumBytes = 1 << 20

    private struct Queue {
        var lines: [[UInt8]] = []
        var bytes = 0
        var lost: UInt64 = 0
        var isWriting = false
        var isClosed = false

        var isIdle: Bool { lines.isEmpty && lost == 0 && !isWriting }
    }

    private let queue = Mutex(Queue())
    private let filled = DispatchSemaphore(value: 0)
    private let descriptor: Int32
    private let ownsDescriptor: Bool
    private let lossLine: @Sendable (UInt64) -> [UInt8]

    /// - Parameters:
    ///   - ownsDescriptor: Whether it is closed in the end.
    ///   - lossLine: Makes the line that says how many were lost.
    init(
        descriptor: Int32, ownsDescriptor: Bool,
        lossLine: @escaping @Sendable (UInt64) -> [UInt8]
    ) {
        self.descriptor = descriptor
        self.ownsDescriptor = ownsDescriptor
        self.lossLine = lossLine
        let thread = Thread { self.work() }
        thread.name = "log"
        thread.start()
    }

    /// Takes a line, or drops and counts it when too much is waiting already.
    func add(_ line: [UInt8]) {
        let mustWake = queue.withLock { queue in
            guard queue.bytes + line.count <= Self.maximumBytes else {
                queue.lost += 1
                return queue.lines.isEmpty && queue.lost == 1
            }
            queue.lines.append(line)
            queue.bytes += line.count
            return queue.lines.count == 1
        }
        if mustWake { filled.signal() }
    }

    /// Waits until everything has been written, but no longer than this.
    func flush(within limit: Duration) {
        let end = ContinuousClock.now + limit
        while ContinuousClock.now < end, !queue.withLock(\.isIdle) { usleep(2_000) }
    }

    /// Ends the thread once it has written what is waiting.
    func close() {
        queue.withLock { $0.isClosed = true }
        filled.signal()
    }

    private func work() {
        while true {
            filled.wait()
            while let bytes = takeAll() { write(bytes) }
            if queue.withLock({ $0.isClosed && $0.isIdle }) { break }
        }
        if ownsDescriptor { Glibc.close(descriptor) }
    }

    /// All that is waiting, in one piece; nil when that is nothing.
    private func takeAll() -> [UInt8]? {
        let (lines, lost) = queue.withLock { queue in
            defer {
                queue.isWriting = !queue.lines.isEmpty || queue.lost > 0
                queue.lines = []
                queue.bytes = 0
                queue.lost = 0
            }
            return (queue.lines, queue.lost)
        }
        guard !lines.isEmpty || lost > 0 else { return nil }
        return Array(lines.joined()) + (lost > 0 ? lossLine(lost) : [])
    }

    /// A line that can't be written, to a full disk or a closed pipe, is given up: logging must not
    /// stop the gateway.
    private func write(_ bytes: [UInt8]) {
        var start = 0
        while start < bytes.count {
            let count = bytes[start...].withUnsafeBytes {
                Glibc.write(descriptor, $0.baseAddress, $0.count)
            }
            if count < 0, errno == EINTR { continue }
            guard count > 0 else { return }
            start += count
        }
    }
}
