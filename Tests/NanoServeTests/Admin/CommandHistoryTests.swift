import Foundation
import Testing

@testable import NanoServe

@Suite struct CommandHistoryTests {
    private let folder = FileManager.default.temporaryDirectory.appending(
        path: "nanogridata-\(UUID().uuidString)"
    ).path()

    private var history: CommandHistory {
        CommandHistory(environment: ["XDG_STATE_HOME": folder, "HOME": "/nowhere"])
    }

    private var file: String { folder + "/nanogridata/console-history" }

    @Test func `commands are there for the next console, for their user alone`() throws {
        #expect(history.lines.isEmpty)
        for line in ["pause alba", "pause alba", "theme dusk"] { #expect(history.add(line) == nil) }
        #expect(history.lines == ["pause alba", "theme dusk"])
        let mode = try FileManager.default.attributesOfItem(atPath: file)[.posixPermissions]
        #expect(mode as? Int == 0o600)
    }

    @Test func `the oldest go where there are too many`() throws {
        try FileManager.default.createDirectory(
            atPath: folder + "/nanogridata", withIntermediateDirectories: true)
        let lines = (0..<300).map { "show log \($0)\n" }.joined()
        let isMade = FileManager.default.createFile(
            atPath: file, contents: Data(lines.utf8), attributes: [.posixPermissions: 0o600])
        #expect(isMade && history.add("quit") == nil)
        #expect(history.lines.count == 200)
        #expect(history.lines.first == "show log 101" && history.lines.last == "quit")
    }

    @Test func `a file that others may read is told of, and left as it is`() throws {
        #expect(history.add("theme dusk") == nil)
        try FileManager.default.setAttributes([.posixPermissions: 0o644], ofItemAtPath: file)
        #expect(history.add("theme paper")?.contains("others may use it") == true)
        #expect(try String(contentsOfFile: file, encoding: .utf8) == "theme dusk\n")
    }

    @Test func `without a place for it nothing is kept, and nothing said`() {
        let history = CommandHistory(environment: [:])
        #expect(history.add("quit") == nil && history.lines.isEmpty)
    }
}
