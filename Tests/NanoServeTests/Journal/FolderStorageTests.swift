import Foundation
import Glibc
import Testing

@testable import NanoServe

/// The journal's files on a real disk.
@Suite struct FolderStorageTests {
    @Test func `a file that is renewed is what it was the last time, and keeps room for the next`()
        throws
    {
        let folder = try TemporaryFolder()
        let storage = try FolderStorage(path: folder.path + "/journal")
        // What somebody has left who died on the way.
        try Data(repeating: 9, count: 500).write(
            to: URL(filePath: folder.path + "/journal/cursors.tmp"))
        for bytes in [[1, 2, 3], [4], [UInt8](repeating: 5, count: 100_000), [6, 7]] {
            try storage.renew("cursors", with: bytes)
            let file = try storage.open("cursors")
            #expect(try file.read(0..<200_000) == bytes)
            var status = stat()
            try #require(stat(folder.path + "/journal/cursors.tmp", &status) == 0)
            #expect(status.st_size == 0 && Int(status.st_blocks) * 512 >= 65_536)
        }
        try storage.replace("summary", with: [8])
        #expect(try Set(storage.names()) == ["cursors", "cursors.tmp", "summary"])
    }
}
