import Foundation
import NanoServe

/// Prints lines about a gateway once a second, from a thread of its own: a reader who takes his time
/// holds up nobody else.
final class LinePrinter: Sendable {
    private let ended = DispatchSemaphore(value: 0)

    /// Begins to print.
    ///
    /// - Parameter lines: What is to be said now; called on the printer's thread alone.
    init(_ lines: @escaping @Sendable () -> [String]) {
        let ended = ended
        let thread = Thread {
            ThreadName.set("lines")
            let output = OutputStream()
            repeat {
                for line in lines() { output.bytes += Array("\(line)\n".utf8) }
                // Nobody reads any more, or nothing can be written: the gateway runs on without.
                guard (try? output.flush()) != nil else { return }
            } while ended.wait(timeout: .now() + 1) == .timedOut
        }
        thread.start()
    }

    func stop() { ended.signal() }
}
