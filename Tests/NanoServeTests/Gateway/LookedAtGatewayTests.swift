import NanoCore
import Synchronization
import Testing

@testable import NanoServe

@Suite struct LookedAtGatewayTests {
    private final class Spy: AdminGateway {
        let denied = Mutex<[String]>([])

        func snapshot(_ parts: SnapshotParts) -> Snapshot {
            var snapshot = Snapshot()
            snapshot.gateway.name = "spied"
            return snapshot
        }

        func perform(
            _ command: Command, completion: @escaping @Sendable (CommandResult) -> Void
        ) {
            completion(.done("done"))
        }

        func perform(
            _ command: Command, by actor: AuditActor,
            completion: @escaping @Sendable (CommandResult) -> Void
        ) {
            completion(.done("done"))
        }

        func noteDenied(
            _ command: Command, by actor: AuditActor, why: String,
            completion: @escaping @Sendable () -> Void
        ) {
            denied.withLock { $0.append("\(actor.user) \(command.summary): \(why)") }
            completion()
        }
    }

    @Test func `it is seen, every command is refused, and the trail is not filled`() {
        let spy = Spy()
        let actor = AuditActor(user: "ann", uid: 1_000, way: .console)
        let gateway = LookedAtGateway(spy, actor: actor)
        #expect(gateway.snapshot([]).gateway.name == "spied" && gateway.standing == nil)
        let answers = Mutex<[CommandResult]>([])
        for _ in 0..<AdminDenials.mostAMinute + 5 {
            gateway.perform(.pauseRoute("alba")) { answer in
                answers.withLock { $0.append(answer) }
            }
        }
        let refused = CommandResult.failed("not allowed: this console is read-only")
        #expect(
            answers.withLock { $0 }
                == Array(repeating: refused, count: AdminDenials.mostAMinute + 5))
        let entries = spy.denied.withLock { $0 }
        #expect(entries.count == AdminDenials.mostAMinute)
        #expect(entries.first == "ann pause alba: not allowed: this console is read-only")
    }
}
