import Foundation
import Logging
import Testing

@testable import NanoServe

@Suite struct LogTests {
    let folder: TemporaryFolder

    init() throws {
        folder = try TemporaryFolder()
    }

    private func output(
        _ edit: (inout Settings.Logging) -> Void = { _ in }
    ) throws -> (output: LogOutput, path: String) {
        var settings = Settings.Logging()
        let path = folder.path + "/gateway.log"
        settings.file = path
        edit(&settings)
        return (try LogOutput(settings: settings, terminalIsTaken: false), path)
    }

    /// What has been written, once all of it has.
    private func text(_ path: String, _ output: LogOutput) async throws -> String {
        output.flush(within: .seconds(10))
        return try String(contentsOfFile: path, encoding: .utf8)
    }

    @Test func `a line has time, level, label, message and fields in order`() async throws {
        let (output, path) = try output()
        output.logger(label: "ingress").info(
            "listening for devices", metadata: ["port": "5678", "address": "a b"])
        let line = try await text(path, output)
        #expect(line.hasSuffix("\n"))
        #expect(
            line.wholeMatch(
                of:
                    /ts=\d{4}-\d\d-\d\dT\d\d:\d\d:\d\d\.\d{3}Z level=info label=ingress msg="listening for devices" address="a b" port=5678\n/
            ) != nil, "\(line)")
    }

    @Test(arguments: [
        "a\nlevel=critical forged", "\u{1B}[2Jgone", "tab\there", "quote\" and \\", "\u{202E}evil",
        "\u{7F}\u{85}", "",
    ])
    func `hostile text stays inside its value and its line`(hostile: String) async throws {
        let (output, path) = try output()
        output.logger(label: "x").warning("\(hostile)", metadata: ["k": "\(hostile)"])
        let line = try await text(path, output)
        #expect(line.filter { $0 == "\n" }.count == 1)
        #expect(!line.contains(" level=critical ") || line.contains("\\nlevel=critical"))
        #expect(
            line.unicodeScalars.allSatisfy { $0.value >= 0x20 && $0.value < 0x7F || $0 == "\n" })
    }

    @Test func `json lines are objects`() async throws {
        let (output, path) = try output { $0.format = .json }
        output.logger(label: "x").error("a \"b\"\n", metadata: ["k": "v"])
        let object = try await JSONSerialization.jsonObject(
            with: Data(text(path, output).utf8))
        let line = try #require(object as? [String: String])
        #expect(line["msg"] == "a \"b\"\n" && line["k"] == "v" && line["level"] == "error")
    }

    @Test func `lines below the level are not written`() async throws {
        let (output, path) = try output { $0.level = "warning" }
        let logger = output.logger(label: "x")
        logger.info("no")
        logger.warning("yes")
        #expect(output.lines.map(\.message) == ["yes"])
        #expect(try await !text(path, output).contains("msg=no"))
    }

    @Test func `the ring keeps the newest lines in order`() throws {
        let (output, _) = try output()
        let logger = output.logger(label: "x")
        for number in 0..<LogOutput.ringLines + 250 { logger.info("\(number)") }
        let lines = output.lines
        #expect(lines.count == LogOutput.ringLines)
        #expect(lines.first?.message == "250")
        #expect(lines.last?.message == "\(LogOutput.ringLines + 249)")
        #expect(zip(lines, lines.dropFirst()).allSatisfy { $0.id + 1 == $1.id })
    }

    @Test func `a file is appended to, and others cannot write it`() async throws {
        let (first, path) = try output()
        first.logger(label: "x").info("one")
        let (second, _) = try output()
        second.logger(label: "x").info("two")
        first.flush(within: .seconds(10))
        #expect(try await text(path, second).split(separator: "\n").count == 2)
        let attributes = try FileManager.default.attributesOfItem(atPath: path)
        let mode = try #require(attributes[.posixPermissions] as? NSNumber).intValue
        #expect(mode & 0o137 == 0)
    }

    @Test(.timeLimit(.minutes(5)))
    func `a pipe that nobody reads holds nobody up, and what is lost is counted`() async throws {
        let pipe = Pipe()
        let writer = LogWriter(
            descriptor: pipe.fileHandleForWriting.fileDescriptor, ownsDescriptor: false
        ) { Array("lost \($0)\n".utf8) }
        let line = Array((String(repeating: "x", count: 1_023) + "\n").utf8)
        let count = 3 * LogWriter.maximumBytes / line.count
        for _ in 0..<count { writer.add(line) }
        writer.flush(within: .milliseconds(50))
        writer.close()
        var (rest, tally) = (Data(), (lines: 0, lost: 0))
        // A writer that gets going late may lose lines more than once.
        while tally.lines + tally.lost < count {
            rest += pipe.fileHandleForReading.availableData
            Self.count(&rest, into: &tally)
        }
        // What it writes and what waits behind that is all that is kept.
        #expect(tally.lost >= count / 3)
        #expect(tally.lines + tally.lost == count)
    }

    /// Counts the lines that have come whole, and those that are told to be lost.
    private static func count(_ data: inout Data, into tally: inout (lines: Int, lost: Int)) {
        guard let end = data.lastIndex(of: UInt8(ascii: "\n")) else { return }
        for line in data[..<end].split(separator: UInt8(ascii: "\n")) {
            let lost = Int(String(decoding: line.dropFirst("lost ".count), as: UTF8.self))
            if let lost { tally.lost += lost } else { tally.lines += 1 }
        }
        data = Data(data[(end + 1)...])
    }

    @Test func `a file that cannot be opened is named`() {
        let error = #expect(throws: LogOutput.Fault.self) {
            try output { $0.file = "/no/such/folder/log" }
        }
        #expect(error?.description.contains("/no/such/folder/log") == true)
    }
}
