import Foundation
import NanoCore
import Testing

/// Secrets, a clock and frames for `nanogridata decode`.
struct DecodeRun {
    static let now: UInt32 = 1_767_225_600
    static let secret = TestDevice.secrets[.esp32Pressure] ?? []
    static let device = TestDevice.pressure("ESP32-001")

    static func frame(_ pascal: UInt16, level: SecurityLevel = .standard) -> [UInt8] {
        device.pressureFrame(pascal: pascal, level: level, timestamp: now)
    }

    /// What the command wrote to standard output, line by line, and how it ended.
    var lines: [String]
    var errors: String
    var exitCode: Int32

    init(
        _ input: some DataProtocol, _ arguments: [String] = ["--format", "json"],
        secrets: [ModelID: [UInt8]] = [.esp32Pressure: secret], now: Int64 = Int64(DecodeRun.now)
    ) async throws {
        let given = secrets.flatMap { ["--secret", "\($0)=\(Hexadecimal.text($1))"] }
        let process = try RunningProcess(
            ["decode", "--now", "\(now)"] + given + arguments, input: Data(input))
        exitCode = try await process.wait()
        lines = process.standardOutput.split(separator: "\n").map(String.init)
        errors = process.standardError
    }

    /// The JSON object in a line.
    func object(_ index: Int) throws -> [String: Any] {
        try #require(
            try JSONSerialization.jsonObject(with: Data(lines[index].utf8)) as? [String: Any])
    }
}

@Suite struct DecodeTests {
    private let frame = Hexadecimal.text(DecodeRun.frame(1_013))
    private static let accepted =
        #""offset":0,"verdict":"accepted","model":"0x10","type":"telemetry","level":"standard","#
        + #""timestamp":1767225600,"device_id":"ESP32-001","#
        + #""payload":{"device_id":"ESP32-001","pressure_pa":1013}}"#

    @Test func `an accepted frame is one JSON object`() async throws {
        let run = try await DecodeRun(Data(frame.utf8))
        #expect(run.lines == [#"{"line":1,"# + Self.accepted])
        #expect(run.exitCode == 0)
        #expect(run.errors.isEmpty)
    }

    @Test func `blank lines and comments only count`() async throws {
        let spaced = frame.enumerated().map { $0 > 0 && $0 % 2 == 0 ? ":\($1)" : "\($1)" }.joined()
        let run = try await DecodeRun(Data("\n# a comment\n  \(spaced) # first\r\n".utf8))
        #expect(run.lines == [#"{"line":3,"# + Self.accepted])
    }

    @Test func `the guard remembers from line to line`() async throws {
        let run = try await DecodeRun(Data("\(frame)\n\(frame)".utf8))
        try #require(run.lines.count == 2)
        let second = try run.object(1)
        #expect(second["reason"] as? String == "replay")
        #expect(second["line"] as? Int == 2)
        let facts = try #require(second["facts"] as? [String: Any])
        #expect(facts["detail"] as? String == "same_address")
    }

    @Test(arguments: ["1", "13,1,40", "7", "100000"])
    func `pieces change nothing`(chunks: String) async throws {
        let bad = DecodeRun.frame(7).dropLast() + [0]
        let stream = DecodeRun.frame(1) + [1, 2, 3] + bad + DecodeRun.frame(2) + [0xC1]
        let input = Data(Hexadecimal.text(stream).utf8)
        let whole = try await DecodeRun(input)
        let cut = try await DecodeRun(input, ["--format", "json", "--chunks", chunks])
        #expect(whole.lines.count == 4, "\(whole.lines)")
        #expect(cut.lines == whole.lines)
    }

    @Test func `skipped bytes belong to the refusal in front of them`() async throws {
        let stream = [UInt8](repeating: 9, count: 20) + DecodeRun.frame(1)
        let run = try await DecodeRun(Data(stream), ["--format", "json", "--input", "raw"])
        try #require(run.lines.count == 2)
        let facts = try #require(try run.object(0)["facts"] as? [String: Any])
        #expect(try run.object(0)["reason"] as? String == "bad_magic")
        #expect(facts["skipped_bytes"] as? Int == 20)
        #expect(try run.object(1)["offset"] as? Int == 20)
    }

    @Test func `a MAC that another model's secret explains says so`() async throws {
        let other = TestDevice(
            model: .stm32Gas, id: "A", secret: TestDevice.secrets[.esp32Pressure] ?? [])
        let bytes = other.pressureFrame(pascal: 1, timestamp: DecodeRun.now)
        let run = try await DecodeRun(
            Data(bytes), ["--format", "json", "--input", "raw"], secrets: TestDevice.secrets)
        let facts = try #require(try run.object(0)["facts"] as? [String: Any])
        #expect((facts["diagnosis"] as? String)?.contains("0x10") == true)
    }

    @Test func `a model without a secret is unknown`() async throws {
        let run = try await DecodeRun(Data(frame.utf8), secrets: [:])
        #expect(try run.object(0)["reason"] as? String == "unknown_model")
        #expect(run.exitCode == 0)
    }

    @Test func `the minimum level is for every model`() async throws {
        let input = Data(DecodeRun.frame(1, level: .none))
        let usual = try await DecodeRun(input, ["--format", "json", "--input", "raw"])
        #expect(try usual.object(0)["reason"] as? String == "security_too_low")
        let lowered = try await DecodeRun(
            input, ["--format", "json", "--input", "raw", "--minimum-level", "none"])
        #expect(try lowered.object(0)["verdict"] as? String == "accepted")
    }

    @Test func `a dump's packets are connections of their own`() async throws {
        let records = [DecodeRun.frame(1), DecodeRun.frame(2)].enumerated().map { index, bytes in
            PacketRecord(id: UInt64(index), unixMilliseconds: 0, address: "", bytes: bytes)
        }
        let run = try await DecodeRun(
            Data(Pcapng.encode(records)), ["--format", "json", "--input", "pcapng"])
        try #require(run.lines.count == 2)
        #expect(try run.object(1)["line"] as? Int == 2)
        #expect(try run.object(1)["verdict"] as? String == "accepted")

        let file = FileManager.default.temporaryDirectory.appending(
            path: "\(UUID().uuidString).PCAPNG")
        defer { try? FileManager.default.removeItem(at: file) }
        try Data(Pcapng.encode(records)).write(to: file)
        let named = try await DecodeRun(Data(), ["--format", "json", file.path()])
        #expect(named.lines == run.lines)
    }

    @Test(arguments: [["--input", "ndjson"], []])
    func `a dump in NDJSON gives the same verdicts as one in pcapng`(input: [String]) async throws {
        let frames = [
            DecodeRun.frame(1), [0x16, 3] + DecodeRun.frame(2), DecodeRun.frame(2),
            DecodeRun.frame(1),
        ]
        let refusals = [nil, Refusal(.badMagic), nil, nil]
        let records = zip(frames, refusals).enumerated().map { index, pair in
            PacketRecord(
                id: UInt64(index), unixMilliseconds: Int64(DecodeRun.now) * 1_000 + 7,
                address: "10.0.0.1:9", bytes: pair.0, refusal: pair.1)
        }
        let arguments = ["--format", "json", "--now", "packet"]
        let lines = try await DecodeRun(
            Data(PacketDump.encode(records, as: .ndjson)), arguments + input)
        let capture = try await DecodeRun(
            Data(PacketDump.encode(records, as: .pcapng)), arguments)
        #expect(lines.exitCode == 0 && lines.errors.isEmpty, "\(lines.errors)")
        #expect(lines.lines == capture.lines)
        let verdicts = try (0..<lines.lines.count).map {
            try lines.object($0)["verdict"] as? String
        }
        #expect(verdicts == ["accepted", "refused", "accepted", "refused"])
        #expect(try lines.object(0)["recorded"] as? String == "accepted; from 10.0.0.1:9")
    }

    @Test func `in text a replay is at fault as a whole, behind a MAC that holds`() async throws {
        let frame = DecodeRun.frame(7)
        let run = try await DecodeRun(Data(frame + frame), ["--input", "raw"])
        #expect(run.lines.contains { $0.contains("refused, replay: ") })
        let last = run.lines.suffix(2)
        #expect(last.first?.contains("✓ MAC: ") == true, "\(run.lines)")
        #expect(last.last?.contains("✗ replay: this frame came before") == true)
    }

    @Test func `text takes a frame apart`() async throws {
        var bad = DecodeRun.frame(7)
        bad[bad.count - 1] ^= 1
        let run = try await DecodeRun(Data(DecodeRun.frame(1) + bad), ["--input", "raw"])
        let text = run.lines.joined(separator: "\n")
        #expect(text.contains("line 1, offset 0: accepted"))
        #expect(text.contains("refused, mac_mismatch: the MAC differs"))
        #expect(text.contains("✓") && text.contains("✗"))
        #expect(text.contains("ESP32-001"))
    }
}
