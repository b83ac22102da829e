import Glibc
import NanoCore
import Synchronization

/// Results of commands on their way from any thread to the console's.
final class ResultPipe: Sendable {
    typealias Result = (command: Command, result: CommandResult)

    private let results = Mutex<(waiting: [Result], isClosed: Bool)>(([], false))
    private let pipe = WakePipe()

    deinit {
        pipe.close()
    }

    var readEnd: Int32 { pipe.readEnd }

    func put(_ command: Command, _ result: CommandResult) {
        results.withLock { $0.waiting.append((command, result)) }
        wake()
    }

    func take() -> [Result] {
        var buffer = [UInt8](repeating: 0, count: 64)
        _ = read(readEnd, &buffer, buffer.count)
        return results.withLock { results in
            defer { results.waiting = [] }
            return results.waiting
        }
    }

    /// Tells the console that it has nothing to wait for any more.
    func close() {
        results.withLock { $0.isClosed = true }
        wake()
    }

    var isClosed: Bool { results.withLock { $0.isClosed } }

    private func wake() {
        var byte: UInt8 = 0
        // A full pipe has bytes enough to be noticed.
        _ = write(pipe.writeEnd, &byte, 1)
    }
}
