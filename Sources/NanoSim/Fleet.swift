import NIOCore
import NIOPosix
import NIOSSL
import Synchronization

/// Simulated devices, honest and hostile, that speak to a gateway over real sockets.
public final class Fleet: Sendable {
    private let configuration: FleetConfiguration
    private let books = FleetBooks()

    /// A fleet that has not begun.
    public init(_ configuration: FleetConfiguration) {
        self.configuration = configuration
    }

    /// What has been done up to the last moments.
    public var statistics: FleetStatistics { books.statistics }

    /// Sends until the configured duration is over or the task is cancelled, then closes every
    /// connection. A gateway that is away is waited for.
    ///
    /// A fleet runs once.
    ///
    /// - Throws: When the gateway's name can't be resolved, or ``FleetTLS/Fault``.
    public func run() async throws {
        let members = FleetMember.all(of: configuration)
        let address = try SocketAddress.makeAddressResolvingHost(
            configuration.host, port: configuration.port)
        let tls = try configuration.tls?.context()
        let threads = members.count > 500 ? min(2, System.coreCount) : 1
        let group = MultiThreadedEventLoopGroup(numberOfThreads: threads)
        var random = SplitMix64(seed: ~configuration.seed)
        var ends: [EventLoopFuture<Void>] = []
        for number in 0..<threads {
            let part = members.indices.filter { $0 % threads == number }.map { members[$0] }
            ends.append(begin(part, on: group.next(), address, tls, seed: random.next()))
        }
        await wait()
        books.stop()
        for end in ends { try await end.get() }
        try await group.shutdownGracefully()
    }

    private func begin(
        _ members: [FleetMember], on loop: any EventLoop, _ address: SocketAddress,
        _ tls: NIOSSLContext?, seed: UInt64
    ) -> EventLoopFuture<Void> {
        let ended = loop.makePromise(of: Void.self)
        let (rate, books, host) = (configuration.ratePerDevice, books, configuration.host)
        loop.execute {
            FleetLoop(
                loop: loop, line: FleetLine(address: address, host: host, tls: tls),
                members: members, rate: rate, seed: seed, books: books, ended: ended
            ).run()
        }
        return ended.futureResult
    }

    private func wait() async {
        if let duration = configuration.duration {
            // Cancelled, it ends early, which is what was asked for.
            try? await Task.sleep(for: duration)
        } else {
            while !Task.isCancelled { try? await Task.sleep(for: .seconds(3_600)) }
        }
    }
}

/// What the event loops of a fleet share: the count of what was done, and whether to stop.
final class FleetBooks: Sendable {
    private let counted = Mutex(FleetStatistics())
    private let stopping = Atomic(false)

    var statistics: FleetStatistics { counted.withLock { $0 } }
    var isStopping: Bool { stopping.load(ordering: .relaxed) }

    func stop() { stopping.store(true, ordering: .relaxed) }

    /// Takes over what is new, and empties it.
    func add(_ news: inout FleetStatistics) {
        let part = news
        guard part != FleetStatistics() else { return }
        counted.withLock { $0.add(part) }
        news = FleetStatistics()
    }
}
