import NIOCore
import NIOPosix
import NanoCore
import Synchronization

/// Listens for devices and gives every connection to its event loop's lane.
final class DeviceListener: Sendable {
    struct Configuration: Sendable {
        /// Nil for all addresses of IPv4 and IPv6.
        var host: String?
        /// 0 picks a free port.
        var port: Int
        var maximumConnections: Int
        var maximumConnectionsPerAddress: Int?
        var idleMilliseconds: Int
        var frameMilliseconds: Int
        /// Who may come in.
        var rules = DoorRules()
        /// Nil where TLS is not spoken.
        var tls: TLSDoor?
    }

    private struct Seat: Sendable {
        let lane: Lane
        let connections: NIOLoopBoundBox<LoopConnections>
    }

    /// Bytes of one read, at most. Each connection keeps a buffer as large as its last reads were,
    /// and larger ones read no faster (`docs/performance.md`).
    private static let readBytes = 16_384

    private let configuration: Configuration
    private let group: any EventLoopGroup
    /// The socket of TLS's own port; nil where there is none, or none yet.
    private let tlsChannel = Mutex<(any Channel)?>(nil)
    private let seats: [ObjectIdentifier: Seat]
    private let hash: SipHash
    private let nextConnection = Atomic<UInt64>(1)
    private let door: FrontDoor
    private let offenders: Offenders
    let gate: ConnectionGate

    /// - Parameters:
    ///   - lanes: One for each event loop of the group, in the group's order.
    ///   - offenders: Who is slowed and blocked.
    ///   - isFull: Whether the lanes' journal is full, now.
    init(
        configuration: Configuration, group: any EventLoopGroup, lanes: [Lane], hash: SipHash,
        offenders: Offenders, isFull: @escaping @Sendable () -> Bool
    ) {
        self.offenders = offenders
        let door = FrontDoor(isFull: isFull)
        self.door = door
        self.configuration = configuration
        self.group = group
        self.hash = hash
        gate = ConnectionGate(
            limit: configuration.maximumConnections,
            limitPerAddress: configuration.maximumConnectionsPerAddress,
            rules: configuration.rules, offenders: offenders,
            patience: UInt64(configuration.frameMilliseconds) * 1_000_000,
            speaksTLS: configuration.tls != nil, now: Moment.monotonicNow)
        let limits = LoopConnections.Limits(
            idleNanoseconds: UInt64(configuration.idleMilliseconds) * 1_000_000,
            frameNanoseconds: UInt64(configuration.frameMilliseconds) * 1_000_000)
        var seats: [ObjectIdentifier: Seat] = [:]
        for (loop, lane) in zip(group.makeIterator(), lanes) {
            // The value is made here and handed to its loop before anybody uses it.
            let connections = NIOLoopBoundBox.makeBoxSendingValue(
                LoopConnections(
                    limits: limits, door: door, offenders: offenders, eventLoop: loop),
                eventLoop: loop)
            seats[ObjectIdentifier(loop)] = Seat(lane: lane, connections: connections)
        }
        self.seats = seats
    }

    /// Begins to listen, on TLS's own port too, if there is one.
    ///
    /// - Returns: The listening channel; its port is the one that was picked.
    /// - Throws: ``ListenError``, naming the address.
    func listen() async throws -> any Channel {
        if let port = configuration.tls?.port {
            let channel = try await listen(port: port, .tls)
            tlsChannel.withLock { $0 = channel }
        }
        let channel = try await listen(
            port: configuration.port, configuration.tls?.speech ?? .plain)
        startSweeping()
        return channel
    }

    /// TLS's own port; nil where there is none.
    var tlsPort: Int? { tlsChannel.withLock { $0?.localAddress?.port } }

    private func listen(port: Int, _ speech: TLSDoor.Speech) async throws -> any Channel {
        let hosts = configuration.host.map { [$0] } ?? ["::", "0.0.0.0"]
        var failure: (any Error)?
        for host in hosts {
            do {
                let channel = try await bootstrap(speech).bind(host: host, port: port).get()
                door.guardSocket(channel)
                return channel
            } catch {
                failure = error
                // Without IPv6 in the kernel there is IPv4; any other fault is final.
                guard host == "::", let error = error as? IOError, error.isAddressFamilyFault
                else { break }
            }
        }
        let place = "\(configuration.host ?? "all addresses") port \(port)"
        throw ListenError(place: place, underlying: failure)
    }

    /// Lets all connections that had to wait for room read again, and new ones in.
    func resumeReading() {
        door.update()
        for seat in seats.values {
            seat.connections.eventLoop.execute { seat.connections.value.resumeReading() }
        }
    }

    /// Judges all that has arrived, closes all connections, and lets none in from now on.
    func drain() async throws {
        try? await tlsChannel.withLock(\.self)?.close()
        let drained = seats.values.map { seat in
            seat.connections.eventLoop.flatSubmit {
                seat.connections.value.drain()
            }
        }
        for future in drained { try await future.get() }
    }

    private func bootstrap(_ speech: TLSDoor.Speech) -> ServerBootstrap {
        ServerBootstrap(group: group)
            .serverChannelOption(.backlog, value: 4_096)
            .serverChannelOption(.socketOption(.so_reuseaddr), value: 1)
            .serverChannelOption(.maxMessagesPerRead, value: 64)
            .serverChannelInitializer { channel in
                channel.eventLoop.makeCompletedFuture {
                    // Without it, accepting is tried without pause when descriptors run out.
                    try channel.pipeline.syncOperations.addHandler(
                        AcceptBackoffHandler(shouldForwardIOErrorCaught: false))
                }
            }
            .childChannelOption(.maxMessagesPerRead, value: 1)
            .childChannelOption(
                .recvAllocator,
                value: AdaptiveRecvByteBufferAllocator(
                    minimum: 512, initial: 2_048, maximum: Self.readBytes)
            )
            .childChannelInitializer { channel in
                channel.eventLoop.makeCompletedFuture { try self.seat(channel, speech) }
            }
    }

    /// Gives a new connection what receives it, or closes it.
    private func seat(_ channel: any Channel, _ speech: TLSDoor.Speech) throws {
        guard let seat = seats[ObjectIdentifier(channel.eventLoop)] else {
            preconditionFailure("every event loop of the group has a lane")
        }
        guard !seat.connections.value.isDraining else { throw ConnectionRefused() }
        let visitor = Visitor(of: channel, hash: hash)
        let stay = Stay()
        let receiver: any ChannelHandler
        if gate.expectsHeader(from: visitor) {
            guard gate.enterProxy() else { throw ConnectionRefused() }
            receiver = proxyHandler(for: visitor, on: channel, speech, stay, seat)
        } else {
            let now = Moment.monotonicNow
            guard gate.enter(visitor, now: now, isWelcome: speech == .plain)
            else { throw ConnectionRefused() }
            receiver = self.receiver(for: visitor, on: channel, speech, stay, seat, now: now)
        }
        let bound = NIOLoopBound(stay, eventLoop: channel.eventLoop)
        channel.closeFuture.whenComplete { [gate] _ in
            let stay = bound.value
            gate.leave(
                stay.visitor, byGateway: stay.closedByGateway, isTLS: stay.isTLS,
                unproven: stay.unproven)
        }
        try channel.pipeline.syncOperations.addHandler(receiver)
    }

    /// Lets a trusted proxy tell for whom it has come.
    private func proxyHandler(
        for proxy: Visitor, on channel: any Channel, _ speech: TLSDoor.Speech, _ stay: Stay,
        _ seat: Seat
    ) -> ProxyHandler {
        ProxyHandler(loop: seat.connections.value, turnAway: gate.turnAway) { header in
            let visitor = proxy.source(header, hash: self.hash)
            let now = Moment.monotonicNow
            guard self.gate.admit(visitor, now: now, isWelcome: speech == .plain)
            else { return nil }
            return self.receiver(for: visitor, on: channel, speech, stay, seat, now: now)
        }
    }

    /// What receives a visitor whom the doors let in.
    ///
    /// - Parameter now: When they did, in monotonic nanoseconds.
    private func receiver(
        for visitor: Visitor, on channel: any Channel, _ speech: TLSDoor.Speech, _ stay: Stay,
        _ seat: Seat, now: UInt64
    ) -> any ChannelHandler {
        stay.visitor = visitor
        let bound = NIOLoopBound(stay, eventLoop: channel.eventLoop)
        stay.unproven = gate.expectProof(of: visitor, now: now) {
            channel.eventLoop.execute { bound.value.giveWay(channel) }
        }
        let watch = ConnectionWatch(offenders, of: visitor, now: now)
        guard speech != .plain, let door = configuration.tls else {
            return handler(for: visitor, stay, seat, watch)
        }
        return ArrivalHandler(
            door: door, takesPlain: speech == .either, loop: seat.connections.value, stay: stay,
            watch: watch,
            turnAway: { [gate] fault in gate.turnAway(visitor, fault, now: .now) },
            welcome: { isTLS, device in
                stay.isTLS = isTLS
                self.gate.welcome(isTLS: isTLS)
                return self.handler(
                    for: visitor, stay, seat, watch, isTLS: isTLS,
                    device: device.map { CertifiedDevice($0, hash: self.hash) })
            })
    }

    private func handler(
        for visitor: Visitor, _ stay: Stay, _ seat: Seat, _ watch: ConnectionWatch,
        isTLS: Bool = false, device: CertifiedDevice? = nil
    ) -> DeviceHandler {
        let source = PacketSource(
            connection: nextConnection.add(1, ordering: .relaxed).oldValue, address: visitor.hash)
        let handler = DeviceHandler(
            lane: seat.lane, address: visitor.name, port: visitor.port,
            loop: seat.connections.value,
            reader: ConnectionReader(
                source: source, device: device, network: visitor.sourceHash),
            watch: watch, isTLS: isTLS,
            prove: { [gate, weak stay] in
                guard let number = stay?.unproven.take() else { return }
                gate.prove(number)
            })
        stay.handler = handler
        return handler
    }

    private func startSweeping() {
        let shortest = min(configuration.idleMilliseconds, configuration.frameMilliseconds)
        let pause = TimeAmount.milliseconds(Int64(min(1_000, max(10, shortest / 2))))
        for seat in seats.values {
            let connections = seat.connections
            connections.eventLoop.scheduleRepeatedTask(initialDelay: pause, delay: pause) { _ in
                connections.value.sweep(now: Moment.monotonicNow)
            }
        }
    }
}

/// A connection that the gate turned away, or that comes while the gateway stops.
private struct ConnectionRefused: Error {}
