import Foundation
import NanoCore
import Testing

@Suite struct DecodeFilterTests {
    /// An honest frame, its replay, a forgery, a late one, and garbage.
    private static let input: Data = {
        let honest = DecodeRun.frame(1_013)
        var forged = DecodeRun.frame(7)
        forged[forged.count - 1] ^= 1
        let late = TestDevice.pressure("pump 7").pressureFrame(
            pascal: 9, timestamp: DecodeRun.now - 90)
        return Data(
            [honest, honest, forged, late, [1, 2, 3]].map { Hexadecimal.text($0) }
                .joined(separator: "\n").utf8)
    }()

    @Test(arguments: [
        ("", [1, 2, 3, 4, 5]), ("verdict:accepted", [1, 4]), ("-verdict:accepted", [2, 3, 5]),
        ("reason:replay,mac_*", [2, 3]), ("device:\"pump 7\"", [4]), ("device:ESP32-*", [1, 2, 3]),
        ("model:esp32 verdict:refused", [2, 3]), ("clock:<=-90s", [4]), ("since:1m", [1, 2, 3]),
        ("until:1m", [4]), ("size:<16", [5]), ("level:high", []), ("pump", [4]),
    ])
    func `only verdicts that match are written, in both formats`(
        filter: String, lines: [Int]
    ) async throws {
        let json = try await DecodeRun(Self.input, ["--format", "json", "--filter", filter])
        #expect(json.exitCode == 0)
        #expect(try json.lines.indices.map { try json.object($0)["line"] as? Int } == lines)
        let text = try await DecodeRun(Self.input, ["--format", "text", "--filter", filter])
        let headings = text.lines.filter { $0.hasPrefix("line ") }
        #expect(headings.compactMap { Int($0.dropFirst(5).prefix { $0 != "," }) } == lines)
    }

    @Test func `what is not written is judged all the same`() async throws {
        let run = try await DecodeRun(Self.input, ["--format", "json", "--filter", "line"])
        #expect(run.exitCode == 0 && run.lines.isEmpty)
        let second = try await DecodeRun(
            Self.input, ["--format", "json", "--filter", "verdict:refused device:ESP32-001"])
        #expect(try second.object(0)["reason"] as? String == "replay")
    }

    @Test(arguments: [
        ("reason:mac_mismtch", "at byte 7: no reason is called mac_mismtch"),
        ("x route:alba", "at byte 2: route: can match nothing here"),
        ("-", "at byte 0: nothing behind the minus"), ("device:\"a", "at byte 7: a quotation mark"),
        (String(repeating: "a", count: 1_025), "at byte 1024: too long: 1025 bytes; at most 1024"),
    ])
    func `a bad filter is bad usage, with its place`(filter: String, words: String) async throws {
        let run = try await DecodeRun(Self.input, ["--filter", filter])
        #expect(run.exitCode == 2 && run.lines.isEmpty)
        #expect(run.errors.contains(words), "\(run.errors)")
        #expect(run.errors.split(separator: "\n").count == 1)
    }
}
