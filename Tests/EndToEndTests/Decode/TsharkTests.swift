import Foundation
import NanoCore
import TestProcesses
import Testing

/// Wireshark's program for terminals, with our dissector.
enum Tshark {
    static let isThere = (try? ProgramRun("tshark", ["--version"]))?.status == 0

    private static let script = URL(filePath: #filePath)
        .appending(path: "../../../../deploy/wireshark/nanogridata.lua").standardized.path()
    static let names = [
        "model", "type", "level", "timestamp", "device_id", "verdict", "reason", "skipped_bytes",
    ]

    /// What it says of each packet that is ours: its number, and by field's name the values in it.
    static func fields(
        of file: String, port: Int = 5_678
    ) throws -> [(packet: Int, values: [String: [String]])] {
        let fields = names.flatMap { ["-e", "nanogridata.\($0)"] }
        let run = try ProgramRun(
            "tshark",
            ["-X", "lua_script:" + script, "-o", "nanogridata.port:\(port)", "-r", file]
                + ["-Y", "nanogridata", "-T", "fields", "-E", "aggregator=;", "-e", "frame.number"]
                + fields
        ).succeeding()
        #expect(!run.errors.contains("Lua"), "\(run.errors)")
        return run.text.split(separator: "\n").map { line in
            let columns = line.split(separator: "\t", omittingEmptySubsequences: false)
            let values = columns.dropFirst().map { $0.split(separator: ";").map(String.init) }
            return (Int(columns[0]) ?? 0, Dictionary(uniqueKeysWithValues: zip(names, values)))
        }
    }
}

/// The dissector for Wireshark, against `nanogridata decode`.
@Suite(.enabled(if: Tshark.isThere)) struct TsharkTests {
    private let folder = FileManager.default.temporaryDirectory.appending(
        path: "nanogridata-tshark-\(UUID().uuidString)")

    init() throws {
        try FileManager.default.createDirectory(at: folder, withIntermediateDirectories: true)
    }

    /// What `decode` says of a file, by the number of the packet.
    private func verdicts(
        _ file: String, _ arguments: [String] = []
    ) async throws -> [Int: [[String: Any]]] {
        let secrets = TestDevice.secrets.flatMap { model, secret in
            ["--secret", "\(model)=\(Hexadecimal.text(secret))"]
        }
        let run = try RunningProcess(
            ["decode", "--format", "json", "--now", "packet", file] + secrets + arguments)
        try #require(try await run.wait() == 0, "\(run.standardError)")
        let objects = try run.standardOutput.split(separator: "\n").map { line in
            try #require(
                try JSONSerialization.jsonObject(with: Data(line.utf8)) as? [String: Any])
        }
        return Dictionary(grouping: objects) { $0["line"] as? Int ?? 0 }
    }

    /// Compares what both say of a frame's fields.
    private func expectSame(
        _ fields: [(packet: Int, values: [String: [String]])], _ verdicts: [Int: [[String: Any]]]
    ) {
        for (packet, values) in fields {
            let accepted = (verdicts[packet] ?? []).filter { $0["model"] != nil }
            for name in ["model", "type", "level", "timestamp", "device_id"] {
                let expected = accepted.map { "\($0[name] ?? "")" }
                guard !expected.isEmpty else { continue }
                #expect(values[name] == expected, "packet \(packet), \(name)")
            }
        }
    }

    @Test func `a gateway's capture shows the same fields and verdicts as decode`() async throws {
        defer { try? FileManager.default.removeItem(at: folder) }
        let gateway = try await RunningGateway()
        func control(_ words: String...) async throws -> String {
            let run = try RunningProcess(
                ["ctl", "capture"] + words + ["--state-dir", gateway.state.path()])
            try #require(try await run.wait() == 0, "\(run.standardError)")
            return run.standardOutput
        }
        #expect(try await control() == "no capture runs\n")
        #expect(try await control("start").contains("/captures/capture-"))
        let device = TestDevice.pressure("ESP32-001")
        let first = device.pressureFrame(pascal: 1)
        var forged = device.pressureFrame(pascal: 3)
        forged[forged.count - 1] ^= 1
        let old = UInt32(Date().timeIntervalSince1970) - 5_000
        let frames = [
            first, forged, device.pressureFrame(pascal: 2, type: .event), [1, 2, 3],
            device.pressureFrame(pascal: 6, level: .high),
            device.pressureFrame(pascal: 4, level: .none), first,
            device.pressureFrame(pascal: 5, timestamp: old), device.pressureFrame(pascal: 7),
        ]
        try DeviceSocket(port: gateway.devicePort).send(frames.flatMap(\.self))
        try await eventually("all is judged") { try await gateway.hasJudged(9) }
        #expect(try await control("stop").contains("9 packets"))
        let captures = gateway.state.appending(path: "captures")
        let name = try #require(
            try FileManager.default.contentsOfDirectory(atPath: captures.path()).first)
        let file = captures.appending(path: name).path()

        let fields = try Tshark.fields(of: file)
        let verdicts = try await verdicts(file)
        #expect(fields.count == 9)
        expectSame(fields, verdicts)
        let accepted = "accepted"
        let reasons = [
            accepted, "mac_mismatch", accepted, "bad_magic", accepted, "security_too_low",
            "replay", "timestamp_drift", accepted,
        ]
        for (index, reason) in reasons.enumerated() {
            let decoded = try #require(verdicts[index + 1])
            #expect(decoded.count == 1)
            #expect((decoded[0]["reason"] ?? decoded[0]["verdict"]) as? String == reason)
            let shown = fields[index].values
            #expect(shown["verdict"] == [reason == accepted ? accepted : "refused"])
            #expect(shown["reason"] == (reason == accepted ? [] : [reason]))
        }
    }

    @Test func `a capture of the network shows the same frames as decode`() async throws {
        defer { try? FileManager.default.removeItem(at: folder) }
        var capture = SmallCapture()
        let frames = (1...5).map { DecodeRun.frame($0) }
        let count = UInt32(frames[0].count)
        let stream = frames[0] + frames[1] + [9, 9, 9] + frames[2]
        capture.send(sequence: 99, flags: .syn)
        capture.send(Array(stream[..<20]), sequence: 100)
        capture.send(Array(stream[20..<80]), sequence: 120)
        capture.send(Array(stream[80...]), sequence: 180)
        capture.send(frames[3] + frames[4], sequence: 100 + 3 * count + 3)
        capture.send(sequence: 100 + 5 * count + 3, flags: .fin)
        let file = folder.appending(path: "network.pcap")
        try capture.data.write(to: file)
        let fields = try Tshark.fields(of: file.path())
        let verdicts = try await verdicts(file.path())
        #expect(fields.map(\.packet) == [3, 4, 5])
        #expect(fields.map { $0.values["model"]?.count } == [1, 2, 2])
        expectSame(fields, verdicts)
        #expect(fields[1].values["reason"] == ["bad_magic"])
        #expect(fields[1].values["skipped_bytes"] == ["3"])
        let facts = verdicts[4]?.compactMap { $0["facts"] as? [String: Any] }
        #expect(facts?.first?["skipped_bytes"] as? Int == 3)
    }
}
