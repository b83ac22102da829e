import NIOCore
import NIOHTTP1
import NIOPosix
import NIOSSL
import Synchronization
import Testing

/// A receiver of events that answers as a test tells it, to the byte, and writes down what it was
/// asked.
final class ScriptedReceiver: Sendable {
    /// Decides on the answer to a request; the number counts requests from 0.
    typealias Script = @Sendable (_ request: ReceivedRequest, _ number: Int) -> ScriptedAnswer

    private struct State {
        var requests: [ReceivedRequest] = []
        var connections: [any Channel] = []
        var bytesPoured = 0
    }

    private let state = Mutex(State())
    private let listening = Mutex<(any Channel)?>(nil)
    private let script: Script

    /// - Parameters:
    ///   - port: 0 for a free one.
    ///   - tls: Certificate and key of a receiver that speaks TLS only.
    static func start(
        port: Int = 0, tls: NIOSSLContext? = nil, _ script: @escaping Script
    ) async throws -> ScriptedReceiver {
        let receiver = ScriptedReceiver(script)
        let channel = try await ServerBootstrap(group: MultiThreadedEventLoopGroup.singleton)
            .serverChannelOption(.socketOption(.so_reuseaddr), value: 1)
            .childChannelInitializer { channel in
                channel.eventLoop.makeCompletedFuture {
                    if let tls {
                        try channel.pipeline.syncOperations.addHandler(
                            NIOSSLServerHandler(context: tls))
                    }
                    try channel.pipeline.syncOperations.addHandlers([
                        ByteToMessageHandler(HTTPRequestDecoder()),
                        ScriptedExchange(receiver, connection: receiver.number(of: channel)),
                    ])
                }
            }
            .bind(host: "127.0.0.1", port: port).get()
        receiver.listening.withLock { $0 = channel }
        return receiver
    }

    /// Gives these answers to the first requests, and 200 to all that follow.
    static func answering(_ answers: ScriptedAnswer..., port: Int = 0) async throws
        -> ScriptedReceiver
    {
        try await start(port: port) { _, number in
            number < answers.count ? answers[number] : .status(200)
        }
    }

    private init(_ script: @escaping Script) {
        self.script = script
    }

    var port: Int { listening.withLock { $0?.localAddress?.port } ?? 0 }

    /// Its address without a path.
    var url: String { "http://127.0.0.1:\(port)" }
    /// In the order in which they were complete.
    var requests: [ReceivedRequest] { state.withLock { $0.requests } }
    /// Bytes of endless answers that the other side's socket took.
    var bytesPoured: Int { state.withLock { $0.bytesPoured } }

    fileprivate func answer(to request: ReceivedRequest) -> ScriptedAnswer {
        let number = state.withLock { state in
            state.requests.append(request)
            return state.requests.count - 1
        }
        return script(request, number)
    }

    fileprivate func notePoured(_ bytes: Int) -> Int {
        state.withLock { state in
            state.bytesPoured += bytes
            return state.bytesPoured
        }
    }

    /// Closes the port and all connections.
    func stop() async throws {
        let channel = listening.withLock { $0.take() }
        try await channel?.close()
        for connection in state.withLock({ $0.connections }) { connection.close(promise: nil) }
    }

    fileprivate func number(of connection: any Channel) -> Int {
        state.withLock { state in
            state.connections.append(connection)
            return state.connections.count - 1
        }
    }
}

/// One request as it came.
struct ReceivedRequest: Sendable {
    var method = ""
    var path = ""
    var headers: [(name: String, value: String)] = []
    var body = ""
    /// Connections are counted from 0.
    var connection = 0
    var at = ContinuousClock.now

    /// The values of a header field, joined if there are several.
    subscript(header name: String) -> String? {
        let values = headers.filter { $0.name.lowercased() == name.lowercased() }.map(\.value)
        return values.isEmpty ? nil : values.joined(separator: ", ")
    }
}

/// What a receiver sends back.
struct ScriptedAnswer: Sendable, CustomTestStringConvertible {
    enum Ending: Sendable {
        case keepsOpen
        case closes
        /// Sends bytes for as long as the other side takes them, up to 256 MiB.
        case pours
    }

    var bytes: [UInt8]
    var delay = TimeAmount.zero
    /// What has to be open first; nil for nothing.
    var latch: Latch?
    var ending = Ending.keepsOpen

    var testDescription: String { String(decoding: bytes.prefix { $0 != 13 }, as: UTF8.self) }

    /// A whole answer.
    ///
    /// - Parameter latch: Holds it back until it is opened.
    static func status(
        _ code: Int, headers: [(String, String)] = [], body: String = "",
        after delay: TimeAmount = .zero, behind latch: Latch? = nil
    ) -> ScriptedAnswer {
        var head = "HTTP/1.1 \(code) Scripted\r\nContent-Length: \(body.utf8.count)\r\n"
        for (name, value) in headers { head += "\(name): \(value)\r\n" }
        return ScriptedAnswer(
            bytes: Array((head + "\r\n" + body).utf8), delay: delay, latch: latch)
    }

    /// These characters and nothing else.
    static func raw(_ text: String, _ ending: Ending = .keepsOpen) -> ScriptedAnswer {
        ScriptedAnswer(bytes: Array(text.utf8), ending: ending)
    }

    /// Nothing, for as long as anybody waits.
    static let silence = ScriptedAnswer(bytes: [])
    /// The end of the connection instead of an answer.
    static let hangUp = ScriptedAnswer(bytes: [], ending: .closes)
}

/// Collects a request, and sends the answer.
private final class ScriptedExchange: ChannelInboundHandler {
    typealias InboundIn = HTTPServerRequestPart

    private let receiver: ScriptedReceiver
    private let connection: Int
    private var request = ReceivedRequest()

    private static let pouredAtOnce = 64 * 1_024
    private static let pouredAtMost = 256 * 1_024 * 1_024

    init(_ receiver: ScriptedReceiver, connection: Int) {
        self.receiver = receiver
        self.connection = connection
    }

    func channelRead(context: ChannelHandlerContext, data: NIOAny) {
        switch unwrapInboundIn(data) {
        case .head(let head):
            request = ReceivedRequest(
                method: head.method.rawValue, path: head.uri,
                headers: head.headers.map { ($0.name, $0.value) }, connection: connection)
        case .body(let part):
            request.body += String(buffer: part)
        case .end:
            request.at = .now
            send(receiver.answer(to: request), on: context.channel)
        }
    }

    /// What is no request gets the answer that servers give, outside of the script.
    func errorCaught(context: ChannelHandlerContext, error: any Error) {
        send(.raw("HTTP/1.1 400 Bad Request\r\n\r\n", .closes), on: context.channel)
    }

    private func send(_ answer: ScriptedAnswer, on channel: any Channel) {
        let sending = { @Sendable [receiver] in
            _ = channel.eventLoop.scheduleTask(in: answer.delay) {
                channel.writeAndFlush(ByteBuffer(bytes: answer.bytes), promise: nil)
                switch answer.ending {
                case .keepsOpen: break
                case .closes: channel.close(promise: nil)
                case .pours: Self.pour(into: channel, receiver)
                }
            }
        }
        guard let latch = answer.latch else { return sending() }
        latch.whenOpen(sending)
    }

    private static func pour(into channel: any Channel, _ receiver: ScriptedReceiver) {
        let chunk = ByteBuffer(repeating: UInt8(ascii: "x"), count: pouredAtOnce)
        channel.writeAndFlush(chunk).whenSuccess {
            guard receiver.notePoured(pouredAtOnce) < pouredAtMost else { return }
            channel.eventLoop.execute { pour(into: channel, receiver) }
        }
    }
}
