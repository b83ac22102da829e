import Foundation
import TestProcesses
import Testing

/// What is drawn is read back by zbar, which knows nothing of how it was made.
@Suite struct QRCodeTests {
    private let folder = FileManager.default.temporaryDirectory.appending(
        path: "nanogridata-\(UUID().uuidString)"
    ).path()

    private func run(_ arguments: [String], _ terminal: [String: String] = [:]) async throws -> (
        status: Int32, output: String, errors: String
    ) {
        let process = try RunningProcess(
            ["secrets"] + arguments,
            environment: ["NANOGRIDATA_STATE_DIR": folder].merging(terminal) { $1 })
        let status = try await process.wait()
        return (status, process.standardOutput, process.standardError)
    }

    /// What a reader makes of a drawing.
    ///
    /// - Parameter writesDark: Whether the terminal writes dark on light.
    private func read(_ drawing: String, writesDark: Bool) throws -> String {
        let scale = 4
        var rows: [[Bool]] = []
        for line in drawing.split(separator: "\n") {
            let text = line.replacing(/\u{1B}\[[0-9;]*m/, with: "")
            rows.append(text.map { "█▀".contains($0) == writesDark })
            rows.append(text.map { "█▄".contains($0) == writesDark })
        }
        let width = try #require(rows.first?.count)
        #expect(rows.allSatisfy { $0.count == width })
        var image = Array("P5 \(width * scale) \(rows.count * scale) 255\n".utf8)
        for row in rows {
            let pixels = row.flatMap { [UInt8](repeating: $0 ? 0 : 255, count: scale) }
            for _ in 0..<scale { image += pixels }
        }
        let file = FileManager.default.temporaryDirectory.appending(
            path: "\(UUID().uuidString).pgm")
        try Data(image).write(to: file)
        defer { try? FileManager.default.removeItem(at: file) }
        return try ProgramRun(
            "zbarimg", ["--quiet", "--raw", "-Sdisable", "-Sqrcode.enable", file.path()]
        ).text
    }

    @Test(arguments: [
        (["TERM": "xterm-256color", "NO_COLOR": ""], "38;5;16;48;5;231", true),
        (["TERM": "xterm", "NO_COLOR": ""], "30;47", true),
        (
            ["TERM": "xterm", "NO_COLOR": "", "COLORTERM": "truecolor"],
            "38;2;0;0;0;48;2;255;255;255",
            true
        ),
        (["TERM": "xterm", "NO_COLOR": "1"], "", false),
        (["TERM": "dumb", "NO_COLOR": ""], "", false),
    ])
    func `a code says what hex says, dark on light in every terminal`(
        terminal: [String: String], colours: String, writesDark: Bool
    ) async throws {
        _ = try await run(["init", "0x10"])
        let file = folder + "/nanogridata.yaml"
        try "models: {0x10: {keying: device}}\n".write(
            toFile: file, atomically: true, encoding: .utf8)
        for device in [[], ["ESP32-001", "--config", file]] {
            let digits = try await run(["export", "0x10"] + device).output
            let code = try await run(
                ["export", "0x10"] + device + ["--format", "qr", "--force"],
                ["COLORTERM": ""].merging(terminal) { $1 })
            #expect(code.status == 0, "\(code.errors)")
            #expect(try read(code.output, writesDark: writesDark) == digits)
            #expect(code.output.contains("\u{1B}") == !colours.isEmpty)
            #expect(colours.isEmpty || code.output.contains("\u{1B}[\(colours)m"))
        }
    }

    @Test func `a terminal without colours that writes dark on light has its own`() async throws {
        _ = try await run(["init", "0x10"])
        let digits = try await run(["export", "0x10"]).output
        let code = try await run(
            ["export", "0x10", "--format", "qr", "--force", "--light-terminal"], ["NO_COLOR": "1"])
        #expect(try read(code.output, writesDark: true) == digits)
    }

    @Test func `in a terminal that is too small the size is said in its place`() async throws {
        _ = try await run(["init", "0x10"])
        let command =
            "\(RunningProcess.executable.path()) secrets export 0x10 --format qr --state-dir \(folder)"
        // A code of version 4 with its quiet zone, and a row for the prompt.
        for (width, height, words) in [
            (40, 24, "takes 41"), (80, 21, "80 columns and 21 rows"), (41, 22, "▄▄▄"),
        ] {
            let session = try TerminalSession(width: width, height: height)
            try session.run(command)
            try await session.waitFor(words)
        }
    }

    @Test func `where nobody could scan it nothing is drawn, and nothing exported`() async throws {
        _ = try await run(["init", "0x10"])
        let refused = try await run(["export", "0x10", "--format", "qr"])
        #expect(refused.status == 1 && refused.output.isEmpty)
        #expect(refused.errors.contains("no terminal") && refused.errors.contains("--force"))
        let trail = try String(contentsOfFile: folder + "/audit.jsonl", encoding: .utf8)
        #expect(!trail.contains("export_secret"))
    }
}
