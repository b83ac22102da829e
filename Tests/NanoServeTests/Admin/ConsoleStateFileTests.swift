import Foundation
import Glibc
import Testing

@testable import NanoServe

@Suite final class ConsoleStateFileTests {
    private let folder: TemporaryFolder
    private let file: ConsoleStateFile
    private var path: String { folder.path + "/nanogridata/console.json" }

    private struct Damage: Error {}

    init() throws {
        folder = try TemporaryFolder()
        file = ConsoleStateFile(environment: ["XDG_STATE_HOME": folder.path])
    }

    private func text(_ path: String) -> String? {
        try? String(contentsOfFile: path, encoding: .utf8)
    }

    @Test func `it is written whole, for its user alone, from what is there`() throws {
        #expect(file.path == path)
        #expect(try file.read() == nil)
        #expect(try file.update { old in (old ?? []) + Array("a".utf8) } == nil)
        #expect(try file.update { old in (old ?? []) + Array("b".utf8) } == nil)
        #expect(text(path) == "ab")
        var status = stat()
        #expect(stat(path, &status) == 0 && status.st_mode & 0o777 == 0o600)
        #expect(try ConsoleStateFile(environment: [:]).update { _ in [] } == nil)
    }

    @Test func `a damaged one is moved aside, which is told, and never written over`() throws {
        for (round, name) in ["damaged", "damaged-2"].enumerated() {
            try #require(try file.update { _ in Array("bad \(round)".utf8) } == nil)
            let remark = try file.update { old in
                if old != nil { throw Damage() }
                return Array("new".utf8)
            }
            #expect(remark == "\(path) was damaged; it is \(path).\(name) now")
            #expect(text(path + "." + name) == "bad \(round)")
            #expect(text(path) == "new")
        }
    }

    @Test func `many that write at once lose nothing`() async throws {
        let file = file
        let remarks = await withTaskGroup(of: String?.self) { tasks in
            for _ in 0..<20 {
                tasks.addTask {
                    do {
                        return try file.update { old in (old ?? []) + [UInt8(ascii: "x")] }
                    } catch {
                        return "\(error)"
                    }
                }
            }
            return await tasks.reduce(into: [String]()) { if let text = $1 { $0.append(text) } }
        }
        // Who cannot have the lock in time says so; whoever said nothing is in the file.
        #expect(text(path)?.count == 20 - remarks.count)
        #expect(remarks.allSatisfy { $0.contains("another console holds it") })
    }

    @Test func `a file that cannot be read is left as it is, and that is told`() throws {
        try #require(try file.update { _ in Array("{}".utf8) } == nil)
        unlink(path)
        mkdir(path, 0o700)
        let error = #expect(throws: KeystoreError.self) {
            try file.update { _ in Array("new".utf8) }
        }
        #expect(
            error?.description.hasPrefix("the console's settings are not kept for later: \(path)")
                == true)
    }
}
