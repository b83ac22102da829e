import Foundation
import NanoServe

/// Prints lines about a gateway once a second, from a thread of its own: a reader who takes his time
/// holds up nobody else.
final class LinePrinter: Sendable {
    private let ended = WakeSignal()
    /// From one look to the next.
    private static let pauseNanoseconds: UInt64 = 1_000_000_000

    /// Begins to print.
    ///
    /// - Parameters:
    ///   - lines: What is to be said now; called on the printer's thread alone.
    ///   - onReaderLeft: Is called when nobody reads any more, or nothing can be written.
    init(
        _ lines: @escaping @Sendable () -> [String],
        onReaderLeft: @escaping @Sendable () -> Void = {}
    ) {
        let ended = ended
        let thread = Thread {
            ThreadName.set("lines")
            let output = OutputStream()
            repeat {
                for line in lines() { output.bytes += Array("\(line)\n".utf8) }
                guard (try? output.flush()) != nil else { return onReaderLeft() }
            } while !ended.wait(nanoseconds: Self.pauseNanoseconds)
        }
        thread.start()
    }

    func stop() { ended.set() }
}
