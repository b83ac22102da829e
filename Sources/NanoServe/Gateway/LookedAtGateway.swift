import Foundation
public import NanoCore

/// A gateway for a console in its own process that may only look: every command is refused, and stands
/// in the audit trail as refused.
public struct LookedAtGateway: GatewayPort {
    private let gateway: any AdminGateway
    private let actor: AuditActor
    private let denials = AdminDenials()

    public init(_ gateway: Gateway) {
        self.init(
            gateway,
            actor: .current(.console, environment: ProcessInfo.processInfo.environment))
    }

    init(_ gateway: any AdminGateway, actor: AuditActor) {
        (self.gateway, self.actor) = (gateway, actor)
    }

    public func snapshot(_ parts: SnapshotParts) -> Snapshot { gateway.snapshot(parts) }

    public func perform(
        _ command: Command, completion: @escaping @Sendable (CommandResult) -> Void
    ) {
        let why = "not allowed: this console is read-only"
        // Whoever may only look must not fill the trail.
        guard let skipped = denials.admit() else { return completion(.failed(why)) }
        let more = skipped > 0 ? "; \(skipped) more since the entry before" : ""
        gateway.noteDenied(command, by: actor, why: why + more) { completion(.failed(why)) }
    }
}
