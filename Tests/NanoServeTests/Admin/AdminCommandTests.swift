import Foundation
import NIOCore
import NIOEmbedded
import NanoCore
import Testing

@testable import NanoServe

/// Commands as they go over the admin socket.
@Suite struct AdminCommandTests {
    private static let record = PacketRecord(
        id: 7, unixMilliseconds: 1_700_000_000_000, address: "192.0.2.1:4711", bytes: [0, 255, 16],
        refusal: Refusal(
            .cborLimit, .mapPairs, observed: .unsigned(65), allowed: .integer(64), offset: 3,
            field: nil), model: .stm32Gas, deviceID: "S\u{1b}1", diagnosis: "why", plain: [1])

    private static let query = LetterQuery(
        filter: "status:422* \"a b\"", upTo: 88, asOf: 1_700_000_000_000)

    static let all: [Command] = [
        .pauseRoute("alba"), .resumeRoute("alba"), .skipRoute("a b"),
        .redrive("alba", letters: nil), .redrive("alba", letters: [3, 9]),
        .dropDeadLetters("alba", letters: .numbers([1])),
        .dropDeadLetters("alba", letters: .all(upTo: 88)),
        .dropDeadLetters("alba", letters: .matching(query, atMost: 7)),
        .redriveMatching("alba", query, atMost: 7), .countDeadLetters("alba", query),
        .rotateSecret(.custom),
        .stageSecret(.custom), .promoteSecret(.asicMulti, forced: true),
        .abortRotation(.asicMulti, forced: false),
        .revokeSecret(.asicMulti, generation: 4, forced: true),
        .extendGrace(.asicMulti, generation: 3, untilUnixMilliseconds: 1_790_000_000_001),
        .provision(.custom, device: nil), .provision(.custom, device: "pump \"7\""),
        .dump([record], format: .pcapng),
        .keep(CopiedText(form: .hex, text: "c153\n", subject: "1 packet as hex")),
        .startCapture(CaptureOrder()), .stopCapture,
        .startCapture(
            CaptureOrder(
                format: .ndjson, packets: 9, bytes: 70_000, seconds: 5,
                ring: CaptureOrder.Ring(files: 2, fileBytes: 65_536))),
        .follow(.esp32Pressure, device: "ESP32-\"1\""),
        .register(.approve(DeviceName(.custom, ""))),
        .register(.reject(DeviceName(.custom, "a"))), .register(.block(DeviceName(.custom, "b"))),
        .register(.unblock(DeviceName(.custom, "c"))), .register(.remove(DeviceName(.custom, "d"))),
        .register(.adopt([DeviceName(.stm32Gas, "S\u{1b}1")])), .register(.adopt(nil)),
        .blockAddress("10.0.0.0/8", seconds: 60), .unblockAddress("10.0.0.9"),
        .takeBackBlock("2001:db8::/64"),
        .acknowledgeAlarm("route/alba"), .reopenAlarm("route/alba"), .elevate,
        .stop,
    ]

    @Test(arguments: all)
    func `a command arrives as it was sent`(command: Command) throws {
        var request = AdminRequest(command)
        request.id = 12
        let line = try AdminLine.encode(request)
        #expect(line.last == AdminLine.end && line.dropLast().firstIndex(of: AdminLine.end) == nil)
        let read = try AdminLine.decode(AdminRequest.self, from: line)
        #expect(try read.command() == command)
        #expect(read.id == 12 && AdminRequest.commands.contains(read.act))
    }

    @Test func `every command has a sample here`() {
        #expect(Set(Self.all.map { AdminRequest($0).act }) == Set(AdminRequest.commands))
    }

    @Test(arguments: [
        (#"{"do":"pause_route"}"#, "pause_route: needs route"),
        (
            #"{"do":"drop_dead_letters","route":"alba"}"#,
            "drop_dead_letters: needs letters or up_to"
        ),
        (
            #"{"do":"drop_dead_letters","route":"alba","filter":"a","up_to":1,"as_of_unix_ms":1}"#,
            "drop_dead_letters: needs at_most"
        ),
        (#"{"do":"count_dead_letters","route":"alba"}"#, "count_dead_letters: needs filter"),
        (#"{"do":"revoke_secret","model":"0x10"}"#, "revoke_secret: needs generation"),
        (
            #"{"do":"rotate_secret","model":"ESP"}"#,
            #"rotate_secret: "model" is two hexadecimal digits as in 0x10, not "ESP""#
        ),
        (
            #"{"do":"dump_packets","format":"png"}"#,
            #"dump_packets: "format" is one of pcapng, ndjson, hex"#
        ),
        (
            #"{"do":"start_capture","packets":0}"#, "start_capture: packets: 0; use 1…1000000000"
        ),
        (#"{"do":"start_capture","files":3}"#, "start_capture: needs file_bytes"),
        (
            #"{"do":"block_address","address":"10.0.0.1","seconds":9300000000000000}"#,
            "block_address: 9300000000000000 seconds; use 1…31536000"
        ),
    ])
    func `a field that is missing or wrong is named`(line: String, sentence: String) throws {
        let request = try AdminLine.decode(
            AdminRequest.self, from: Data((#"{"id":1,"# + line.dropFirst()).utf8))
        #expect(throws: AdminFault(sentence)) { try request.command() }
    }

    @Test func `a command that is none is answered with those there are`() throws {
        let fault = try #require(throws: AdminFault.self) { try AdminRequest("fly").command() }
        #expect(fault.description.contains("\"fly\" is none; use hello, snapshot, pause_route"))
    }

    @Test func `a snapshot arrives as it was sent`() throws {
        var snapshot = Snapshot()
        snapshot.gateway.state = .blocked
        snapshot.gateway.stateReason = "why"
        snapshot.ledger.refusedByReason[3] = 12
        snapshot.packets = [Self.record]
        snapshot.latency.commit.maximumMicroseconds = .infinity
        var device = DeviceSnapshot(model: .esp32Pressure, id: "E1")
        device.clockOffsetSeconds = -0.5
        snapshot.devices = [device]
        snapshot.adoptions = SecretAdoption.byModel([device], nowUnixMilliseconds: 0)
        let answer = AdminAnswer(id: 3, ok: true, snapshot: snapshot)
        let read = try #require(
            try AdminLine.decode(AdminAnswer.self, from: AdminLine.encode(answer)).snapshot)
        #expect(read.gateway.state == .blocked && read.gateway.stateReason == "why")
        #expect(read.ledger.refusedByReason == snapshot.ledger.refusedByReason)
        #expect(read.packets == [Self.record])
        #expect(read.latency.commit.maximumMicroseconds == .infinity)
        #expect(read.devices.first?.clockOffsetSeconds == -0.5)
        #expect(read.adoptions[.esp32Pressure]?.devices == [0: ["E1"]])
    }

    @Test func `parts have names, and only those`() throws {
        let some: SnapshotParts = [.devices, .deadLetters]
        #expect(try SnapshotParts(names: some.names) == some)
        #expect(throws: AdminFault.self) { try SnapshotParts(names: ["device"]) }
    }

    @Test func `lines are found however the bytes come`() throws {
        var lines = AdminLines()
        var found: [String] = []
        for byte in Array("one\n\ntwo\nrest".utf8) {
            try lines.add(ByteBuffer(bytes: [byte]))
            while let line = try lines.next() {
                found.append(String(decoding: line, as: UTF8.self))
            }
        }
        #expect(found == ["one", "", "two"])
        try lines.add(ByteBuffer(string: "\n"))
        let last = try lines.next()
        let none = try lines.next()
        #expect(last == Array("rest".utf8) && none == nil)
    }

    @Test func `a line that does not end is refused`() {
        var lines = AdminLines()
        let piece = ByteBuffer(repeating: 120, count: 1 << 20)
        var taken = 0
        while taken < 20 {
            do throws(AdminFault) {
                try lines.add(piece)
                _ = try lines.next()
            } catch {
                break
            }
            taken += 1
        }
        #expect(taken == AdminLine.longestRequest >> 20)
    }

    @Test func `requests that come at once are as long as each of them`() throws {
        var lines = AdminLines(limit: 10)
        try lines.add(ByteBuffer(string: "0123456789\n0123456789\nabc"))
        var found: [String] = []
        while let line = try lines.next() { found.append(String(decoding: line, as: UTF8.self)) }
        #expect(found == ["0123456789", "0123456789"])
        try lines.add(ByteBuffer(string: "def\nlonger than ten\n"))
        let last = try lines.next()
        #expect(last == Array("abcdef".utf8))
        let fault = #expect(throws: AdminFault.self) { _ = try lines.next() }
        #expect(fault?.description.contains("10 bytes at most") == true)
    }

    @Test func `a long request's memory goes with it`() throws {
        var lines = AdminLines()
        try lines.add(ByteBuffer(repeating: 120, count: 4 << 20))
        try lines.add(ByteBuffer(string: "\nthe next"))
        let line = try lines.next()
        let none = try lines.next()
        #expect(line?.count == 4 << 20 && none == nil)
        #expect(lines.count == 8 && lines.capacity < 1_024)
        try lines.add(ByteBuffer(string: "\n"))
        _ = try lines.next()
        _ = try lines.next()
        #expect(lines.count == 0)
    }

    @Test func `a request whose sender is told that it never ended is not carried out`() throws {
        let channel = EmbeddedChannel()
        var late = AdminDeadline(channel, within: .seconds(1))
        late.note(isUnfinished: true)
        channel.embeddedEventLoop.advanceTime(by: .seconds(1))
        let told = try channel.readOutbound(as: ByteBuffer.self)
        #expect(told.map { String(buffer: $0).contains("within 1 s") } == true)
        let isLateInTime = late.end()
        #expect(!isLateInTime)
        let other = EmbeddedChannel()
        var early = AdminDeadline(other, within: .seconds(1))
        early.note(isUnfinished: true)
        let isInTime = early.end()
        other.embeddedEventLoop.advanceTime(by: .seconds(1))
        let said = try other.readOutbound(as: ByteBuffer.self)
        #expect(isInTime && said == nil)
    }

    @Test func `observers leave places to operators, and to each other`() {
        let places = AdminPlaces()
        let first = (0..<20).filter { _ in places.take(.observer, user: 1) }.count
        let second = (0..<20).filter { _ in places.take(.observer, user: 2) }.count
        #expect(first == AdminPlaces.mostOfObserver && second == first)
        let third = places.take(.observer, user: 3)
        #expect(!third)
        let operators = (0..<40).filter { _ in places.take(.operator, user: 0) }.count
        #expect(operators == AdminPlaces.most - AdminPlaces.mostObservers)
        places.give(.observer, user: 1)
        let again = places.take(.observer, user: 3)
        #expect(again)
    }

    @Test func `denials are written down so many a minute, and the rest is counted`() {
        let denials = AdminDenials()
        let start = ContinuousClock.now
        let written = (0..<30).compactMap { _ in denials.admit(now: start) }
        #expect(written == Array(repeating: 0, count: AdminDenials.mostAMinute))
        #expect(denials.admit(now: start + .seconds(60)) == 10)
    }

    @Test func `the gateway's user, root and those named may do everything, others look`() {
        let roles = AdminRoles(owner: 1_000, operators: [1_001])
        #expect([0, 1_000, 1_001].allSatisfy { roles.role(of: $0) == .operator })
        #expect(roles.role(of: 1_002) == .observer)
    }
}
