import Foundation
import Glibc
import Synchronization

/// An HTTP server that takes events, remembers them in their order, and now and then refuses some.
/// It stays when gateways die.
final class RecordingSink: Sendable {
    let port: Int
    private let listener: Int32
    private let bodies = Mutex<[String]>([])
    private let requests = Mutex(0)
    private let refusesEvery: Int

    /// - Parameter refusesEvery: One of so many requests is answered with 503.
    init(refusesEvery: Int) throws {
        self.refusesEvery = refusesEvery
        port = try DeviceSocket.freePort()
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

    /// Ends the listening; connections end with their other ends.
    func stop() {
        shutdown(listener, Int32(SHUT_RDWR))
        close(listener)
    }

    /// The bodies that were taken, in their order.
    var taken: [String] { bodies.withLock(\.self) }

    private func serve(_ connection: Int32) {
        defer { close(connection) }
        var received: [UInt8] = []
        var chunk = [UInt8](repeating: 0, count: 16_384)
        while true {
            if let (body, rest) = Self.request(in: received) {
                received = rest
                let number = requests.withLock { count in
                    count += 1
                    return count
                }
                let isRefused = number % refusesEvery == 0
                if !isRefused { bodies.withLock { $0.append(body) } }
                let status = isRefused ? "503 Service Unavailable" : "200 OK"
                let answer = Array("HTTP/1.1 \(status)\r\nContent-Length: 0\r\n\r\n".utf8)
                guard send(connection, answer, answer.count, Int32(MSG_NOSIGNAL)) > 0 else {
                    return
                }
                continue
            }
            let count = read(connection, &chunk, chunk.count)
            guard count > 0 else { return }
            received += chunk[..<count]
        }
    }

    private static func request(in bytes: [UInt8]) -> (body: String, rest: [UInt8])? {
        guard let end = bytes.firstRange(of: Array("\r\n\r\n".utf8)) else { return nil }
        let head = String(decoding: bytes[..<end.lowerBound], as: UTF8.self).lowercased()
        let field = head.firstRange(of: "content-length: ")
        let length = field.flatMap { Int(head[$0.upperBound...].prefix { $0.isNumber }) } ?? 0
        let last = end.upperBound + length
        guard bytes.count >= last else { return nil }
        return (
            String(decoding: bytes[end.upperBound..<last], as: UTF8.self), Array(bytes[last...])
        )
    }
}
