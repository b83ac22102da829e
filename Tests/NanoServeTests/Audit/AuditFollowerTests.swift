import Foundation
import Glibc
import NanoCore
import Testing

@testable import NanoServe

/// An audit trail that is read on while others append.
struct AuditFollowerTests {
    private func targets(_ follower: inout AuditFollower) throws -> [String]? {
        try follower.next()?.map(\.entry.target)
    }

    @Test func `each entry is read once, with the hash that the next one has`() throws {
        let trail = try AuditTrail(entries: 3)
        var follower = AuditFollower(stateFolder: trail.folder.path)
        let lines = try #require(try follower.next())
        #expect(lines.map(\.entry.number) == [1, 2, 3])
        #expect(lines[0].hash == lines[1].entry.previous)
        #expect(follower.trail == lines[0].hash)
        #expect(try targets(&follower) == [])
        try trail.record("cycle")
        #expect(try targets(&follower) == ["cycle"])
        follower.rewind()
        #expect(try targets(&follower)?.count == 4)
    }

    @Test func `before there is a trail there is nothing`() throws {
        let folder = try TemporaryFolder()
        var follower = AuditFollower(stateFolder: folder.path)
        #expect(try targets(&follower) == [])
        #expect(follower.trail == nil)
    }

    @Test func `nobody is waited for who appends`() throws {
        let trail = try AuditTrail(entries: 1)
        var follower = AuditFollower(stateFolder: trail.folder.path)
        let file = open(trail.path, O_RDONLY)
        defer { close(file) }
        #expect(flock(file, LOCK_EX) == 0)
        #expect(try targets(&follower) == nil)
        flock(file, LOCK_UN)
        #expect(try targets(&follower) == ["route0"])
    }

    @Test func `a line without an end is left for later, and what is no entry passed over`() throws
    {
        let trail = try AuditTrail(entries: 2)
        let lines = try trail.lines()
        try trail.replace(Array("damage\n".utf8) + lines[0] + lines[1].dropLast())
        var follower = AuditFollower(stateFolder: trail.folder.path)
        #expect(try targets(&follower) == ["route0"])
        #expect(try targets(&follower) == [])
        try trail.replace(Array("damage\n".utf8) + lines[0] + lines[1])
        #expect(try targets(&follower) == ["route1"])
        // Another file in its place is read from its beginning.
        try Data(lines[0]).write(to: URL(filePath: trail.path), options: .atomic)
        #expect(try targets(&follower) == ["route0"])
    }

    @Test func `a new file in the place of the old one, and longer, is read from its beginning`()
        throws
    {
        let trail = try AuditTrail(entries: 2)
        var follower = AuditFollower(stateFolder: trail.folder.path)
        #expect(try targets(&follower) == ["route0", "route1"])
        let other = try AuditTrail()
        for target in ["new", "newer", "newest"] { try other.record(target) }
        // The file keeps its inode, as one does that a new file takes over.
        try trail.replace(try other.bytes())
        let lines = try #require(try follower.next())
        #expect(lines.map(\.entry.target) == ["new", "newer", "newest"])
        #expect(follower.trail == lines.first?.hash)
    }

    @Test func `a line longer than what is read at once is one line`() throws {
        let trail = try AuditTrail(entries: 2)
        let long = [UInt8](repeating: 120, count: 3 << 20) + [10]
        let lines = try trail.lines()
        try trail.replace(lines[0] + long + lines[1])
        var follower = AuditFollower(stateFolder: trail.folder.path)
        #expect(try targets(&follower) == ["route0"])
        #expect(try targets(&follower) == ["route1"])
    }

    @Test func `a trail that is no plain file is a fault`() throws {
        let folder = try TemporaryFolder()
        #expect(mkfifo(folder.path + "/audit.jsonl", 0o600) == 0)
        var follower = AuditFollower(stateFolder: folder.path)
        #expect(throws: AuditFault.self) { try follower.next() }
    }
}
