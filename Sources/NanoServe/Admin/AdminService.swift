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
    func noteDenied(_ command: Command, by actor: AuditActor, why: String)
}

/// The admin socket: consoles and command lines of this machine see and steer a running gateway
/// through it.
public struct AdminService: Service {
    private let settings: Settings.Admin
    private let socket: AdminSocket
    private let gateway: any AdminGateway
    private let group: any EventLoopGroup
    private let logger: Logger

    /// Conversations at one time; more are closed at once.
    private static let mostConversations = 32

    public init(
        settings: Settings.Admin, stateFolder: String, gateway: any AdminGateway,
        group: any EventLoopGroup, logger: Logger
    ) {
        self.settings = settings
        socket = AdminSocket(path: settings.path(inFolder: stateFolder))
        self.gateway = gateway
        self.group = group
        self.logger = logger
    }

    private typealias Peer = (channel: NIOAsyncChannel<ByteBuffer, ByteBuffer>, identity: AdminPeer)

    /// Answers until a graceful shutdown.
    ///
    /// - Throws: ``AdminFault`` when the socket cannot be had.
    public func run() async throws {
        let roles = AdminRoles(owner: geteuid(), operators: settings.operators)
        let handle = try socket.listen(group: settings.group)
        let made = socket.identity
        defer { socket.remove(made) }
        let server: NIOAsyncChannel<Peer, Never>
        do {
            server = try await ServerBootstrap(group: group).bind(
                handle
            ) { channel in
                AdminPeer.identity(of: channel).flatMapThrowing { identity in
                    let wrapped = try NIOAsyncChannel<ByteBuffer, ByteBuffer>(
                        wrappingChannelSynchronously: channel,
                        configuration: .init(isOutboundHalfClosureEnabled: true))
                    return (wrapped, identity)
                }
            }
        } catch {
            throw AdminFault("\(socket.path): the admin socket cannot be used: \(error)")
        }
        logger.info("listening for operators", metadata: ["socket": "\(socket.path)"])
        try await withGracefulShutdownHandler {
            try await answer(server, roles)
        } onGracefulShutdown: {
            server.channel.close(promise: nil)
        }
    }

    private func answer(_ server: NIOAsyncChannel<Peer, Never>, _ roles: AdminRoles) async throws {
        try await server.executeThenClose { peers in
            await withDiscardingTaskGroup { tasks in
                let places = AdminPlaces(Self.mostConversations)
                do {
                    for try await peer in peers {
                        guard places.take() else {
                            try? await peer.channel.channel.close()
                            continue
                        }
                        tasks.addTask {
                            await converse(peer, roles)
                            places.give()
                        }
                    }
                } catch {
                    logger.error(
                        "the admin socket has failed", metadata: ["error": "\(error)"])
                }
                // Whoever is connected still is not waited for.
                tasks.cancelAll()
            }
        }
    }

    private func converse(_ peer: Peer, _ roles: AdminRoles) async {
        var conversation = AdminConversation(
            gateway: gateway, peer: peer.identity, granted: roles.role(of: peer.identity.user))
        do {
            try await peer.channel.executeThenClose { inbound, outbound in
                var lines = AdminLines()
                for try await bytes in inbound {
                    guard lines.add(bytes) else {
                        let answer = AdminAnswer.failed(
                            nil,
                            "a request has \(AdminLine.longestRequest) bytes at most, and ends "
                                + "with a line feed")
                        try await outbound.write(ByteBuffer(bytes: AdminLine.encode(answer)))
                        return
                    }
                    while let line = lines.next() {
                        let answer = await conversation.answer(line)
                        try await outbound.write(ByteBuffer(bytes: AdminLine.encode(answer)))
                    }
                }
            }
        } catch {
            logger.debug("an admin conversation has ended", metadata: ["error": "\(error)"])
        }
    }
}
