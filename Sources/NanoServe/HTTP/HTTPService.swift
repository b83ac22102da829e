import Hummingbird
import HummingbirdCore
import Logging
import NIOCore
import NIOPosix
import ServiceLifecycle
import Synchronization

/// What an HTTP server of the gateway answers; one value for each request.
protocol HTTPAnswering: Sendable {
    /// The answer to a request, whatever it is; a server never ends because of one.
    func answer(to request: Request, for peer: HTTPPeer) async -> Response
}

/// An HTTP server as a service: listens, answers, stops gracefully, and says in one line why it
/// can't listen.
struct HTTPService<Answers: HTTPAnswering>: Service {
    /// Longest pause between the bytes of a connection, in seconds.
    static var idleSeconds: Int64 { 60 }

    /// What it is called in errors: `monitoring`.
    let name: String
    let host: String
    let port: Int
    let answers: Answers
    /// At once. Where there are more, those give way on which nothing is being answered; else they are
    /// closed as they come.
    let maximumConnections: Int
    let group: any EventLoopGroup
    let logger: Logger
    var patience = HTTPPatience()
    /// Nil where TLS is not spoken.
    var tls: ServerTLS?
    let whenListening: @Sendable (Int) -> Void

    func run() async throws {
        let arrivals = GuardedHTTP1.Waiting()
        do {
            try await serve(arrivals)
        } catch {
            await arrivals.close()
            throw error
        }
        await arrivals.close()
    }

    private func serve(_ arrivals: GuardedHTTP1.Waiting) async throws {
        let places = ConnectionPlaces(most: maximumConnections, name: name, logger: logger)
        let quietConnections = QuietConnections()
        let application = Application(
            responder: Responder(answers: answers),
            server: HTTPServerBuilder { [patience, tls] responder in
                GuardedHTTP1(
                    http1: HTTP1Channel(
                        responder: responder,
                        configuration: .init(idleTimeout: .seconds(Self.idleSeconds))),
                    arrivals: arrivals, places: places, quiet: quietConnections,
                    patience: patience, tls: tls)
            },
            configuration: ApplicationConfiguration(
                address: .hostname(bindHost, port: port), serverName: nil),
            onServerRunning: { [whenListening] channel in
                whenListening(channel.localAddress?.port ?? 0)
            },
            eventLoopGroupProvider: .shared(group), logger: quiet)
        do {
            try await application.run()
        } catch let error as IOError {
            throw HTTPListenError(name: name, host: host, port: port, error: error)
        } catch let error
            where error is SocketAddressError.UnknownHost || error is SocketAddressError
        {
            throw HTTPListenError(name: name, host: host, port: port, error: nil)
        }
    }

    /// The library's own news are of no interest to an operator.
    private var quiet: Logger {
        var quiet = logger
        quiet.logLevel = max(quiet.logLevel, .warning)
        return quiet
    }

    private var bindHost: String {
        guard host == Settings.allAddresses else { return host }
        return System.supportsIPv6 ? "::" : "0.0.0.0"
    }

    private struct Responder: HTTPResponder {
        /// What the library knows beside a request.
        struct Context: RequestContext {
            var coreContext: CoreRequestContextStorage
            let peer: HTTPPeer

            init(source: ApplicationRequestContextSource) {
                coreContext = CoreRequestContextStorage(source: source)
                peer = HTTPPeer(channel: source.channel)
            }
        }

        let answers: Answers

        func respond(to request: Request, context: Context) async throws -> Response {
            let answer = await answers.answer(to: request, for: context.peer)
            return request.method == .head ? answer.createHeadResponse() : answer
        }
    }
}

/// Why an HTTP server can't listen, with the remedy.
public struct HTTPListenError: StartFault {
    public let description: String
    /// What is known of a host comes from the settings; a port in use is another program's.
    public let isMisconfiguration: Bool

    /// - Parameter error: Nil when the host is not known.
    init(name: String, host: String, port: Int, error: IOError?) {
        let place = "\(name): cannot listen on \(host) port \(port)"
        let remedy = "set monitor.host (NANOGRIDATA_HOST) to one, or to * for all"
        isMisconfiguration =
            error.map { [EADDRNOTAVAIL, EAFNOSUPPORT, EINVAL].contains($0.errnoCode) } ?? true
        description =
            switch error?.errnoCode {
            case nil: "\(place): the host is not known as an address of this machine; \(remedy)"
            case EADDRINUSE: "\(place): the port is in use; choose another"
            case EACCES: "\(place): not permitted; choose a port above 1023"
            case _ where isMisconfiguration:
                "\(place): this machine has no such address; \(remedy)"
            case let code?: "\(place): \(String(cString: strerror(code)))"
            }
    }
}

extension System {
    /// Whether a socket of IPv6 can be made here.
    static var supportsIPv6: Bool {
        let probe = socket(AF_INET6, Int32(SOCK_STREAM.rawValue), 0)
        guard probe >= 0 else { return false }
        close(probe)
        return true
    }
}
