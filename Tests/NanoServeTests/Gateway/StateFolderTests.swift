import Foundation
import Logging
import NanoCore
import Testing

@testable import NanoServe

@Suite struct StateFolderTests {
    private let folder: TemporaryFolder
    private let path: String

    init() throws {
        folder = try TemporaryFolder()
        path = folder.path + "/state"
    }

    private func make(_ mode: mode_t) throws {
        try FileManager.default.createDirectory(
            atPath: path, withIntermediateDirectories: false)
        // By itself, since the process's mask takes bits away at creation.
        try #require(chmod(path, mode) == 0)
    }

    private func mode(_ path: String) throws -> mode_t {
        var status = stat()
        try #require(stat(path, &status) == 0)
        return status.st_mode & 0o7777
    }

    private func fault() throws -> String {
        let error = try #require(throws: StateFolder.Fault.self) {
            _ = try StateFolder(path: path)
        }
        #expect(!error.description.contains("\n"))
        return error.description
    }

    @Test func `a folder that is not there is made for its owner alone`() throws {
        let deep = path + "/a/b"
        let made = try StateFolder(path: deep)
        #expect(try mode(deep) == 0o700)
        #expect(made.notice == nil && !made.wasLeftUnclean)
    }

    @Test func `what killed programs were writing is removed, and nothing else`() throws {
        try make(0o700)
        // No process has so high a number.
        let gone = "keystore.json.\(1 << 30).tmp"
        let young = "adoption.json.\(1 << 30).tmp"
        let kept = [
            young, "keystore.json.\(getpid()).tmp", "keystore.json", "notes.tmp", "x.0.tmp",
        ]
        for name in kept + [gone] {
            try Data([1]).write(to: URL(filePath: path + "/" + name))
            let age = name == young ? 0.0 : 3_600
            try FileManager.default.setAttributes(
                [.modificationDate: Date(timeIntervalSinceNow: -age)],
                ofItemAtPath: path + "/" + name)
        }
        _ = try StateFolder(path: path)
        let left = try FileManager.default.contentsOfDirectory(atPath: path)
        #expect(Set(left) == Set(kept + ["gateway.lock"]))
    }

    @Test(arguments: [0o755, 0o750, 0o777, 0o711] as [mode_t])
    func `a folder with nothing public in it is closed to others, and the operator told`(
        open: mode_t
    ) throws {
        try make(open)
        try AtomicFile.write([1], to: path + "/keystore.json", mode: 0o600)
        let notice = try #require(try StateFolder(path: path).notice)
        #expect(try mode(path) == 0o700)
        #expect(notice.contains(path) && notice.contains(String(open, radix: 8)))
        #expect(try StateFolder(path: path).notice == nil, "it is said once")
    }

    @Test(arguments: [(0o755, 0o755), (0o775, 0o755), (0o707, 0o705)] as [(mode_t, mode_t)])
    func `beside public things others keep reading and lose writing`(
        before: mode_t, after: mode_t
    ) throws {
        try make(before)
        try AtomicFile.write([1], to: path + "/index.html", mode: 0o644)
        try #require(chmod(path + "/index.html", 0o644) == 0)
        let notice = try StateFolder(path: path).notice
        #expect(try mode(path) == after)
        #expect((notice != nil) == (before != after))
        #expect(try mode(path + "/gateway.lock") == 0o600)
    }

    @Test func `a folder that is shared on purpose is refused and left as it is`() throws {
        try make(0o1777)
        let line = try fault()
        #expect(line.contains(path) && line.contains("1777"))
        #expect(line.contains("NANOGRIDATA_STATE_DIR"))
        #expect(try mode(path) == 0o1777)
        #expect(try FileManager.default.contentsOfDirectory(atPath: path).isEmpty)
    }

    @Test func `a folder of another user is refused, with both users named`() throws {
        let foreign = geteuid() == 0 ? path : "/usr"
        if geteuid() == 0 {
            try make(0o700)
            try #require(chown(path, 12_345, 12_345) == 0)
        }
        let owner = geteuid() == 0 ? 12_345 : 0
        let error = try #require(throws: StateFolder.Fault.self) {
            _ = try StateFolder(path: foreign)
        }
        #expect(error.description.contains("belongs to user \(owner)"))
        #expect(error.description.contains("chown \(geteuid()) \(foreign)"))
    }

    @Test func `a file in the folder's place is named`() throws {
        try AtomicFile.write([1], to: path, mode: 0o600)
        #expect(
            try fault()
                == "the state folder \(path) is not a folder; set NANOGRIDATA_STATE_DIR to one")
    }

    @Test func `a folder that cannot be made is named with the reason`() throws {
        let error = try #require(throws: StateFolder.Fault.self) {
            _ = try StateFolder(path: "/proc/nanogridata/state")
        }
        #expect(error.description.contains("/proc/nanogridata: the folder cannot be made: "))
        #expect(error.description.contains("NANOGRIDATA_STATE_DIR"))
    }

    @Test func `one gateway at a time holds the folder`() throws {
        var holder: StateFolder? = try StateFolder(path: path)
        try holder?.markRunning()
        let words = try fault()
        #expect(words.contains("another gateway holds the state folder \(path)"))
        #expect(words.contains("watch that one with nanogridata attach"))
        holder = nil
        let next = try StateFolder(path: path)
        #expect(next.wasLeftUnclean)
        next.markStopped()
    }

    @Test func `whoever holds the folder for a moment keeps no gateway from starting`() throws {
        try StateFolder(path: path).letGo()
        let (isHeld, path) = (DispatchSemaphore(value: 0), path)
        let holder = Thread {
            _ = StateFolder.whileFree(path) {
                isHeld.signal()
                usleep(100_000)
            }
        }
        holder.start()
        isHeld.wait()
        _ = try StateFolder(path: path)
    }

    @Test func `a lock that is a link leads nowhere`() throws {
        try make(0o700)
        let victim = folder.path + "/victim"
        try FileManager.default.createSymbolicLink(
            atPath: path + "/gateway.lock", withDestinationPath: victim)
        #expect(try fault().contains("cannot write to the state folder \(path)"))
        #expect(!FileManager.default.fileExists(atPath: victim))
    }

    @Test func `a replay memory that cannot be read is named with the reason`()
        throws
    {
        try make(0o700)
        try FileManager.default.createDirectory(
            atPath: path + "/replay.guard", withIntermediateDirectories: false)
        let state = try StateFolder(path: path)
        let error = try #require(throws: StateFolder.Fault.self) {
            _ = try ReplayStore(
                folder: state, configuration: ReplayGuard.Configuration(),
                logger: Logger(label: "")
            ).load(now: .now)
        }
        #expect(error.description == "cannot read \(path)/replay.guard: Is a directory")
    }

    @Test func `a gateway says that it has closed its folder`() async throws {
        try make(0o755)
        try await withGateway(state: path) { gateway in
            #expect(gateway.log.lines(with: "the state folder \(path) was open").count == 1)
        }
    }
}
