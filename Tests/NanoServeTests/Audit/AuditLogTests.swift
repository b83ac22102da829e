import Foundation
import Glibc
import NanoCore
import Synchronization
import Testing

@testable import NanoServe

@Suite struct AuditLogTests {
    private let folder: TemporaryFolder
    private let file: String
    private let ann = AuditActor(
        user: "ann", uid: 1_000, way: .cli, terminal: "/dev/pts/3", sudoUser: "bob")
    /// 2026-01-17T14:30:00.250Z
    private let moment = Moment(unixMilliseconds: 1_768_660_200_250, monotonicNanoseconds: 0)

    init() throws {
        folder = try TemporaryFolder()
        file = folder.path + "/audit.jsonl"
    }

    private var log: AuditLog { AuditLog(stateFolder: folder.path) }

    private func record(
        _ target: String = "alba", _ result: CommandResult = .done("alba is paused")
    ) throws -> CommandResult {
        try log.record(.pauseRoute, of: target, by: ann, now: moment) { result }
    }

    private func text() throws -> String { try String(contentsOfFile: file, encoding: .utf8) }

    @Test func `an entry is one line that tells who did what, when, and what became of it`()
        throws
    {
        #expect(try record() == .done("alba is paused"))
        #expect(try record("b", .failed("no \"b\"")) == .failed("no \"b\""))
        let who =
            #""uid":1000,"time":"2026-01-17T14:30:00.250Z","user":"ann","via":"cli","#
            + #""tty":"/dev/pts/3","sudo_user":"bob","action":"pause_route""#
        let entries = try AuditReading(stateFolder: folder.path).lines.map(\.entry)
        let hashes = entries.compactMap(\.previous)
        try #require(hashes.count == 2)
        let none = Hexadecimal.text(SHA256Digest.of([]))
        #expect(
            try text()
                == #"{"version":2,"number":1,"previous":"\#(hashes[0])","#
                + #""chain":{"covers":0,"sha256":"\#(none)"},\#(who),"target":"alba","result":"done","#
                + #""sentence":"alba is paused"}"# + "\n"
                + #"{"version":2,"number":2,"previous":"\#(hashes[1])",\#(who),"target":"b","result":"failed","#
                + #""sentence":"no \"b\""}"# + "\n")
        var status = stat()
        #expect(stat(file, &status) == 0 && status.st_mode & 0o777 == 0o600)
        let lines = try AuditReading(stateFolder: folder.path).lines
        #expect(lines.map(\.entry.actor) == [ann, ann])
        #expect(
            lines.map(\.entry.text) == [
                "1  2026-01-17T14:30:00.250Z  ann (1000) for bob by cli at /dev/pts/3  "
                    + "pause_route alba  done: alba is paused",
                "2  2026-01-17T14:30:00.250Z  ann (1000) for bob by cli at /dev/pts/3  "
                    + "pause_route b  failed: no \"b\"",
            ])
    }

    @Test func `what is hostile or endless in an entry is neither`() throws {
        let hostile = "\u{1B}[2J\n\u{202E}" + String(repeating: "x", count: 5_000)
        _ = try record(hostile, .failed(hostile))
        let line = try #require(try AuditReading(stateFolder: folder.path).lines.first)
        #expect(line.json.utf8.count < 2_000)
        #expect(!line.json.contains("\u{1B}") && !line.json.contains("\u{202E}"))
        #expect(line.entry.target.hasPrefix("\\u{1B}[2J\\u{A}"))
    }

    @Test func `several who append at once leave whole lines with numbers one after the other`()
        async throws
    {
        let (writers, times) = (4, 50)
        try await withThrowingTaskGroup { group in
            for writer in 0..<writers {
                group.addTask {
                    for time in 0..<times { _ = try record("\(writer).\(time)") }
                }
            }
            try await group.waitForAll()
        }
        let reading = try AuditReading(stateFolder: folder.path)
        #expect(reading.damages.isEmpty)
        #expect(reading.lines.map(\.entry.number) == (1...200).map { UInt64($0) })
        for writer in 0..<writers {
            let targets = reading.lines.map(\.entry.target).filter { $0.hasPrefix("\(writer).") }
            #expect(targets == (0..<times).map { "\(writer).\($0)" })
        }
    }

    @Test(arguments: [#"{"version":1,"num"#, "\u{0}\u{0}\u{0}", "{}"])
    func `a torn line is closed off as it stands, and noted`(torn: String) throws {
        _ = try record()
        let before = try text() + torn
        try before.write(toFile: file, atomically: false, encoding: .utf8)
        _ = try record()
        _ = try record()
        #expect(try text().hasPrefix(before + "\n{"))
        let reading = try AuditReading(stateFolder: folder.path)
        #expect(reading.lines.map(\.entry.number) == [1, 2, 3])
        #expect(reading.lines.map(\.entry.note) == [nil, "the line before is torn", nil])
        #expect(reading.damages.isEmpty)
        #expect(
            reading.notes
                == ["\(file):2: is torn, since whoever wrote it died; entry 2 says so"])
        // Chosen or not, an entry explains the line before it.
        #expect(try AuditReading(stateFolder: folder.path, action: .stop).damages.isEmpty)
    }

    @Test func `a torn line that no entry explains is damage`() throws {
        _ = try record()
        let whole = try text()
        try (whole + "{\n").write(toFile: file, atomically: false, encoding: .utf8)
        _ = try record()
        // The last of two is explained, the first is not.
        try (try text() + "{\n{").write(toFile: file, atomically: false, encoding: .utf8)
        _ = try record()
        // Nobody has written behind this one.
        try (try text() + "{").write(toFile: file, atomically: false, encoding: .utf8)
        let reading = try AuditReading(stateFolder: folder.path)
        let damage = "is no entry of an audit trail"
        #expect(reading.damages == [2, 4, 7].map { "\(file):\($0): \(damage)" })
        #expect(reading.notes.count == 1 && reading.notes[0].hasPrefix("\(file):5: is torn"))
    }

    @Test func `the last entry is found behind more damage than is read at first`() throws {
        _ = try record()
        let damage = String(repeating: "x", count: 200_000)
        try (try text() + damage + "\n").write(toFile: file, atomically: false, encoding: .utf8)
        _ = try record()
        #expect(try AuditReading(stateFolder: folder.path).lines.map(\.entry.number) == [1, 2])
    }

    @Test func `what cannot be written down is not done`() throws {
        try FileManager.default.createDirectory(
            atPath: file, withIntermediateDirectories: false)
        let done = Atomic(0)
        let fault = try #require(throws: AuditFault.self) {
            _ = try log.record(.pauseRoute, of: "alba", by: ann, now: moment) {
                done.add(1, ordering: .relaxed)
                return .done("")
            }
        }
        #expect(fault.description.contains(file) && fault.unwritten == nil)
        #expect(done.load(ordering: .relaxed) == 0)
    }

    @Test(arguments: AuditAction.allCases)
    func `what loses or moves something is in the trail before it is done`(action: AuditAction)
        throws
    {
        let isAnnounced = [
            .skipRoute, .redriveDeadLetters, .dropDeadLetters, .rotateSecret, .stageSecret,
            .promoteSecret, .abortRotation, .revokeSecret, .extendGrace, .exportSecret,
            .provisionDevice, .rekeyKeystore, .blockDevice, .removeDevice, .blockAddress,
        ].contains(action)
        _ = try record()
        var before: [String] = []
        _ = try log.record(action, of: "alba", by: ann, now: moment) {
            before = (try? AuditReading(stateFolder: folder.path).lines.map(\.entry.text)) ?? []
            // Somebody else's line comes between.
            _ = try? record("cycle")
            return .done("7 given up")
        }
        let who = "2026-01-17T14:30:00.250Z  ann (1000) for bob by cli at /dev/pts/3"
        #expect(
            before.dropFirst()
                == (isAnnounced ? ["2  \(who)  \(action.rawValue) alba  not finished"] : []))
        let after = try AuditReading(stateFolder: folder.path).lines.map(\.entry)
        #expect(after.map(\.target) == ["alba", "cycle", "alba"])
        #expect(
            after.last?.text
                == "\(isAnnounced ? "2, 4" : "3")  \(who)  \(action.rawValue) alba  done: "
                + "7 given up")
        #expect(try text().split(separator: "\n").count == (isAnnounced ? 4 : 3))
    }

    @Test func `room for lines to come is kept behind the end`() throws {
        for _ in 0..<3 {
            _ = try record()
            var status = stat()
            try #require(stat(file, &status) == 0)
            #expect(Int(status.st_blocks) * 512 >= 262_144)
            #expect(try text().utf8.count == Int(status.st_size))
        }
    }

    @Test func `what is done when the trail is lost on the way is told all the same`() throws {
        let fault = try #require(throws: AuditFault.self) {
            _ = try log.record(.dumpPackets, of: "x", by: ann, now: moment) {
                unlink(file)
                mkdir(file, 0o700)
                return .done("2 packets")
            }
        }
        #expect(fault.unwritten == .done("2 packets"))
    }

    @Test(.enabled(if: geteuid() == 0))
    func `a trail that root begins belongs to the gateway's user all the same`() throws {
        try #require(chown(folder.path, 65_534, 65_534) == 0)
        _ = try record()
        var status = stat()
        #expect(stat(file, &status) == 0 && status.st_uid == 65_534 && status.st_gid == 65_534)
    }

    @Test func `somebody who keeps the lock is not waited for without end`() throws {
        _ = try record()
        let holder = open(file, O_RDONLY)
        defer { close(holder) }
        try #require(flock(holder, LOCK_EX) == 0)
        var log = log
        log.lockSeconds = 1
        let fault = try #require(throws: AuditFault.self) {
            _ = try log.record(.stop, of: "x", by: ann, now: moment) { .done("") }
        }
        #expect(fault.description == "another process has held \(file) for 1 s")
    }

    @Test func `entries are chosen by time and action, and lines of later releases are read`()
        throws
    {
        _ = try record()
        let later = Moment(
            unixMilliseconds: moment.unixMilliseconds + 1_000, monotonicNanoseconds: 0)
        _ = try log.record(.stop, of: "gateway", by: ann, now: later) { .done("stopped") }
        let known = try text()
        let newer = known.replacing("\"version\":2", with: "\"version\":3,\"seal\":\"ab\"")
            .replacing("pause_route", with: "sing")
        try (known + newer).write(toFile: file, atomically: false, encoding: .utf8)
        func actions(_ since: Int64?, _ action: AuditAction?) throws -> [String] {
            try AuditReading(stateFolder: folder.path, since: since, action: action).lines
                .map(\.entry.action)
        }
        #expect(try actions(nil, nil) == ["pause_route", "stop", "sing", "stop"])
        #expect(try actions(later.unixMilliseconds, nil) == ["stop", "stop"])
        #expect(try actions(nil, .pauseRoute) == ["pause_route"])
        #expect(try actions(later.unixMilliseconds + 1, nil).isEmpty)
    }
}
