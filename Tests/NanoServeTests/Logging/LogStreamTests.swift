import Foundation
import Glibc
import Testing

@testable import NanoServe

@Suite struct LogStreamTests {
    @Test(arguments: [
        ("/dev/stdout", STDOUT_FILENO), ("/dev/fd/1", STDOUT_FILENO),
        ("/proc/self/fd/1", STDOUT_FILENO), ("/proc/1/fd/1", STDOUT_FILENO),
        ("/dev/stderr", STDERR_FILENO), ("/dev/fd/2", STDERR_FILENO),
        ("/proc/self/fd/2", STDERR_FILENO), ("/proc/1/fd/2", STDERR_FILENO),
        ("/dev/null", LogStream.nowhere),
    ])
    func `standard output and error have many names, also behind links`(
        name: String, descriptor: Int32
    ) throws {
        #expect(LogStream.descriptor(of: name) == descriptor)
        let folder = try TemporaryFolder()
        for (link, target) in [("x.log", name), ("y.log", "x.log")] {
            try FileManager.default.createSymbolicLink(
                atPath: folder.path + "/" + link, withDestinationPath: target)
        }
        let link = folder.path + "/y.log"
        #expect(LogStream.descriptor(of: link) == descriptor)
        #expect(try problems("logging: {file: \"\(link)\"}") == [])
    }

    @Test func `everything else has to be opened`() throws {
        let folder = try TemporaryFolder()
        let pipe = folder.path + "/pipe"
        try #require(mkfifo(pipe, 0o600) == 0)
        let loop = folder.path + "/loop"
        try FileManager.default.createSymbolicLink(atPath: loop, withDestinationPath: "loop")
        for path in [pipe, loop, folder.path, folder.path + "/log", "/dev/fd/11", "/dev/zero"] {
            #expect(LogStream.descriptor(of: path) == nil, "\(path)")
        }
    }
}
