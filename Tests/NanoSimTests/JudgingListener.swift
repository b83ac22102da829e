import Foundation
import NIOCore
import NIOPosix
import NanoCore
import Synchronization

/// A gateway's judgement behind a real socket: counts the verdicts, and does nothing else.
final class JudgingListener: Sendable {
    private let judgement: Judgement
    private let channel: any Channel
    let port: Int

    /// What all connections have in common.
    final class Judgement: Sendable {
        let intake: Mutex<Intake>
        let verdicts = Mutex<[String: Int]>([:])
        let connections = Atomic<UInt64>(0)

        init(secrets: [ModelID: [UInt8]]) {
            let models = secrets.map { model, secret in
                ModelKeys(
                    model: model, name: "", minimumLevel: .standard,
                    profile: .standard(for: model), keys: [HMACKey(secret: secret)])
            }
            intake = Mutex(
                Intake(
                    configuration: IntakeConfiguration(keys: KeyTable(models)),
                    guard: SharedReplayGuard(
                        configuration: ReplayGuard.Configuration(), hashKey: (1, 2),
                        shardCount: 1)))
        }
    }

    init(secrets: [ModelID: [UInt8]]) async throws {
        let judgement = Judgement(secrets: secrets)
        self.judgement = judgement
        channel = try await ServerBootstrap(group: MultiThreadedEventLoopGroup.singleton)
            .childChannelInitializer { channel in
                channel.eventLoop.makeCompletedFuture {
                    try channel.pipeline.syncOperations.addHandler(JudgingHandler(judgement))
                }
            }
            .bind(host: "127.0.0.1", port: 0).get()
        port = channel.localAddress?.port ?? 0
    }

    /// Verdicts by reason; `accepted` among them.
    var verdicts: [String: Int] { judgement.verdicts.withLock { $0 } }

    func stop() async throws {
        try await channel.close()
    }
}

private final class JudgingHandler: ChannelInboundHandler {
    typealias InboundIn = ByteBuffer

    private let judgement: JudgingListener.Judgement
    private var reader: ConnectionReader
    private var bytes: [UInt8] = []

    init(_ judgement: JudgingListener.Judgement) {
        self.judgement = judgement
        let number = judgement.connections.add(1, ordering: .relaxed).newValue
        reader = ConnectionReader(source: PacketSource(connection: number, address: 1))
    }

    func channelRead(context: ChannelHandlerContext, data: NIOAny) {
        bytes += Array(buffer: unwrapInboundIn(data))
        if judge(ending: nil) { context.close(promise: nil) }
    }

    func channelInactive(context: ChannelHandlerContext) {
        _ = judge(ending: .closed)
    }

    /// Whether the connection has to be closed.
    private func judge(ending: Ending?) -> Bool {
        let now = Moment(
            unixMilliseconds: Int64(Date().timeIntervalSince1970 * 1_000),
            monotonicNanoseconds: NIODeadline.now().uptimeNanoseconds)
        var found: [String] = []
        let held = bytes
        let outcome = judgement.intake.withLock { intake in
            let span = held.span
            return reader.read(span, ending: ending, intake: &intake, now: now) { verdict, _ in
                switch verdict {
                case .accepted: found.append("accepted")
                case .refused(let refusal, _, _): found.append(refusal.reason.name)
                case .gapEnded: break
                }
            }
        }
        bytes.removeFirst(outcome.consumed)
        judgement.verdicts.withLock { verdicts in
            for name in found { verdicts[name, default: 0] += 1 }
        }
        return outcome.mustClose
    }
}
