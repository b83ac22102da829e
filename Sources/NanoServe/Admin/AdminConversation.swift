import Foundation
import NanoCore

/// One connection's requests and their answers, one after the other.
struct AdminConversation {
    let gateway: any AdminGateway
    let peer: AdminPeer
    /// What the peer's user may do.
    let granted: AdminRole
    private var role: AdminRole
    private var actor: AuditActor

    init(gateway: any AdminGateway, peer: AdminPeer, granted: AdminRole) {
        self.gateway = gateway
        self.peer = peer
        self.granted = granted
        role = granted
        actor = AuditActor(
            user: SystemNames.name(of: peer.user), uid: peer.user, way: .socket)
    }

    mutating func answer(_ line: [UInt8]) async -> AdminAnswer {
        let request: AdminRequest
        do {
            request = try AdminLine.decode(AdminRequest.self, from: Data(line))
        } catch {
            return .failed(nil, Self.sentence(error))
        }
        switch request.act {
        case "hello": return greet(request)
        case "snapshot": return look(request)
        default: return await perform(request)
        }
    }

    private mutating func greet(_ request: AdminRequest) -> AdminAnswer {
        // Nobody is given more than the user has.
        role = request.role == .observer ? .observer : granted
        if request.role == .operator, granted != .operator {
            return .failed(
                request.id,
                "user \(SystemNames.name(of: peer.user)) (\(peer.user)) may only look; name it in "
                    + "admin.operators")
        }
        actor.terminal = request.terminal.map { SafeText.shortened($0, to: 64) }
        // Root could say so in any other way, too.
        if peer.user == 0 {
            actor.sudoUser = request.sudoUser.map { SafeText.shortened($0, to: 64) }
        }
        let snapshot = gateway.snapshot([])
        return AdminAnswer(
            id: request.id, ok: true,
            hello: AdminHello(
                name: snapshot.gateway.name, version: snapshot.gateway.version, user: actor.user,
                role: role))
    }

    private func look(_ request: AdminRequest) -> AdminAnswer {
        do {
            let parts = try SnapshotParts(names: request.parts ?? [])
            return AdminAnswer(id: request.id, ok: true, snapshot: gateway.snapshot(parts))
        } catch {
            return .failed(request.id, "\(error)")
        }
    }

    private func perform(_ request: AdminRequest) async -> AdminAnswer {
        let command: Command
        do {
            command = try request.command()
        } catch {
            return .failed(request.id, "\(error)")
        }
        guard role == .operator else {
            let why = "not allowed: an observer may only look"
            gateway.noteDenied(command, by: actor, why: why)
            return .failed(request.id, why)
        }
        let result = await withCheckedContinuation { continuation in
            gateway.perform(command, by: actor) { continuation.resume(returning: $0) }
        }
        switch result {
        case .done(let sentence):
            return AdminAnswer(id: request.id, ok: true, result: SafeText.escaped(sentence))
        case .failed(let sentence): return .failed(request.id, sentence)
        }
    }

    /// What is wrong with a line, for whoever wrote it.
    private static func sentence(_ error: any Error) -> String {
        let shape = "a request is a JSON object in one line, as {\"id\":1,\"do\":\"snapshot\"}"
        guard let error = error as? DecodingError else { return shape }
        switch error {
        case .keyNotFound(let key, _): return "\"\(key.stringValue)\" is missing; \(shape)"
        case .typeMismatch(_, let context), .valueNotFound(_, let context):
            return "\(path(context)): \(context.debugDescription)"
        case .dataCorrupted(let context) where !context.codingPath.isEmpty:
            return "\(path(context)): \(context.debugDescription)"
        default: return shape
        }
    }

    private static func path(_ context: DecodingError.Context) -> String {
        let names = context.codingPath.map { $0.stringValue }
        return names.isEmpty ? "the request" : "\"\(names.joined(separator: "."))\""
    }
}
