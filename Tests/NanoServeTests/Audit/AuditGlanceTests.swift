import Foundation
import NanoCore
import Testing

@testable import NanoServe

@Suite struct AuditGlanceTests {
    private let folder: TemporaryFolder
    private let ann = AuditActor(user: "root", uid: 0, way: .socket, sudoUser: "ann")

    init() throws {
        folder = try TemporaryFolder()
    }

    private func record(_ count: Int, action: AuditAction = .pauseRoute) throws {
        let log = AuditLog(stateFolder: folder.path)
        for number in 0..<count {
            _ = try log.record(
                action, of: "alba", by: ann,
                now: Moment(unixMilliseconds: 1_768_660_200_250, monotonicNanoseconds: 0)
            ) { .done("entry \(number)") }
        }
    }

    @Test func `it tells the newest entries, those alone that say what became of it`() throws {
        let glance = AuditGlance(stateFolder: folder.path)
        #expect(glance.newest.isEmpty)
        try record(1, action: .skipRoute)
        #expect(
            glance.newest == [
                AuditSnapshot(
                    number: 2, time: "2026-01-17T14:30:00.250Z", user: "root for ann",
                    way: "socket", action: "skip_route", target: "alba", result: "done",
                    sentence: "entry 0")
            ])
        try record(3)
        #expect(glance.newest.map(\.number) == [2, 3, 4, 5])
    }

    @Test func `of a long trail only the end is read, and a line that is none is left out`() throws
    {
        try record(450)
        let glance = AuditGlance(stateFolder: folder.path)
        #expect(glance.newest.count == 200)
        #expect(glance.newest.last?.number == 450)
        let file = try #require(FileHandle(forWritingAtPath: folder.path + "/audit.jsonl"))
        try file.seekToEnd()
        try file.write(contentsOf: Data("no entry\n".utf8))
        try file.close()
        #expect(glance.newest.last?.number == 450)
    }
}
