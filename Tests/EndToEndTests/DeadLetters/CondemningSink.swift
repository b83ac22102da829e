import Foundation
import Glibc
import Synchronization
import TestProcesses

/// An HTTP server that refuses every event for good, until it is mended.
final class CondemningSink: Sendable {
    let port: Int
    private let listener: Int32
    private let words: String
    private let state = Mutex((isMended: false, taken: [Int]()))

    /// - Parameter words: What it says when it refuses.
    init(words: String = "") throws {
        self.words = words
        port = try FreePort.next()
        listener = socket(AF_INET, Int32(SOCK_STREAM.rawValue), 0)
        let result = Loopback.withAddress(port: port) { [listener] in bind(listener, $0, $1) }
        guard result == 0, listen(listener, 64) == 0 else {
            throw DeviceSocket.Failure(call: "listen", number: errno)
        }
        Thread.detachNewThread { [self] in
            while true {
                let connection = accept(listener, nil, nil)
                guard connection >= 0 else { return }
                Thread.detachNewThread { self.serve(connection) }
            }
        }
    }

    /// Takes everything from now on.
    func mend() {
        state.withLock { $0.isMended = true }
    }

    /// The numbers of the events that were taken, in their order.
    var taken: [Int] { state.withLock(\.taken) }

    /// Ends the listening; connections end with their other ends.
    func stop() {
        shutdown(listener, Int32(SHUT_RDWR))
        close(listener)
    }

    private func serve(_ connection: Int32) {
        defer { close(connection) }
        var received: [UInt8] = []
        var chunk = [UInt8](repeating: 0, count: 16_384)
        while true {
            guard let request = SinkRequest(readingFrom: &received) else {
                let count = read(connection, &chunk, chunk.count)
                guard count > 0 else { return }
                received += chunk[..<count]
                continue
            }
            let isTaken = state.withLock { state in
                if state.isMended { state.taken += request.events.map(\.number) }
                return state.isMended
            }
            let status = isTaken ? "200 OK" : "422 Unprocessable Content"
            let body = isTaken ? "" : words
            let answer = Array(
                "HTTP/1.1 \(status)\r\nContent-Length: \(body.utf8.count)\r\n\r\n\(body)".utf8)
            guard send(connection, answer, answer.count, Int32(MSG_NOSIGNAL)) > 0 else { return }
        }
    }
}
