import Foundation
import Logging
import NanoCore
import Testing

@testable import NanoServe

@Suite struct AtomicFileTests {
    private let folder: TemporaryFolder
    private let target: String

    init() throws {
        folder = try TemporaryFolder()
        target = folder.path + "/target"
    }

    private func names() throws -> [String] {
        try FileManager.default.contentsOfDirectory(atPath: folder.path).sorted()
    }

    private func bytes() throws -> [UInt8] {
        Array(try Data(contentsOf: URL(filePath: target)))
    }

    @Test func `pieces stand behind one another, and in the target's place only at the end`() throws
    {
        try AtomicFile.write([1, 2, 3], to: target, mode: 0o600)
        let file = try AtomicFile(replacing: target, mode: 0o600)
        for piece in [[4], [], [5, 6]] as [[UInt8]] { try file.append(piece.span) }
        #expect(try bytes() == [1, 2, 3])
        try file.putInPlace()
        #expect(try bytes() == [4, 5, 6])
        #expect(try names() == ["target"])
    }

    @Test func `what is given up goes, and the target is as it was`() throws {
        try AtomicFile.write([1, 2, 3], to: target, mode: 0o600)
        do {
            let file = try AtomicFile(replacing: target, mode: 0o600)
            try file.append([4].span)
            #expect(try names().count == 2)
        }
        #expect(try names() == ["target"])
        #expect(try bytes() == [1, 2, 3])
    }

    @Test func `what cannot take its place goes, and says why`() throws {
        try FileManager.default.createDirectory(
            atPath: target, withIntermediateDirectories: false)
        let error = try #require(throws: StateFolder.Fault.self) {
            try AtomicFile.write([1], to: target, mode: 0o600)
        }
        #expect(error.description == "cannot replace \(target): Is a directory")
        #expect(try names() == ["target"])
    }

    @Test func `what has changed is not told as unchanged when its folder cannot be flushed`()
        throws
    {
        struct Sync: Error {}
        try AtomicFile.write([1], to: target, mode: 0o600)
        let doubt = try #require(throws: AtomicFile.Unsynced.self) {
            try AtomicFile.write([2], to: target, mode: 0o600) { _ in throw Sync() }
        }
        #expect(doubt.description.hasPrefix("\(target) has changed, but may be as before after"))
        #expect(try bytes() == [2] && names() == ["target"])
        let told = try PrivateFile.write([3], to: target) { _ in throw Sync() }
        #expect(told?.contains("power cut") == true)
        #expect(try bytes() == [3])
        let sure = try PrivateFile.write([4], to: target)
        #expect(sure == nil)
    }

    @Test func `a replay memory is replaced when it is whole, over what a kill has left`() throws {
        let state = try StateFolder(path: folder.path)
        let store = ReplayStore(
            folder: state, configuration: ReplayGuard.Configuration(), logger: Logger(label: ""))
        try AtomicFile.write(
            [UInt8](repeating: 7, count: 100_000), to: folder.path + "/replay.guard.tmp",
            mode: 0o600)
        let replayGuard = try store.load(now: .now).replayGuard
        try store.save(replayGuard, covering: 0, now: .now).putInPlace()
        #expect(try store.load(now: .now).isUsable)
        do {
            let saved = try store.save(replayGuard, covering: 0, now: .now)
            #expect(try names() == ["gateway.lock", "replay.guard", "replay.guard.tmp"])
            _ = consume saved
        }
        #expect(try names() == ["gateway.lock", "replay.guard"])
        #expect(try store.load(now: .now).replayGuard.hashKey == replayGuard.hashKey)
    }
}
