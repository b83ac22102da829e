import Foundation
import NanoCore
import Synchronization
import Testing

@testable import NanoTUI

@Suite struct RecordingTests {
    private let folder = FileManager.default.temporaryDirectory.appending(
        path: "nanogridata-recording-\(UUID().uuidString)")
    private var path: String { folder.appending(path: "night.ndjson").path() }

    init() throws {
        try FileManager.default.createDirectory(at: folder, withIntermediateDirectories: true)
    }

    /// Records some seconds of the sample, four looks a second, rows every ten seconds.
    private func record(seconds: ClosedRange<Int>) throws {
        let recorder = try Recorder(path: path, now: 0)
        for second in seconds {
            for quarter in 0..<4 {
                let hasRows = second % 10 == 0 && quarter == 2
                let snapshot = SampleGateway.snapshot(
                    second: second, parts: hasRows ? Rewind.rows : [])
                let time = UInt64(second - seconds.lowerBound) * 1_000 + UInt64(quarter) * 250
                #expect(recorder.note(snapshot, hasRows: hasRows, now: time) == nil)
            }
        }
    }

    private func write(_ text: String) throws {
        try Data(text.utf8).write(to: URL(filePath: path))
    }

    private func fault() -> String {
        do {
            _ = try RecordedGateway(path: path, speed: 1) { 0 }
            return ""
        } catch { return "\(error)".replacing(path, with: "FILE") }
    }

    @Test func `what was recorded is seen again, at its time`() throws {
        defer { try? FileManager.default.removeItem(at: folder) }
        try record(seconds: 10...40)
        let mode = try FileManager.default.attributesOfItem(atPath: path)[.posixPermissions]
        #expect(mode as? Int == 0o600)
        let time = Mutex<UInt64>(1_000_000)
        let gateway = try RecordedGateway(path: path, speed: 2) { time.withLock(\.self) }
        #expect(gateway.sentence == "plays 00:30 of lab-gw-01")
        func seen(after milliseconds: UInt64) -> Snapshot {
            time.withLock { $0 = 1_000_000 + milliseconds }
            return gateway.snapshot([])
        }
        #expect(seen(after: 0).gateway.uptimeSeconds == 10)
        let early = seen(after: 4_900)
        #expect(early.gateway.uptimeSeconds == 19)
        #expect(early.ledger.accepted == SampleGateway.snapshot(second: 19).ledger.accepted)
        let rows = SampleGateway.snapshot(second: 10, parts: Rewind.rows)
        #expect(early.devices.map(\.accepted) == rows.devices.map(\.accepted))
        #expect(early.packets == rows.packets && early.log == rows.log)
        // Far ahead: the newest rows of those that were skipped.
        let late = seen(after: 14_500)
        #expect(late.gateway.uptimeSeconds == 39)
        #expect(
            late.devices.map(\.accepted)
                == SampleGateway.snapshot(second: 30, parts: .devices).devices.map(\.accepted))
        let ended = seen(after: 20_000)
        #expect(ended.gateway.state == .unreachable)
        #expect(ended.gateway.stateReason == "the recording ends here; < goes back in it")
    }

    @Test func `rows are written with those moments alone that have all of them`() throws {
        defer { try? FileManager.default.removeItem(at: folder) }
        let recorder = try Recorder(path: path, now: 0)
        #expect(recorder.note(SampleGateway.snapshot(second: 1), hasRows: false, now: 0) == nil)
        let text = try String(contentsOfFile: path, encoding: .utf8)
        #expect(text.contains("\"devices\":[]") && text.contains("\"packets\":[]"))
    }

    @Test func `nothing can be changed in a recording`() throws {
        defer { try? FileManager.default.removeItem(at: folder) }
        try record(seconds: 1...3)
        let gateway = try RecordedGateway(path: path, speed: 1) { 0 }
        let result = Mutex<CommandResult?>(nil)
        gateway.perform(.stop) { answer in result.withLock { $0 = answer } }
        #expect(
            result.withLock(\.self) == .failed("this is a recording; nothing can be changed in it"))
        var model = ConsoleModel(themeName: "dusk", attachment: .playing)
        model.receive(SampleGateway.snapshot(second: 90))
        model.press(.character("5"), .character("p"))
        #expect(model.picture(80, 24).contains("recording"))
        #expect(model.press(.character("q")) == [.quit])
    }

    @Test func `a line that was cut off is left out, and said`() throws {
        defer { try? FileManager.default.removeItem(at: folder) }
        try record(seconds: 1...20)
        let whole = try Data(contentsOf: URL(filePath: path))
        try whole.dropLast(100).write(to: URL(filePath: path))
        let gateway = try RecordedGateway(path: path, speed: 1) { 0 }
        #expect(
            gateway.sentence == "plays 00:19 of lab-gw-01; its last line is cut off and left out")
        #expect(gateway.snapshot([]).gateway.uptimeSeconds == 1)
    }

    @Test(arguments: [
        (0, "the recording ends here; < goes back in it"),
        (100, "the recording is cut off here; what came next is lost; < goes back in it"),
    ])
    func `the end of a recording says whether it was cut off`(bytes: Int, words: String) throws {
        defer { try? FileManager.default.removeItem(at: folder) }
        try record(seconds: 1...20)
        let whole = try Data(contentsOf: URL(filePath: path))
        try whole.dropLast(bytes).write(to: URL(filePath: path))
        let clock = Mutex<UInt64>(0)
        let gateway = try RecordedGateway(path: path, speed: 1) { clock.withLock(\.self) }
        clock.withLock { $0 = 60_000 }
        #expect(gateway.snapshot([]).gateway.stateReason == words)
    }

    @Test func `what is no recording is refused with its line and byte`() throws {
        defer { try? FileManager.default.removeItem(at: folder) }
        #expect(fault() == "FILE: No such file or directory")
        try write("")
        #expect(fault() == "FILE:1: byte 0: this is no recording of a console")
        try write("{\"a\":1}\n")
        #expect(fault() == "FILE:1: byte 0: this is no recording of a console")
        try record(seconds: 1...2, replacing: true)
        let text = try String(contentsOfFile: path, encoding: .utf8)
        let lines = text.split(separator: "\n").map(String.init)
        try write(lines[0] + "\n")
        #expect(fault() == "FILE:2: byte \(lines[0].utf8.count + 1): nothing was recorded")
        try write(lines[0] + "\n{}\n")
        #expect(
            fault()
                == "FILE:2: byte \(lines[0].utf8.count + 1): this is no moment of a recording"
        )
        try write(
            lines[0].replacing("\"nanogridata_recording\":1", with: "\"nanogridata_recording\":2")
                + "\n")
        #expect(fault() == "FILE:1: byte 0: version 2 is newer than this program")
        // Known by its beginning alone, and no snapshot: found when it is played.
        try write(lines[0] + "\n{\"milliseconds\":5,\"rows\":true}\n")
        let gateway = try RecordedGateway(path: path, speed: 1) { 0 }
        let seen = gateway.snapshot([]).gateway
        #expect(seen.state == .unreachable)
        #expect(seen.stateReason.contains(":2: byte \(lines[0].utf8.count + 1): no snapshot"))
    }

    /// Line 14 has the moment of second 12.
    @Test(arguments: [
        ("{\"milliseconds\":oops", "this is no moment of a recording"),
        ("", "this is no moment of a recording"),
        ("{\"milliseconds\":1,", "its time is not between those of the lines beside it"),
        ("{\"milliseconds\":99000000,", "its time is not between those of the lines beside it"),
        ("{\"milliseconds\":11000,\"rows\":fa", "no snapshot of this version"),
    ])
    func `a bad line costs itself, and its number and reason are told`(
        line: String, reason: String
    ) throws {
        defer { try? FileManager.default.removeItem(at: folder) }
        try record(seconds: 1...30)
        var lines = try String(contentsOfFile: path, encoding: .utf8)
            .split(separator: "\n", omittingEmptySubsequences: false).map(String.init)
        let offset = lines[..<13].reduce(0) { $0 + $1.utf8.count + 1 }
        lines[13] = line
        try write(lines.joined(separator: "\n"))
        let time = Mutex<UInt64>(0)
        let gateway = try RecordedGateway(path: path, speed: 1) { time.withLock(\.self) }
        let words = "1 line is left out: line 14 (byte \(offset)): \(reason)"
        if reason.hasPrefix("no snapshot") {
            #expect(gateway.sentence == "plays 00:29 of lab-gw-01")
        } else {
            #expect(gateway.sentence == "plays 00:29 of lab-gw-01; \(words)")
        }
        var seen: [Double] = []
        for second in 0..<29 {
            time.withLock { $0 = UInt64(second) * 1_000 + 600 }
            let snapshot = gateway.snapshot([])
            #expect(snapshot.gateway.state == .running)
            seen.append(snapshot.gateway.uptimeSeconds)
        }
        #expect(seen == seen.sorted() && Set(seen).count == 28 && seen.last == 29)
        let alarm = gateway.snapshot([]).alarms.first
        #expect(alarm?.text.hasPrefix(words) == true, "\(alarm?.text ?? "")")
        #expect(alarm?.text.contains(path) == true)
    }

    private func record(seconds: ClosedRange<Int>, replacing: Bool) throws {
        try FileManager.default.removeItem(atPath: path)
        try record(seconds: seconds)
    }

    @Test func `a file that is there is not written over`() throws {
        defer { try? FileManager.default.removeItem(at: folder) }
        try write("mine")
        #expect(throws: ConsoleError(description: "--record: \(path): File exists")) {
            _ = try Recorder(path: path, now: 0)
        }
        #expect(try String(contentsOfFile: path, encoding: .utf8) == "mine")
    }
}
