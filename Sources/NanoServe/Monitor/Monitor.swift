import Hummingbird
public import Logging
public import NIOCore
public import NanoCore
public import ServiceLifecycle

/// The HTTP server for monitoring: `/health`, `/ready`, `/stats`, `/metrics`, `/events`,
/// `/devices`, `/packets` and `/rejections`.
///
/// It sees the gateway through its ``GatewayPort`` and a subscription to the local bus, nothing
/// else.
public struct Monitor: Service {
    /// A stream of events from now on; its buffer is bounded.
    public typealias Subscription = @Sendable () -> AsyncStream<BusEvent>

    private let service: HTTPService<MonitorAnswers>

    /// - Parameters:
    ///   - tls: Nil where TLS is not spoken.
    ///   - heartbeat: Pause between the comments that keep a quiet `/events` connection open.
    ///   - whenListening: Told the port, once the server listens.
    public init(
        settings: Settings.Monitor, gateway: any GatewayPort, events: @escaping Subscription,
        tls: ServerTLS? = nil, group: any EventLoopGroup, logger: Logger,
        heartbeat: Duration = .seconds(15),
        whenListening: @escaping @Sendable (Int) -> Void = { _ in }
    ) {
        let streams = EventStreams(
            maximumListeners: settings.maxListeners, heartbeat: heartbeat, subscribe: events)
        service = HTTPService(
            name: "monitoring", host: settings.host, port: settings.port,
            answers: MonitorAnswers(
                gateway: gateway, streams: streams, access: MonitorAccess(settings),
                hosts: HostGuard(
                    "monitoring",
                    hosts: settings.checksHosts ? settings.hosts + [settings.host] : nil)),
            maximumConnections: settings.maximumConnections, group: group, logger: logger, tls: tls,
            whenListening: whenListening)
    }

    /// Answers until a graceful shutdown.
    ///
    /// - Throws: ``HTTPListenError`` when the port can't be had.
    public func run() async throws {
        try await service.run()
    }
}

/// The pages of the monitor.
struct MonitorAnswers: HTTPAnswering {
    let gateway: any GatewayPort
    let streams: EventStreams
    let access: MonitorAccess
    let hosts: HostGuard
    private let snapshots = RowSnapshots()

    private static let pages: [String: [HTTPRequest.Method]] = [
        "/health": [.get, .head], "/ready": [.get, .head], "/stats": [.get, .head],
        "/metrics": [.get, .head], "/events": [.get, .head], "/devices": [.get, .head],
        "/packets": [.get, .head], "/rejections": [.get, .head],
    ]

    func answer(to request: Request, for peer: HTTPPeer) async -> Response {
        // Nothing is changed here, whatever the page.
        guard request.method == .get || request.method == .head else {
            return .failure(
                .methodNotAllowed, "use GET, HEAD", headers: [.allow: "GET, HEAD"])
        }
        // Who watches over the process asks by whatever address it has, and sees nothing more.
        if request.uri.path == "/health" { return health }
        if let misdirection = hosts.misdirection(of: request) { return misdirection }
        if let refusal = access.refusal(of: request) { return refusal }
        do throws(ListQueryFault) {
            return try page(request, for: peer)
        } catch {
            return error.answer
        }
    }

    private func page(_ request: Request, for peer: HTTPPeer) throws(ListQueryFault) -> Response {
        switch request.uri.path {
        case "/ready": return ready
        case "/stats": return .json(encoded: Statistics.json(access.shown(gateway.snapshot([]))))
        case "/metrics": return metrics
        case "/events":
            let query = try ListQuery(request, in: .events, takesLimit: false)
            return request.method == .head
                ? streams.headAnswer : streams.answer(only: query.filter, for: peer)
        case "/devices": return try rows(request, in: .devices, .devices).devices
        case "/packets": return try rows(request, in: .packets, .packets).packets
        case "/rejections": return try rows(request, in: .rejections, .rejections).rejections
        default: return .unknown(request, allowed: Self.pages)
        }
    }

    private func rows(
        _ request: Request, in scope: FilterScope, _ parts: SnapshotParts
    ) throws(ListQueryFault) -> RowLists {
        let query = try ListQuery(request, in: scope)
        return RowLists(
            snapshot: snapshots.snapshot(parts, of: gateway), query: query,
            showsPayloads: access.showsPayloads)
    }

    /// The process is alive; nothing more is said.
    private var health: Response {
        let gateway = gateway.snapshot([]).gateway
        return .json { body in
            body.set("status", "ok")
            body.set("version", gateway.version)
            body.set("uptime_s", gateway.uptimeSeconds)
        }
    }

    /// Whether devices may be sent here.
    private var ready: Response {
        let snapshot = gateway.snapshot([])
        let reasons = Readiness.reasons(snapshot)
        return .json(reasons.isEmpty ? .ok : .serviceUnavailable) { body in
            body.set("status", reasons.isEmpty ? "ready" : "not ready")
            body.set("state", snapshot.gateway.state.rawValue)
            body.set("clock", snapshot.clock.state.rawValue)
            body.set("reasons", texts: reasons)
            body.set(
                "notes",
                texts: [snapshot.offenders.keptOut].compactMap(\.self))
        }
    }

    private var metrics: Response {
        Response(
            status: .ok,
            headers: [.contentType: Metrics.contentType, .cacheControl: "no-store"],
            body: ResponseBody(byteBuffer: ByteBuffer(bytes: Metrics.text(gateway.snapshot([])))))
    }
}

/// Why a gateway should get no devices now.
enum Readiness {
    /// A sentence for each reason; none when it is ready.
    static func reasons(_ snapshot: Snapshot) -> [String] {
        let given = snapshot.gateway.stateReason
        var reasons: [String] = []
        switch snapshot.gateway.state {
        case .running: break
        case .starting: reasons.append(given.isEmpty ? "the gateway is starting" : given)
        case .draining: reasons.append(given.isEmpty ? "the gateway is stopping" : given)
        case .blocked, .unreachable:
            reasons.append(given.isEmpty ? "nothing can be accepted" : given)
        }
        if snapshot.secrets.isEmpty {
            reasons.append("no model has a secret, so nothing can be accepted")
        }
        if let hindrance = snapshot.clock.hindrance { reasons.append(hindrance) }
        return reasons
    }
}
