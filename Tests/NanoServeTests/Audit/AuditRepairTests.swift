import Foundation
import Glibc
import NanoCore
import Synchronization
import Testing

@testable import NanoServe

/// How a trail goes on that is old, torn, damaged or one entry ahead.
@Suite struct AuditRepairTests {
    /// A line of before there were chains.
    private func old(_ number: Int) -> String {
        #"{"version":1,"number":\#(number),"uid":0,"time":"2026-01-01T00:00:00.000Z","#
            + #""user":"root","via":"cli","action":"stop","target":"x","result":"done","#
            + #""sentence":"stopped"}"# + "\n"
    }

    @Test func `an old trail goes on with a chain that covers it`() throws {
        let trail = try AuditTrail()
        let before = Array((1...3).map(old).joined().utf8)
        try trail.replace(before)
        let damages = Mutex<[String]>([])
        try trail.record(onDamage: { damage in damages.withLock { $0.append(damage) } })
        try trail.record()
        #expect(damages.withLock { $0 } == [])
        let entries = try AuditReading(stateFolder: trail.folder.path).lines.map(\.entry)
        #expect(entries.map(\.number) == [1, 2, 3, 4, 5])
        #expect(
            entries.map { $0.text.hasSuffix("(not chained)") } == [true, true, true, false, false])
        #expect(entries[3].chain?.covers == before.count)
        var found = try trail.verify()
        #expect(found.findings.isEmpty && found.unchained == 3 && found.chained == 2)

        var changed = try trail.bytes()
        changed[before.count / 2] ^= 1
        try trail.replace(changed)
        found = try trail.verify()
        #expect(found.findings.contains { $0.kind == .uncovered && $0.line == 4 })
        #expect(found.newFault != nil)
    }

    @Test func `a writer that died behind its line leaves the trail one ahead, which is fine`()
        throws
    {
        let trail = try AuditTrail()
        for entry in 1...4 {
            let mark = try? Data(contentsOf: URL(filePath: trail.markPath))
            try trail.record()
            try? FileManager.default.removeItem(atPath: trail.markPath)
            try mark?.write(to: URL(filePath: trail.markPath))
            let found = try trail.verify()
            #expect(found.findings.isEmpty && found.chained == entry * 2 - 1, "\(found.findings)")
            try trail.record(onDamage: { Issue.record("\($0)") })
            let after = try trail.verify()
            #expect(after.findings.isEmpty && after.notes.isEmpty)
            #expect(after.head == AuditLog(stateFolder: trail.folder.path).head)
        }
        let entries = try AuditReading(stateFolder: trail.folder.path).lines.map(\.entry)
        #expect(entries.count { $0.chain != nil } == 1)
    }

    @Test func `a writer that died within its line is no fault, wherever it died`() throws {
        let trail = try AuditTrail(entries: 2)
        let marked = try Data(contentsOf: URL(filePath: trail.markPath))
        let before = try trail.bytes()
        try trail.record()
        let whole = try trail.bytes()
        for length in before.count..<whole.count {
            try trail.replace(Array(whole[..<length]))
            try marked.write(to: URL(filePath: trail.markPath))
            #expect(try trail.texts() == [], "\(length)")
            try trail.record(onDamage: { Issue.record("\(length): \($0)") })
            let found = try trail.verify()
            #expect(found.findings.isEmpty, "\(length): \(found.findings)")
            let isWhole = length == before.count
            #expect(found.notes.isEmpty == (isWhole || length == whole.count - 1))
        }
    }

    @Test
    func `while the mark cannot be written, nothing is done that the trail would run ahead by`()
        throws
    {
        let trail = try AuditTrail(entries: 2)
        let room = trail.markPath + ".tmp"
        try FileManager.default.removeItem(atPath: room)
        try FileManager.default.createDirectory(atPath: room, withIntermediateDirectories: false)
        // This entry is there when its mark fails; so the next act is refused.
        try trail.record()
        let done = Mutex(0)
        for action in [AuditAction.pauseRoute, .skipRoute] {
            let fault = try #require(throws: AuditFault.self) {
                _ = try AuditLog(stateFolder: trail.folder.path).record(
                    action, of: "alba", by: AuditActor(user: "ann", uid: 1, way: .cli), now: .now
                ) {
                    done.withLock { $0 += 1 }
                    return .done("")
                }
            }
            #expect(fault.unwritten == nil && fault.description.contains("audit.head"))
        }
        #expect(done.withLock { $0 } == 0)
        #expect(try trail.verify().head?.number == 3)
        try FileManager.default.removeItem(atPath: room)
        try trail.record(onDamage: { Issue.record("\($0)") })
        #expect(try trail.texts().isEmpty)
    }

    @Test func `damage is told once, and a new chain covers what was found`() throws {
        let trail = try AuditTrail(entries: 6)
        let whole = try trail.bytes()
        let lines = try trail.lines()
        let mark = try Data(contentsOf: URL(filePath: trail.markPath))
        var changed = lines
        changed[2][40] ^= 1
        let tampered: [(String, [UInt8])] = [
            ("3", changed.flatMap(\.self)),
            ("1", lines[1...].flatMap(\.self)),
            ("entries 5–6 are missing at the end", lines[..<4].flatMap(\.self)),
            ("entries 1–6 are missing at the end", []),
            ("6", Array(whole.dropLast())),
            ("7", whole + Array("{}\n".utf8)),
            ("6", whole + lines[5]),
        ]
        for (place, bytes) in tampered {
            try trail.replace(bytes)
            try mark.write(to: URL(filePath: trail.markPath))
            let told = Mutex<[String]>([])
            let log = AuditLog(stateFolder: trail.folder.path)
            for _ in 0..<3 {
                // As a gateway does that starts again and again.
                try log.examine()
                try trail.record(onDamage: { sentence in told.withLock { $0.append(sentence) } })
            }
            #expect(told.withLock { $0.count } == 1, "\(place): \(told.withLock { $0 })")
            let found = try trail.verify()
            #expect(!found.findings.isEmpty && found.newFault == nil, "\(place)")
            #expect(found.findings.contains { $0.kind == .restarted }, "\(place)")
            #expect(found.head?.number == 9, "\(place)")
            // And what was found cannot be made whole again behind anybody's back.
            var mended = try trail.bytes()
            if bytes.isEmpty { continue }
            mended[20] ^= 2
            try trail.replace(mended)
            #expect(try trail.verify().newFault != nil, "\(place)")
        }
    }

    @Test func `a mark that is gone is told once, however much the trail holds`() throws {
        let trail = try AuditTrail(entries: 3)
        for name in ["", "no mark"] {
            if name.isEmpty {
                try FileManager.default.removeItem(atPath: trail.markPath)
            } else {
                try Data(name.utf8).write(to: URL(filePath: trail.markPath))
            }
            let told = Mutex(0)
            for _ in 0..<3 {
                try AuditLog(stateFolder: trail.folder.path).examine()
                try trail.record(onDamage: { _ in told.withLock { $0 += 1 } })
            }
            #expect(told.withLock { $0 } == 1)
            #expect(try trail.verify().newFault == nil)
        }
        #expect(try trail.texts().count == 2)
    }

    @Test(.enabled(if: geteuid() == 0))
    func `what root writes beside the trail belongs to the gateway's user`() throws {
        let trail = try AuditTrail()
        try #require(chown(trail.folder.path, 65_534, 65_534) == 0)
        try trail.record()
        for name in ["audit.jsonl", "audit.head", "audit.head.tmp"] {
            var status = stat()
            #expect(stat(trail.folder.path + "/" + name, &status) == 0)
            #expect(status.st_uid == 65_534 && status.st_mode & 0o777 == 0o600, "\(name)")
        }
    }

    @Test func `a spreadsheet gets whole fields and no formulas`() {
        #expect(AuditSheet.field("alba") == "alba")
        #expect(AuditSheet.field("a,b \"c\"") == "\"a,b \"\"c\"\"\"")
        for sign in ["=", "+", "-", "@"] {
            #expect(AuditSheet.field(sign + "1") == "'" + sign + "1")
        }
        #expect(AuditSheet.field("=HYPERLINK(\"x\",1)") == "\"'=HYPERLINK(\"\"x\"\",1)\"")
        #expect(AuditSheet.field("a\r\nb\u{1B}") == "a\\u{D}\\u{A}b\\u{1B}")
        #expect(AuditSheet.head.split(separator: ",").count == 14)
    }
}
