import Foundation
import NanoCore
import Testing

@Suite struct DecodeFaultTests {
    @Test(arguments: [
        ("c1 53\n c1 5g", "standard input:2:6", "'g'"),
        ("c15", "standard input:1:4", "half a byte"),
        ("\u{1}", "standard input:1:1", "0x01"),
    ])
    func `bad digits are named by line and column`(
        input: String, place: String, words: String
    ) async throws {
        let run = try await DecodeRun(Data(input.utf8))
        #expect(run.exitCode == 2)
        #expect(run.errors.split(separator: "\n").count == 1)
        #expect(run.errors.contains(place), "\(run.errors)")
        #expect(run.errors.contains(words), "\(run.errors)")
    }

    @Test(arguments: [
        ("", "it is empty"), ("# nothing yet\n\n", "no bytes of a device are in it"),
    ])
    func `an input with nothing in it is told`(input: String, words: String) async throws {
        let run = try await DecodeRun(Data(input.utf8))
        #expect(run.exitCode == 0 && run.lines.isEmpty)
        #expect(run.errors == "nanogridata: standard input: \(words)\n")
    }

    @Test(arguments: [
        Pcapng.encode([]),
        [0xD4, 0xC3, 0xB2, 0xA1, 2, 0, 4, 0] + [UInt8](repeating: 0, count: 9) + [
            4, 0, 0, 1, 0, 0, 0,
        ],
    ])
    func `a capture without packets is told`(file: [UInt8]) async throws {
        let run = try await DecodeRun(Data(file))
        #expect(run.exitCode == 0 && run.lines.isEmpty)
        #expect(run.errors == "nanogridata: standard input: no packets are in it\n")
        let cut = try await DecodeRun(Data(file.dropLast()))
        #expect(cut.exitCode == 2 && cut.errors.split(separator: "\n").count == 1)
    }

    @Test func `what is no hex from its first line on comes with a hint`() async throws {
        let bytes = try await DecodeRun(Data([0x7F, 0x00, 0x91]))
        #expect(bytes.errors.contains("read as hex: --input says"), "\(bytes.errors)")
        let said = try await DecodeRun(Data([0x7F]), ["--input", "hex"])
        #expect(said.exitCode == 2 && !said.errors.contains("--input"), "\(said.errors)")
        let late = try await DecodeRun(Data("c153\nxx".utf8))
        #expect(late.exitCode == 2 && !late.errors.contains("--input"), "\(late.errors)")
    }

    @Test(arguments: [
        (#"{"frame":"c153"}"#, #"line 1: it has no "bytes""#),
        ("\n{\"bytes\":\"\"}\n{\"bytes\":7}", #"line 3: "bytes" is no text"#),
        (#"{"bytes":"c15"}"#, "line 1: \"bytes\" is not in pairs of hexadecimal digits"),
        (#"{"bytes":"c1","time":"noon"}"#, #"line 1: "time" is no time of RFC 3339"#),
        ("{\"bytes\":\"c1\"}\n[1]\n", "line 2: it is no JSON object"),
        ("{\"bytes\":\"c1\"}\n{\"by", "line 2: it is no JSON object"),
    ])
    func `a line that is no packet of a dump is named`(dump: String, words: String) async throws {
        let run = try await DecodeRun(Data(dump.utf8))
        #expect(run.exitCode == 2)
        #expect(run.errors.hasPrefix("nanogridata: standard input: \(words); a dump in NDJSON"))
        #expect(run.errors.split(separator: "\n").count == 1, "\(run.errors)")
    }

    @Test func `a file that is not there is named once`() async throws {
        let run = try await DecodeRun(Data(), ["/nonexistent/frames.hex"])
        #expect(run.errors.hasPrefix("nanogridata: /nonexistent/frames.hex: No such file"))
    }

    @Test func `what comes before a fault is judged`() async throws {
        let run = try await DecodeRun(Data((Hexadecimal.text(DecodeRun.frame(1)) + "\nxx").utf8))
        #expect(run.exitCode == 2)
        #expect(run.lines.count == 1)
    }

    @Test func `packets of a dump in front of a fault are judged, and the fault named`()
        async throws
    {
        let records = (1...3).map { number in
            PacketRecord(
                id: UInt64(number), unixMilliseconds: 0, address: "",
                bytes: DecodeRun.frame(UInt16(number)))
        }
        let dump = Pcapng.encode(records)
        let run = try await DecodeRun(
            Data(dump.dropLast(5)), ["--input", "pcapng", "--format", "json"])
        #expect(run.exitCode == 2)
        #expect(run.lines.count == 2)
        #expect(run.errors.contains("standard input: byte "), "\(run.errors)")
        #expect(run.errors.split(separator: "\n").count == 1)
    }

    @Test(arguments: [
        "0x10=abcdef0123", "0x10:abcdef0123", "zz=abcdef0123", "0x10=abcdefgg",
        "0x10=" + String(repeating: "abcdef01", count: 8) + "0",
    ])
    func `a secret that can't be used is never repeated`(argument: String) async throws {
        let run = try await DecodeRun(Data(), ["--secret", argument])
        #expect(run.exitCode == 2)
        #expect(run.errors.contains("--secret"), "\(run.errors)")
        #expect(!run.errors.contains("abcdef"))
    }

    @Test func `a file of secrets is read, and its faults are named by line`() async throws {
        let file = FileManager.default.temporaryDirectory.appending(path: UUID().uuidString)
        defer { try? FileManager.default.removeItem(at: file) }
        let good = "# ours\n\n0x10 = \(Hexadecimal.text(DecodeRun.secret)) # current\n"
        try Data(good.utf8).write(to: file)
        chmod(file.path(), 0o600)
        let input = Data(Hexadecimal.text(DecodeRun.frame(1)).utf8)
        let run = try await DecodeRun(
            input, ["--format", "json", "--secrets", file.path()], secrets: [:])
        #expect(try run.object(0)["verdict"] as? String == "accepted")
        try Data((good + "0x20=abcdef\n").utf8).write(to: file)
        let bad = try await DecodeRun(input, ["--secrets", file.path()], secrets: [:])
        #expect(bad.exitCode == 2)
        #expect(bad.errors.contains("\(file.path()):4"), "\(bad.errors)")
        #expect(!bad.errors.contains("abcdef"))
    }

    @Test(arguments: ["decode", "simulate"])
    func `a file of secrets that others can read is refused with the remedy`(command: String)
        async throws
    {
        let file = FileManager.default.temporaryDirectory.appending(path: UUID().uuidString)
        defer { try? FileManager.default.removeItem(at: file) }
        try Data("0x10=\(Hexadecimal.text(DecodeRun.secret))\n".utf8).write(to: file)
        chmod(file.path(), 0o644)
        let run = try RunningProcess([command, "--secrets", file.path()], input: Data())
        #expect(try await run.wait() == 2)
        #expect(
            run.standardError == "nanogridata: --secrets: \(file.path()): others may use it (mode "
                + "644), and it has to be private; chmod 600 \(file.path())\n")
    }

    @Test func `many faults of a file of secrets are one line`() async throws {
        let file = FileManager.default.temporaryDirectory.appending(path: UUID().uuidString)
        defer { try? FileManager.default.removeItem(at: file) }
        try Data(String(repeating: "bogus\n", count: 15).utf8).write(to: file)
        chmod(file.path(), 0o600)
        let run = try await DecodeRun(Data(), ["--secrets", file.path()], secrets: [:])
        #expect(run.exitCode == 2)
        #expect(run.errors.split(separator: "\n").count == 1)
        #expect(run.errors.contains(":3: ") && !run.errors.contains(":4: "))
        #expect(run.errors.hasSuffix("; and 12 more\n"))
    }

    @Test func `a model without a secret comes with the options that give one`() async throws {
        let input = Data(Hexadecimal.text(DecodeRun.frame(1)).utf8)
        let words = "no secret of 0x10 ESP32 was given here: --secrets FILE or --secret 0x10=HEX"
        let run = try await DecodeRun(input, secrets: [:])
        #expect(try run.object(0)["reason"] as? String == "unknown_model")
        let facts = try #require(try run.object(0)["facts"] as? [String: Any])
        #expect((facts["diagnosis"] as? String)?.hasPrefix(words) == true, "\(facts)")
        let text = try await DecodeRun(input, [], secrets: [:])
        #expect(text.lines.contains { $0.hasPrefix("  " + words) }, "\(text.lines)")
    }

    @Test func `two models can't have the same secret`() async throws {
        let secret = Hexadecimal.text(DecodeRun.secret)
        let run = try await DecodeRun(
            Data(), ["--secret", "0x10=\(secret)", "--secret", "0x20=\(secret)"], secrets: [:])
        #expect(run.exitCode == 2)
        #expect(run.errors.contains("--secret number 2, 0x20"), "\(run.errors)")
        #expect(run.errors.contains("also that of 0x10"), "\(run.errors)")
        #expect(!run.errors.contains(secret))
    }

    @Test(arguments: [
        ["/nonexistent/frames.hex"], ["--chunks", "0"], ["--minimum-level", "low"],
        ["--format", "xml"], ["--input", "pcapng"], ["--secrets", "/nonexistent"],
    ])
    func `what can't be read ends with 2 and an explanation`(arguments: [String]) async throws {
        let run = try await DecodeRun(Data("c1".utf8), arguments)
        #expect(run.exitCode == 2)
        #expect(!run.errors.isEmpty)
        #expect(run.lines.isEmpty)
    }
}
