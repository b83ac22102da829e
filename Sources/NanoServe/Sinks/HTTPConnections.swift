import NIOCore
import NIOHTTP1
import NIOPosix
import NIOSSL

/// A request, ready to be sent as often as it takes.
struct HTTPExchange {
    var head: HTTPRequestHead
    var body: ByteBuffer
    /// For the whole exchange, the making of a connection included.
    var deadline: NIODeadline

    /// A request that begins now.
    ///
    /// - Parameter head: Without the length of the body.
    init(_ head: HTTPRequestHead, body: [UInt8], timeoutMilliseconds: Int) {
        self.head = head
        self.head.headers.add(name: "Content-Length", value: String(body.count))
        self.body = ByteBuffer(bytes: body)
        deadline = .now() + .milliseconds(Int64(timeoutMilliseconds))
    }
}

/// The kept connections of one event loop to one server; as many as there are requests at once.
///
/// Only that loop touches it. There is nothing but NIO's codec between a sink and its connection:
/// with thousands of small requests a second the tasks and locks of a general client cost more than
/// everything else that the gateway does (`docs/performance.md`).
final class HTTPConnections {
    let target: HTTPTarget
    private let loop: any EventLoop
    private let tls: NIOSSLContext?
    /// Those that wait for a request; the one used last is at the end.
    private var idle: [HTTPConnection] = []
    private var open: [ObjectIdentifier: HTTPConnection] = [:]
    private var isStopped = false

    /// Servers, and what stands between, end silent connections without a word; one that has been
    /// silent for longer is not trusted any more.
    private static let maximumIdle = TimeAmount.seconds(30)

    init(to target: HTTPTarget, on loop: any EventLoop, tls: NIOSSLContext?) {
        self.target = target
        self.loop = loop
        self.tls = tls
    }

    /// Sends a request over a kept connection, or a new one; the completion is called once.
    ///
    /// A request that crosses the end of a kept connection is sent again over another: nothing of
    /// an answer had come, and a receiver knows a repetition by its key.
    func send(_ request: HTTPExchange, completion: @escaping HTTPConnection.Completion) {
        guard !isStopped else { return completion(.failure(HTTPFault.stopped)) }
        guard let connection = takeIdle() else { return connect(for: request, completion) }
        connection.send(request) { result in
            guard case .failure(HTTPFault.closed(wasKept: true)) = result else {
                return completion(result)
            }
            self.send(request, completion: completion)
        }
    }

    private func takeIdle() -> HTTPConnection? {
        let oldest = NIODeadline.now() - Self.maximumIdle
        while let first = idle.first, first.idleSince < oldest {
            idle.removeFirst()
            first.fail(HTTPFault.stopped)
        }
        return idle.popLast()
    }

    private func connect(
        for request: HTTPExchange, _ completion: @escaping HTTPConnection.Completion
    ) {
        let pool = NIOLoopBound(self, eventLoop: loop)
        ClientBootstrap(group: loop)
            .connectTimeout(max(.milliseconds(1), request.deadline - .now()))
            .channelOption(.tcpOption(.tcp_nodelay), value: 1)
            .channelInitializer { channel in
                channel.eventLoop.makeCompletedFuture { try pool.value.setUp(channel) }
            }
            .connect(host: target.host, port: target.port)
            .flatMapThrowing { try $0.pipeline.syncOperations.handler(type: HTTPConnection.self) }
            .assumeIsolated()
            .whenComplete { result in
                switch result {
                case .success(let connection): connection.send(request, completion: completion)
                case .failure(let error): completion(.failure(error))
                }
            }
    }

    private func setUp(_ channel: any Channel) throws {
        guard !isStopped else { throw HTTPFault.stopped }
        let pipeline = channel.pipeline.syncOperations
        if let tls {
            // A server name is for names only (RFC 6066 §3).
            let isAddress = (try? SocketAddress(ipAddress: target.host, port: 0)) != nil
            try pipeline.addHandler(
                NIOSSLClientHandler(
                    context: tls, serverHostname: isAddress ? nil : target.host))
        }
        // Names and values of all fields are our own, or were judged with the configuration.
        try pipeline.addHTTPClientHandlers(enableOutboundHeaderValidation: false)
        let connection = HTTPConnection(pool: self)
        open[ObjectIdentifier(connection)] = connection
        try pipeline.addHandler(connection)
    }

    /// Takes a connection back that is ready for the next request.
    func keep(_ connection: HTTPConnection) {
        idle.append(connection)
    }

    /// Drops a connection that has ended.
    func forget(_ connection: HTTPConnection) {
        open[ObjectIdentifier(connection)] = nil
        idle.removeAll { $0 === connection }
    }

    /// Ends all connections; exchanges under way fail.
    func stop() {
        isStopped = true
        for connection in open.values { connection.fail(HTTPFault.stopped) }
    }
}
