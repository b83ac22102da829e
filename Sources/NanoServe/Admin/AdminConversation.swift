import Foundation
import NanoCore

/// One connection's requests and their answers, one after the other.
struct AdminConversation {
    private let desk: AdminDesk
    private let peer: AdminPeer
    /// What the peer's user may do.
    private let granted: AdminRole
    /// What it has asked to do.
    private var role: AdminRole
    private var actor: AuditActor
    /// The console that it is a connection of; nil for a command line.
    private var console: String?

    init(_ desk: AdminDesk, peer: AdminPeer, granted: AdminRole) {
        self.desk = desk
        self.peer = peer
        self.granted = granted
        role = granted
        actor = AuditActor(
            user: SystemNames.name(of: peer.user), uid: peer.user, way: .socket)
    }

    /// The line that answers a line.
    mutating func answer(_ line: [UInt8]) async throws -> Data {
        let request: AdminRequest
        do {
            request = try AdminLine.decode(AdminRequest.self, from: Data(line))
        } catch {
            return try AdminLine.encode(AdminAnswer.failed(nil, Self.sentence(error)))
        }
        switch request.act {
        case "hello": return try AdminLine.encode(greet(request))
        case "snapshot": return try await look(request)
        default: return try await AdminLine.encode(perform(request))
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
        if let name = request.console { enter(name, wantsToSteer: request.steer ?? true) }
        let snapshot = desk.gateway.snapshot([])
        var hello = AdminHello(
            name: snapshot.gateway.name, version: snapshot.gateway.version, user: actor.user,
            role: maySteer ? .operator : .observer)
        if let console, role == .operator, !maySteer {
            hello.mayElevate = true
            hello.steeredBy = desk.consoles.steerer(besides: console)
        }
        return AdminAnswer(id: request.id, ok: true, hello: hello)
    }

    private mutating func enter(_ name: String, wantsToSteer: Bool) {
        leave()
        // A name is a user's own: nobody else can speak for a console by it.
        let name = "\(peer.user) \(SafeText.shortened(name, to: 64))"
        let terminal = actor.terminal.map { " at \($0)" } ?? ""
        _ = desk.consoles.enter(
            name, operatorName: (actor.user.isEmpty ? "\(peer.user)" : actor.user) + terminal,
            wantsToSteer: wantsToSteer && role == .operator)
        console = name
    }

    /// Ends it.
    func leave() {
        if let console { desk.consoles.leave(console) }
    }

    /// Whether what it asks for is done: of a console only while that one steers.
    private var maySteer: Bool {
        role == .operator && console.map(desk.consoles.steers) ?? true
    }

    private func look(_ request: AdminRequest) async throws -> Data {
        let parts: SnapshotParts
        do {
            parts = try SnapshotParts(names: request.parts ?? [])
        } catch {
            return try AdminLine.encode(AdminAnswer.failed(request.id, "\(error)"))
        }
        var line = Data("{\"id\":\(request.id),\"ok\":true,\"snapshot\":".utf8)
        if let held = request.have {
            let (snapshot, lists) = try await desk.snapshots.news(parts, since: held)
            line += snapshot + Data(",\"lists\":".utf8) + lists
        } else {
            line += try await desk.snapshots.json(parts)
        }
        line += Data("}\n".utf8)
        return line
    }

    private func perform(_ request: AdminRequest) async -> AdminAnswer {
        let command: Command
        do {
            command = try request.command()
        } catch {
            return .failed(request.id, "\(error)")
        }
        let isElevation = command == .elevate
        guard isElevation ? role == .operator : maySteer else {
            let why =
                role == .operator
                ? "not allowed: this console is read-only until it is elevated"
                : "not allowed: an observer may only look"
            await noteDenied(command, why)
            return .failed(request.id, why)
        }
        if isElevation {
            guard let console else {
                return .failed(request.id, "only a console is elevated; this is none")
            }
            if desk.consoles.steers(console) {
                return AdminAnswer(
                    id: request.id, ok: true, changed: false, result: "this console steers already")
            }
        }
        let result = await withCheckedContinuation { continuation in
            desk.gateway.perform(command, by: actor) { continuation.resume(returning: $0) }
        }
        await desk.snapshots.forget()
        switch result {
        case .done(let sentence):
            // Not before the trail tells of it.
            if isElevation, let console { desk.consoles.elevate(console) }
            return AdminAnswer(id: request.id, ok: true, result: SafeText.escaped(sentence))
        case .unchanged(let sentence):
            return AdminAnswer(
                id: request.id, ok: true, changed: false, result: SafeText.escaped(sentence))
        case .counted(let count):
            return AdminAnswer(
                id: request.id, ok: true, changed: false, count: count, result: "\(count)")
        case .failed(let sentence): return .failed(request.id, sentence)
        }
    }

    /// The answer waits for the entry, so that nobody asks faster than the trail is written.
    private func noteDenied(_ command: Command, _ why: String) async {
        guard let skipped = desk.denials.admit() else { return }
        let more = skipped > 0 ? "; \(skipped) more since the entry before" : ""
        await withCheckedContinuation { continuation in
            desk.gateway.noteDenied(command, by: actor, why: why + more) { continuation.resume() }
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
