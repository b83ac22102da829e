import Foundation
import Glibc
public import NanoCore
import Synchronization

/// A connection to a running gateway's admin socket; each call waits for its answer.
public final class AdminClient: Sendable {
    /// Whom it speaks to, and as whom.
    public let hello: AdminHello
    private let line: Mutex<AdminChannel>

    /// How long an answer may take, in seconds. A command may wait for a disk or a database.
    public static let patience = 60
    /// The same for the first answer, which waits for nothing: a gateway that stands still is told soon.
    private static let helloPatience = 5

    /// Connects and says who is there.
    ///
    /// - Parameters:
    ///   - path: The socket.
    ///   - role: What is wanted; nil for all that this user may do.
    ///   - seconds: How long an answer may take.
    /// - Throws: ``AdminFault`` when no gateway answers, this user may not, or the gateway is of
    ///   another version.
    public convenience init(
        path: String, role: AdminRole? = nil, seconds: Int = patience
    ) throws(AdminFault) {
        try self.init(path: path, role: role, console: nil, seconds: seconds)
    }

    /// The same for a connection of a console.
    ///
    /// - Parameters:
    ///   - console: Its name, which is the same in all its connections, and whether it wants to steer before
    ///     it is elevated; nil for a command line.
    ///   - helloSeconds: How long the first answer may take.
    init(
        path: String, role: AdminRole?, console: (name: String, wantsToSteer: Bool)?,
        seconds: Int = patience, helloSeconds: Int = helloPatience
    ) throws(AdminFault) {
        var channel = AdminChannel(
            try AdminSocket(path: path).connect(), path: path, seconds: min(seconds, helloSeconds))
        var request = AdminRequest("hello")
        request.role = role
        (request.console, request.steer) = (console?.name, console?.wantsToSteer)
        let actor = AuditActor.current(.socket, environment: ProcessInfo.processInfo.environment)
        request.terminal = actor.terminal
        request.sudoUser = actor.sudoUser
        guard let hello = try channel.ask(request).hello else {
            throw AdminFault("\(path): no gateway answers there, but something else")
        }
        guard hello.version == Release.version else {
            throw AdminFault(
                "\(path): the gateway is of version \(hello.version), this program of "
                    + "\(Release.version); use the same")
        }
        channel.limit(seconds: seconds)
        self.hello = hello
        line = Mutex(channel)
    }

    /// - Throws: ``AdminFault`` when the gateway does not answer any more.
    public func snapshot(_ parts: SnapshotParts) throws(AdminFault) -> Snapshot {
        var request = AdminRequest("snapshot")
        request.parts = parts.names
        let answer = try ask(request)
        guard let snapshot = answer.snapshot else {
            throw AdminFault(answer.error ?? "the gateway's answer holds no snapshot")
        }
        return snapshot
    }

    /// The same for whoever looks again and again: of the long lists the gateway tells what has changed.
    ///
    /// - Parameter held: The lists as this gateway has told them so far, over this connection.
    /// - Throws: ``AdminFault`` when the gateway does not answer any more.
    func snapshot(
        _ parts: SnapshotParts, holding held: inout AdminLists.Held
    ) throws(AdminFault) -> Snapshot {
        var request = AdminRequest("snapshot")
        request.parts = parts.names
        request.have = held.revisions
        let answer = try ask(request)
        guard var snapshot = answer.snapshot else {
            throw AdminFault(answer.error ?? "the gateway's answer holds no snapshot")
        }
        // One that knows nothing of this answers with all rows in their places.
        guard let news = answer.lists else { return snapshot }
        try held.take(news)
        held.fill(&snapshot, parts)
        return snapshot
    }

    /// - Throws: ``AdminFault`` when the gateway does not answer any more; then the command may have
    ///   been done.
    public func perform(_ command: Command) throws(AdminFault) -> CommandResult {
        let answer = try ask(AdminRequest(command))
        guard answer.ok else { return .failed(answer.error ?? "") }
        if let count = answer.count { return .counted(count) }
        let sentence = answer.result ?? ""
        return answer.changed == false ? .unchanged(sentence) : .done(sentence)
    }

    private func ask(_ request: AdminRequest) throws(AdminFault) -> AdminAnswer {
        let answer: Result<AdminAnswer, AdminFault> = line.withLock { channel in
            do throws(AdminFault) {
                return .success(try channel.ask(request))
            } catch {
                return .failure(error)
            }
        }
        return try answer.get()
    }
}

/// A connected socket that carries lines.
private struct AdminChannel: ~Copyable {
    private let handle: Int32
    private let path: String
    private var pending = Data()
    private var number: UInt64 = 0

    init(_ handle: Int32, path: String, seconds: Int) {
        self.handle = handle
        self.path = path
        limit(seconds: seconds)
    }

    /// How long an answer may take from now on.
    func limit(seconds: Int) {
        AdminSocket.limit(handle, seconds: seconds)
    }

    deinit {
        close(handle)
    }

    mutating func ask(_ request: AdminRequest) throws(AdminFault) -> AdminAnswer {
        number += 1
        var request = request
        request.id = number
        do {
            try write(AdminLine.encode(request))
            let answer = try AdminLine.decode(AdminAnswer.self, from: readLine())
            guard answer.id == number || answer.id == nil else {
                throw AdminFault("the answer belongs to another request")
            }
            return answer
        } catch let fault as AdminFault {
            throw fault
        } catch {
            throw AdminFault("\(path): the gateway's answer cannot be read: \(error)")
        }
    }

    private func write(_ line: Data) throws(AdminFault) {
        var sent = 0
        while sent < line.count {
            let count = line.withUnsafeBytes { bytes in
                send(
                    handle, bytes.baseAddress?.advanced(by: sent), bytes.count - sent,
                    Int32(MSG_NOSIGNAL))
            }
            if count < 0, errno == EINTR { continue }
            guard count > 0 else { throw fault() }
            sent += count
        }
    }

    private mutating func readLine() throws(AdminFault) -> Data {
        var chunk = [UInt8](repeating: 0, count: 1 << 16)
        while true {
            let count = recv(handle, &chunk, chunk.count, 0)
            if count < 0, errno == EINTR { continue }
            guard count > 0 else {
                if count == 0 { errno = ECONNRESET }
                throw fault()
            }
            pending.append(contentsOf: chunk[..<count])
            // One request is under way at a time, so a line feed can only be its answer's end.
            if chunk[count - 1] == AdminLine.end {
                defer { pending.removeAll(keepingCapacity: true) }
                return pending
            }
            guard pending.count <= AdminLine.longestAnswer else {
                throw AdminFault("\(path): the gateway's answer does not end")
            }
        }
    }

    private func fault() -> AdminFault {
        switch errno {
        case EAGAIN, EWOULDBLOCK: AdminFault("\(path): the gateway does not answer")
        case ECONNRESET, EPIPE: AdminFault("\(path): the gateway has ended the connection")
        case let code: AdminFault("\(path): \(String(cString: strerror(code)))")
        }
    }
}
