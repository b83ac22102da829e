import Foundation
import Testing

@testable import NanoServe

@Suite struct SavedFileTests {
    @Test func `a file is new, its user's alone, and never written over`() throws {
        let folder = FileManager.default.temporaryDirectory.appending(
            path: "nanogridata-saved-\(UUID().uuidString)"
        ).path()
        try FileManager.default.createDirectory(atPath: folder, withIntermediateDirectories: true)
        defer { try? FileManager.default.removeItem(atPath: folder) }
        try SavedFile.write("one\n", to: "~/a.log", home: folder)
        let path = folder + "/a.log"
        let mode = try FileManager.default.attributesOfItem(atPath: path)[.posixPermissions]
        #expect(mode as? Int == 0o600)
        var words = ""
        do {
            try SavedFile.write("two\n", to: path, home: nil)
        } catch {
            words = "\(error)"
        }
        #expect(words == "cannot create \(path): File exists")
        #expect(try String(contentsOfFile: path, encoding: .utf8) == "one\n")
        #expect(throws: (any Error).self) {
            try SavedFile.write("", to: folder + "/none/a.log", home: nil)
        }
        #expect(try FileManager.default.contentsOfDirectory(atPath: folder) == ["a.log"])
    }
}
