import Glibc
public import Logging
public import NIOCore
import NIOPosix
public import NanoCore
public import ServiceLifecycle

/// A gateway as the admin socket sees it.
public protocol AdminGateway: GatewayPort {
    /// Does what somebody asks for, with that person in the audit trail.
    func perform(
        _ command: Command, by actor: AuditActor,
        completion: @escaping @Sendable (CommandResult) -> Void)
    /// Writes down what somebody asked for that is not allowed.
    func noteDenied(
        _ command: Command, by actor: AuditActor, why: String,
        completion: @escaping @Sendable () -> Void)
}

/// The admin socket: consoles and command lines of this machine see and steer a running gateway
/// through it.
public struct AdminService: Service {
    private let settings: Settings.Admin
    private let socket: AdminSocket
    private let gateway: any AdminGateway
    private let ownOperator: String?
    private let group: any EventLoopGroup
    private let logger: Logger
    /// For a request from its first byte to its last.
    private let requestTime: TimeAmount

    /// - Parameter requestTime: For a request from its first byte to its last.
    public init(
        settings: Settings.Admin, stateFolder: String, gateway: any AdminGateway,
        ownOperator: String? = nil, group: any EventLoopGroup, logger: Logger,
        requestTime: TimeAmount = .seconds(10)
    ) {
        self.requestTime = requestTime
        self.ownOperator = ownOperator
        self.settings = settings
        socket = AdminSocket(path: settings.path(inFolder: stateFolder))
        self.gateway = gateway
        self.group = group
        self.logger = logger
    }

    private typealias Connection = NIOAsyncChannel<ByteBuffer, ByteBuffer>
    private typealias Waiting = Arrivals<Connection>
    private typealias Peer = (channel: Connection, identity: AdminPeer)

    /// Answers until a graceful shutdown.
    ///
    /// - Throws: ``AdminFault`` when the socket cannot be had.
    public func run() async throws {
        let roles = AdminRoles(owner: geteuid(), operators: settings.operators)
        let handle = try socket.listen(group: settings.group)
        let made = socket.identity
        defer { socket.remove(made) }
        let arrivals = Waiting()
        let server: NIOAsyncChannel<Peer, Never>
        do {
            // Whoever has said all there is to ask still wants the answers.
            server = try await ServerBootstrap(group: group).childChannelOption(
                .allowRemoteHalfClosure, value: true
            ).bind(handle) { channel in
                let peer = AdminPeer.identity(of: channel).flatMapThrowing { identity -> Peer in
                    let connection = try Connection(
                        wrappingChannelSynchronously: channel,
                        configuration: .init(isOutboundHalfClosureEnabled: true))
                    try arrivals.hold(connection)
                    return (connection, identity)
                }
                // Nobody else would: the library forgets those that it could not hand over.
                peer.whenFailure { _ in channel.close(promise: nil) }
                return peer
            }
        } catch {
            throw AdminFault("\(socket.path): the admin socket cannot be used: \(error)")
        }
        logger.info("listening for operators", metadata: ["socket": "\(socket.path)"])
        try await withGracefulShutdownHandler {
            try await answer(server, arrivals, roles)
        } onGracefulShutdown: {
            server.channel.close(promise: nil)
        }
    }

    private func answer(
        _ server: NIOAsyncChannel<Peer, Never>, _ arrivals: Waiting, _ roles: AdminRoles
    ) async throws {
        try await server.executeThenClose { peers in
            await withDiscardingTaskGroup { tasks in
                let places = AdminPlaces()
                let room = AdminRoom()
                let desk = AdminDesk(gateway, ownOperator: ownOperator)
                do {
                    for try await peer in peers {
                        arrivals.take(peer.channel)
                        let user = peer.identity.user
                        let role = roles.role(of: user)
                        tasks.addTask {
                            guard places.take(role, user: user) else {
                                return arrivals.refuse(peer.channel)
                            }
                            await converse(peer, role, desk, room)
                            places.give(role, user: user)
                        }
                    }
                } catch {
                    logger.error(
                        "the admin socket has failed", metadata: ["error": "\(error)"])
                }
                // Whoever is connected still is not waited for.
                tasks.cancelAll()
                await arrivals.close()
            }
        }
    }

    private func converse(
        _ peer: Peer, _ role: AdminRole, _ desk: AdminDesk, _ room: AdminRoom
    ) async {
        var conversation = AdminConversation(desk, peer: peer.identity, granted: role)
        defer { conversation.leave() }
        let limit = role == .observer ? AdminLine.longestOfObserver : AdminLine.longestRequest
        var deadline = AdminDeadline(peer.channel.channel, within: requestTime)
        defer { deadline.end() }
        var part = 0
        defer { _ = room.change(from: part, to: 0) }
        do {
            try await peer.channel.executeThenClose { inbound, outbound in
                var lines = AdminLines(limit: limit)
                do {
                    for try await bytes in inbound {
                        try lines.add(bytes)
                        guard room.change(from: part, to: lines.count) else {
                            throw AdminFault("too much is asked at once; try again")
                        }
                        part = lines.count
                        while let line = try lines.next() {
                            guard deadline.end() else { return }
                            try await outbound.write(ByteBuffer(bytes: conversation.answer(line)))
                        }
                        deadline.note(isUnfinished: lines.count > 0)
                        _ = room.change(from: part, to: lines.count)
                        part = lines.count
                    }
                } catch let fault as AdminFault {
                    guard deadline.end() else { return }
                    let answer = AdminAnswer.failed(nil, fault.description)
                    try await outbound.write(ByteBuffer(bytes: AdminLine.encode(answer)))
                }
            }
        } catch {
            logger.debug("an admin conversation has ended", metadata: ["error": "\(error)"])
        }
    }
}
