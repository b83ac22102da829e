import Foundation
import Glibc
import NIOCore
import NIOPosix
import NanoCore
import Testing

@testable import NanoServe

/// A running gateway, asked and steered through its admin socket.
@Suite struct AdminSocketTests {
    /// Answers for a gateway while the scenario runs.
    func withSocket(
        _ gateway: LiveGateway, _ settings: Settings.Admin = Settings.Admin(),
        requestTime: TimeAmount = .seconds(10),
        _ scenario: (String) async throws -> Void
    ) async throws {
        let service = AdminService(
            settings: settings, stateFolder: gateway.stateFolder, gateway: gateway.gateway,
            group: MultiThreadedEventLoopGroup.singleton, logger: RunningServer.logger,
            requestTime: requestTime)
        let running = Task { try await service.run() }
        let path = settings.path(inFolder: gateway.stateFolder)
        let isUp = try await eventually { (try? AdminClient(path: path)) != nil }
        #expect(isUp)
        do {
            try await scenario(path)
        } catch {
            running.cancel()
            throw error
        }
        running.cancel()
        try await running.value
    }

    @Test func `whoever connects as it closes costs nothing`() async throws {
        try await withGateway { gateway in
            for _ in 0..<20 {
                var handles: [Int32] = []
                defer { for handle in handles { close(handle) } }
                try await withSocket(gateway) { path in
                    // Some are accepted and not served yet when it ends.
                    for _ in 0..<24 { handles.append(try AdminSocket(path: path).connect()) }
                }
            }
        }
    }

    private func mode(_ path: String) -> mode_t {
        var status = stat()
        lstat(path, &status)
        return status.st_mode & 0o7777
    }

    @Test func `an operator steers, and stands in the audit trail with the user the system tells`()
        async throws
    {
        try await withGateway { gateway in
            try await withSocket(gateway) { path in
                let client = try AdminClient(path: path)
                #expect(client.hello.role == .operator)
                #expect(try client.snapshot([]).routes.first?.state != .paused)
                #expect(client.hello.user == SystemNames.name(of: getuid()))
                #expect(
                    try client.perform(.pauseRoute("alba"))
                        == .done("alba is paused; its packets wait"))
                #expect(try client.snapshot([]).routes.first?.state == .paused)
                let entry = try AuditReading(stateFolder: gateway.stateFolder).lines.last?.entry
                #expect(entry?.actor.way == .socket && entry?.actor.uid == getuid())
                #expect(entry?.action == "pause_route" && entry?.result == .done)
            }
        }
    }

    @Test func `an observer looks, and what it tries is refused and written down`() async throws {
        try await withGateway { gateway in
            try await withSocket(gateway) { path in
                let client = try AdminClient(path: path, role: .observer)
                #expect(client.hello.role == .observer)
                #expect(
                    try client.perform(.pauseRoute("alba"))
                        == .failed("not allowed: an observer may only look"))
                let snapshot = try client.snapshot([.devices, .packets, .rejections, .log])
                #expect(snapshot.routes.first?.state != .paused)
                let isWritten = try await eventually {
                    try AuditReading(stateFolder: gateway.stateFolder).lines.contains {
                        $0.entry.action == "pause_route" && $0.entry.result == .failed
                            && $0.entry.sentence.hasPrefix("not allowed")
                    }
                }
                #expect(isWritten)
            }
        }
    }

    @Test func `only its user can reach the socket, which goes away with the gateway`()
        async throws
    {
        try await withGateway { gateway in
            var place = ""
            try await withSocket(gateway) { path in
                place = path
                #expect(mode(path) == 0o600)
            }
            #expect(access(place, F_OK) != 0)
            let fault = #expect(throws: AdminFault.self) { try AdminClient(path: place) }
            #expect(fault?.description.contains("there is no such socket") == true)
        }
    }

    @Test func `a group is let in when one is named`() async throws {
        try await withGateway { gateway in
            var settings = Settings.Admin()
            settings.group = getgid()
            try await withSocket(gateway, settings) { path in #expect(mode(path) == 0o660) }
        }
    }

    @Test func `what an ended gateway has left is replaced, and nothing else is`() async throws {
        let folder = try TemporaryFolder()
        let socket = AdminSocket(path: folder.path + "/admin.sock")
        close(try socket.listen(group: nil))
        let fault = #expect(throws: AdminFault.self) { try socket.connect() }
        #expect(fault?.description.contains("the one that made it has ended") == true)
        let handle = try socket.listen(group: nil)
        let busy = #expect(throws: AdminFault.self) { try socket.listen(group: nil) }
        #expect(busy?.description.contains("another program listens there") == true)
        close(handle)
        let file = folder.path + "/precious"
        try "kept".write(toFile: file, atomically: true, encoding: .utf8)
        #expect(throws: AdminFault.self) { try AdminSocket(path: file).listen(group: nil) }
        #expect(try String(contentsOfFile: file, encoding: .utf8) == "kept")
    }

    @Test func `a later gateway's socket stays when an earlier one goes`() throws {
        let folder = try TemporaryFolder()
        let socket = AdminSocket(path: folder.path + "/admin.sock")
        let first = try socket.listen(group: nil)
        let made = socket.identity
        // The first one's file is held open by its handle, so that its number is not given again.
        rename(socket.path, folder.path + "/moved")
        let second = try socket.listen(group: nil)
        socket.remove(made)
        #expect(access(socket.path, F_OK) == 0)
        socket.remove(socket.identity)
        #expect(access(socket.path, F_OK) != 0)
        close(first)
        close(second)
    }

    @Test(.timeLimit(.minutes(2)))
    func `a gateway that stands still is not waited for as long as for a command`() throws {
        let folder = try TemporaryFolder()
        let socket = AdminSocket(path: folder.path + "/admin.sock")
        let handle = try socket.listen(group: nil)
        defer { close(handle) }
        let fault = #expect(throws: AdminFault.self) {
            try AdminClient(
                path: socket.path, role: nil, console: nil, seconds: 600, helloSeconds: 1)
        }
        #expect(fault?.description.contains("does not answer") == true)
    }

    @Test func `a folder whose path is too long for an address will do`() throws {
        let folder = try TemporaryFolder()
        let deep = folder.path + "/" + String(repeating: "d", count: 120)
        try FileManager.default.createDirectory(
            atPath: deep, withIntermediateDirectories: true)
        let socket = AdminSocket(path: deep + "/admin.sock")
        let handle = try socket.listen(group: nil)
        close(try socket.connect())
        close(handle)
    }

    @Test func `bytes that are no request are answered, and cost nobody else anything`()
        async throws
    {
        try await withGateway { gateway in
            try await withSocket(gateway) { path in
                let handle = try AdminSocket(path: path).connect()
                defer { close(handle) }
                let lines = "nonsense\n{\"id\":5}\n{\"id\":6,\"do\":\"fly\"}\n"
                #expect(send(handle, lines, lines.utf8.count, 0) == lines.utf8.count)
                var text = ""
                var chunk = [UInt8](repeating: 0, count: 4_096)
                while text.count(where: { $0 == "\n" }) < 3 {
                    let count = recv(handle, &chunk, chunk.count, 0)
                    try #require(count > 0)
                    text += String(decoding: chunk[..<count], as: UTF8.self)
                }
                let answers = text.split(separator: "\n")
                #expect(answers[0].contains("a request is a JSON object in one line"))
                #expect(answers[1].contains(#"\"do\" is missing"#))
                #expect(answers[2].contains("is none; use hello"))
                #expect(try AdminClient(path: path).snapshot([]).gateway.state == .running)
            }
        }
    }

    @Test func `who has said all there is to ask still gets the answers`() async throws {
        try await withGateway { gateway in
            try await withSocket(gateway) { path in
                let handle = try AdminSocket(path: path).connect()
                defer { close(handle) }
                let line = "{\"id\":1,\"do\":\"pause_route\",\"route\":\"alba\"}\n"
                #expect(send(handle, line, line.utf8.count, 0) == line.utf8.count)
                shutdown(handle, Int32(SHUT_WR))
                var bytes = [UInt8](repeating: 0, count: 4_096)
                let count = recv(handle, &bytes, bytes.count, 0)
                let answer = String(decoding: bytes.prefix(max(0, count)), as: UTF8.self)
                #expect(answer.contains("alba is paused"))
                #expect(recv(handle, &bytes, bytes.count, 0) == 0)
            }
        }
    }

    @Test func `an observer cannot fill the trail`() async throws {
        try await withGateway { gateway in
            try await withSocket(gateway) { path in
                let client = try AdminClient(path: path, role: .observer)
                let tries = AdminDenials.mostAMinute + 15
                for _ in 0..<tries { _ = try client.perform(.skipRoute("alba")) }
                let entries = try AuditReading(stateFolder: gateway.stateFolder).lines.filter {
                    $0.entry.action == "skip_route" && $0.entry.result == .failed
                }
                #expect(entries.count == AdminDenials.mostAMinute)
            }
        }
    }

    @Test func `a former secret cannot be extended for ever`() async throws {
        try await withGateway { gateway in
            try await withSocket(gateway) { path in
                let result = try AdminClient(path: path).perform(
                    .extendGrace(.esp32Pressure, generation: 1, untilUnixMilliseconds: .max))
                #expect(result == .failed("a former secret is accepted for 365 d from now at most"))
            }
        }
    }

    /// What comes until the other side closes.
    private func everything(from handle: Int32) -> String {
        var text = ""
        var chunk = [UInt8](repeating: 0, count: 4_096)
        while case let count = recv(handle, &chunk, chunk.count, 0), count > 0 {
            text += String(decoding: chunk[..<count], as: UTF8.self)
        }
        return text
    }

    @Test func `a request that does not end is given up, and a quiet connection is not`()
        async throws
    {
        try await withGateway { gateway in
            try await withSocket(gateway, requestTime: .milliseconds(1_500)) { path in
                let quiet = try AdminClient(path: path)
                let handle = try AdminSocket(path: path).connect()
                defer { close(handle) }
                // A whole request and the beginning of another, then a byte at a time.
                let start = "nonsense\n{\"id\":5"
                #expect(
                    send(handle, start, start.utf8.count, Int32(MSG_NOSIGNAL))
                        == start.utf8.count)
                let begin = ContinuousClock.now
                while send(handle, " ", 1, Int32(MSG_NOSIGNAL)) == 1 {
                    guard ContinuousClock.now < begin + .seconds(60) else { break }
                    usleep(50_000)
                }
                #expect(ContinuousClock.now < begin + .seconds(30))
                let text = everything(from: handle)
                #expect(text.contains("a request is a JSON object in one line"))
                #expect(text.contains("has to come to its end, a line feed, within 1 s"), "\(text)")
                #expect(try quiet.snapshot([]).gateway.state == .running)
            }
        }
    }

    @Test func `requests that wait have room for so much in all`() {
        let room = AdminRoom()
        var parts = 0
        while room.change(from: 0, to: AdminLine.longestRequest) { parts += 1 }
        #expect(parts == 4)
        #expect(!room.change(from: 0, to: 1))
        #expect(room.change(from: AdminLine.longestRequest, to: 1_000))
        #expect(room.change(from: 0, to: 1) && !room.change(from: 0, to: AdminLine.longestRequest))
    }

    @Test func `an observer's requests are short`() async throws {
        var lines = AdminLines(limit: AdminLine.longestOfObserver)
        try lines.add(ByteBuffer(repeating: 0x20, count: AdminLine.longestOfObserver))
        #expect(throws: AdminFault.self) { try lines.add(ByteBuffer(bytes: [0x20])) }
        #expect(lines.count == AdminLine.longestOfObserver + 1)
    }

    @Test func `more connections than there is place for are closed, and places come back`()
        async throws
    {
        try await withGateway { gateway in
            try await withSocket(gateway) { path in
                var handles: [Int32] = []
                // One that has just ended may have held the place of the last of them, and left it since.
                let isFull = try await eventually {
                    while handles.count < AdminPlaces.most {
                        handles.append(try AdminSocket(path: path).connect())
                    }
                    handles.append(try AdminSocket(path: path).connect())
                    return (try? AdminClient(path: path)) == nil
                }
                #expect(isFull)
                for handle in handles { close(handle) }
                let isFree = try await eventually { (try? AdminClient(path: path)) != nil }
                #expect(isFree)
            }
        }
    }

    @Test func `a console that is attached sees the gateway go, and come back`() async throws {
        try await withGateway { gateway in
            var attached: RemoteGateway?
            defer { attached?.close() }
            try await withSocket(gateway) { path in
                let remote = try RemoteGateway(path: path)
                attached = remote
                try await gateway.send([DeviceFrames.pressure(101_325)])
                let isSeen = try await eventually { remote.snapshot([.devices]).devices.count == 1 }
                #expect(isSeen)
            }
            let remote = try #require(attached)
            let isGone = try await eventually {
                remote.snapshot([]).gateway.state == .unreachable
            }
            #expect(isGone && remote.snapshot([]).alarms.first?.title == "no answer")
            try await withSocket(gateway) { _ in
                let isBack = try await eventually {
                    remote.snapshot([]).gateway.state == .running
                }
                #expect(isBack && remote.snapshot([]).alarms.allSatisfy { $0.title != "no answer" })
                // What it told the earlier gateway by is gone, which it has noticed.
                let result = await withCheckedContinuation { continuation in
                    remote.perform(.pauseRoute("alba")) { continuation.resume(returning: $0) }
                }
                #expect(result == .done("alba is paused; its packets wait"))
            }
        }
    }
}
