import Foundation
import Glibc
import NanoSim
import Synchronization
import TestProcesses

/// An HTTP server that takes events, remembers them in their order, and misbehaves by a script.
/// It stays when gateways die.
final class RecordingSink: Sendable {
    let port: Int
    let script: SinkScript
    private let state = Mutex(State())

    private struct State {
        var listener: Int32?
        var connections: Set<Int32> = []
        var requests = 0
        var isHealed = false
        var isStopped = false
        var book = Book()
    }

    /// What has become of the events, by their numbers.
    struct Book {
        /// Those that were taken, in their order, also a second time.
        var taken: [Int] = []
        var condemned: Set<Int> = []
    }

    init(_ script: SinkScript) throws {
        self.script = script
        port = try FreePort.next()
        try open()
    }

    var book: Book { state.withLock(\.book) }

    // MARK: - Being there

    /// Begins to listen.
    func open() throws {
        let listener = socket(AF_INET, Int32(SOCK_STREAM.rawValue), 0)
        var yes: Int32 = 1
        setsockopt(
            listener, SOL_SOCKET, SO_REUSEADDR, &yes, socklen_t(MemoryLayout<Int32>.size))
        let result = Loopback.withAddress(port: port) { bind(listener, $0, $1) }
        guard result == 0, listen(listener, 64) == 0 else {
            let number = errno
            Glibc.close(listener)
            throw DeviceSocket.Failure(call: "listen", number: number)
        }
        state.withLock { $0.listener = listener }
        Thread.detachNewThread { [self] in
            while true {
                let connection = accept(listener, nil, nil)
                guard connection >= 0 else { break }
                state.withLock { _ = $0.connections.insert(connection) }
                Thread.detachNewThread {
                    self.serve(connection)
                    self.end(connection)
                }
            }
            Glibc.close(listener)
        }
    }

    /// Ends the listening and all connections, as a receiver that restarts does.
    func close() {
        state.withLock { state in
            if let listener = state.listener { shutdown(listener, Int32(SHUT_RDWR)) }
            state.listener = nil
            for connection in state.connections { shutdown(connection, Int32(SHUT_RDWR)) }
        }
    }

    private func end(_ connection: Int32) {
        state.withLock { state in
            state.connections.remove(connection)
            Glibc.close(connection)
        }
    }

    /// Goes away now and then, until it is healed.
    func beginOutages() {
        Thread.detachNewThread { [self] in
            var chance = SplitMix64(seed: script.seed)
            while !state.withLock(\.isHealed) {
                usleep(UInt32.random(in: 300_000...1_500_000, using: &chance))
                close()
                usleep(UInt32.random(in: 50_000...600_000, using: &chance))
                // A client may have met itself on this port meanwhile.
                while !state.withLock(\.isStopped), (try? open()) == nil { usleep(10_000) }
            }
        }
    }

    /// Behaves from now on, though what can never be taken is still condemned.
    func heal() {
        state.withLock { $0.isHealed = true }
    }

    /// Ends for good.
    func stop() {
        state.withLock {
            $0.isHealed = true
            $0.isStopped = true
        }
        close()
    }

    // MARK: - Answering

    private func serve(_ connection: Int32) {
        var received: [UInt8] = []
        while Self.readMore(connection, into: &received) {
            var chance = script.chance(ofRequest: 0)
            var conduct = SinkConduct.takes
            let isHealed = state.withLock { state in
                state.requests += 1
                chance = script.chance(ofRequest: state.requests)
                return state.isHealed
            }
            if !isHealed { conduct = script.conduct(using: &chance) }
            if conduct == .resets { return Self.reset(connection) }
            var request = SinkRequest(readingFrom: &received)
            while request == nil {
                guard Self.readMore(connection, into: &received) else { return }
                request = SinkRequest(readingFrom: &received)
            }
            guard let request else { return }
            var judge = SinkJudge(script: script, chance: chance)
            let answer = judge.answer(to: request, conduct)
            state.withLock { state in
                state.book.taken += judge.taken
                state.book.condemned.formUnion(judge.condemned)
            }
            if answer.delayMilliseconds > 0 { usleep(UInt32(answer.delayMilliseconds) * 1_000) }
            let bytes = Array(answer.text.utf8)
            let isSent =
                bytes.isEmpty
                || Glibc.send(connection, bytes, bytes.count, Int32(MSG_NOSIGNAL)) == bytes.count
            guard isSent, !answer.isLast else { return }
        }
    }

    private static func readMore(_ connection: Int32, into received: inout [UInt8]) -> Bool {
        var chunk = [UInt8](repeating: 0, count: 16_384)
        let count = read(connection, &chunk, chunk.count)
        guard count > 0 else { return false }
        received += chunk[..<count]
        return true
    }

    /// Has the closing that follows be a reset.
    private static func reset(_ connection: Int32) {
        var option = linger(l_onoff: 1, l_linger: 0)
        setsockopt(
            connection, SOL_SOCKET, SO_LINGER, &option, socklen_t(MemoryLayout<linger>.size))
    }
}
