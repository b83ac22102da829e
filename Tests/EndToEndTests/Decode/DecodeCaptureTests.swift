import Foundation
import NanoCore
import Testing

/// `nanogridata decode` on what tcpdump captures.
@Suite struct DecodeCaptureTests {
    private static let secrets = [
        "--secret", "0x10=\(Hexadecimal.text(DecodeRun.secret))",
    ]

    /// Judges a capture at the times of its packets.
    private func decode(
        _ capture: Data, _ arguments: [String] = ["--format", "json"]
    ) async throws -> (objects: [[String: Any]], errors: String, exitCode: Int32, text: String) {
        let process = try RunningProcess(
            ["decode"] + Self.secrets + arguments, input: capture)
        let exitCode = try await process.wait()
        let text = process.standardOutput
        let objects = text.split(separator: "\n").compactMap {
            try? JSONSerialization.jsonObject(with: Data($0.utf8)) as? [String: Any]
        }
        return (objects, process.standardError, exitCode, text)
    }

    @Test func `a frame of a capture has its packet, its ends and its time`() async throws {
        var capture = SmallCapture()
        let frame = DecodeRun.frame(7)
        capture.send(sequence: 99, flags: .syn)
        capture.send(Array(frame[..<20]), sequence: 100)
        capture.send(Array(frame[20...]), sequence: 120)
        capture.send(frame, sequence: 100 + UInt32(frame.count))
        capture.send(sequence: 100 + 2 * UInt32(frame.count), flags: .fin)
        let run = try await decode(capture.data)
        #expect(run.exitCode == 0 && run.errors.isEmpty, "\(run.errors)")
        try #require(run.objects.count == 2)
        let first = run.objects[0]
        #expect(first["verdict"] as? String == "accepted")
        #expect(first["line"] as? Int == 3)
        #expect(first["offset"] as? Int == 0)
        #expect(first["source"] as? String == "10.0.0.1:50112")
        #expect(first["destination"] as? String == "10.0.0.2:5678")
        #expect(first["time"] as? String == "2026-01-01T00:00:02.000Z")
        #expect(run.objects[1]["reason"] as? String == "replay")
        #expect(run.objects[1]["offset"] as? Int == frame.count)
        let text = try await decode(capture.data, []).text
        #expect(
            text.hasPrefix(
                "packet 3, 10.0.0.1:50112 > 10.0.0.2:5678, 2026-01-01T00:00:02.000Z, offset 0: "
                    + "accepted\n"))
    }

    @Test(arguments: [
        ("address:10.0.0.1", 2), ("-address:10.0.0.1", 0), ("verdict:refused", 1),
        ("since:2026-01-01T00:00:02Z until:2026-01-01T00:00:02Z", 1), ("since:1h", 0),
        ("clock:>-5 clock:<1", 2),
    ])
    func `a filter chooses by address and by the time of the capture`(
        filter: String, count: Int
    ) async throws {
        var capture = SmallCapture()
        capture.send(sequence: 99, flags: .syn)
        capture.send(DecodeRun.frame(7), sequence: 100)
        capture.send(DecodeRun.frame(7), sequence: 100 + UInt32(DecodeRun.frame(7).count))
        let all = try await decode(capture.data)
        #expect(
            all.objects.map { $0["time"] as? String ?? "" } == [
                "2026-01-01T00:00:01.000Z", "2026-01-01T00:00:02.000Z",
            ])
        let run = try await decode(capture.data, ["--format", "json", "--filter", filter])
        #expect(run.exitCode == 0 && run.objects.count == count, "\(run.text)\(run.errors)")
    }

    @Test func `frames are judged when they were captured, unless a time is given`() async throws {
        var capture = SmallCapture()
        capture.send(sequence: 99, flags: .syn)
        capture.send(DecodeRun.frame(7), sequence: 100)
        let then = try await decode(capture.data)
        #expect(then.objects.first?["verdict"] as? String == "accepted")
        let later = try await decode(
            capture.data, ["--format", "json", "--now", "\(DecodeRun.now + 7_200)"])
        #expect(later.objects.first?["reason"] as? String == "timestamp_drift")
    }

    @Test func `a dump is judged now, or when its packets came`() async throws {
        let record = PacketRecord(
            id: 1, unixMilliseconds: Int64(DecodeRun.now) * 1_000, address: "",
            bytes: DecodeRun.frame(1))
        let dump = Data(Pcapng.encode([record]))
        let now = try await decode(dump)
        #expect(now.objects.first?["reason"] as? String == "timestamp_ancient")
        let then = try await decode(dump, ["--format", "json", "--now", "packet"])
        #expect(then.objects.first?["verdict"] as? String == "accepted")
    }

    @Test func `what a dump says of a packet stands beside the verdict of now`() async throws {
        let time = Int64(DecodeRun.now) * 1_000
        let dump = Pcapng.encode([
            PacketRecord(
                id: 1, unixMilliseconds: time, address: "10.0.4.17:50112",
                bytes: DecodeRun.frame(1), deviceID: "E\u{1B}-1"),
            PacketRecord(
                id: 2, unixMilliseconds: time, address: "", bytes: DecodeRun.frame(2),
                refusal: Refusal(.macMismatch, offset: 0)),
        ])
        let run = try await decode(Data(dump), ["--format", "json", "--now", "packet"])
        let recorded = run.objects.map { $0["recorded"] as? String ?? "" }
        try #require(recorded.count == 2)
        #expect(recorded[0] == "accepted; from 10.0.4.17:50112; device E\\u{1B}-1")
        #expect(recorded[1].hasPrefix("refused, mac_mismatch: "), "\(recorded[1])")
        #expect(run.objects.allSatisfy { $0["verdict"] as? String == "accepted" })
        let text = try await decode(Data(dump), ["--now", "packet"]).text
        #expect(text.contains("\n  recorded: \(recorded[0])\n\n"), "\(text)")
        // A comment in somebody else's capture is no verdict.
        var capture = SmallCapture()
        capture.send(sequence: 99, flags: .syn)
        capture.send(DecodeRun.frame(1), sequence: 100)
        #expect(try await decode(capture.data).objects.first?["recorded"] == nil)
    }

    @Test func `a capture that begins in the middle is read from the next frame on`() async throws {
        var capture = SmallCapture()
        let frame = DecodeRun.frame(1)
        capture.send(Array(frame[10...]), sequence: 500)
        capture.send(DecodeRun.frame(2) + DecodeRun.frame(3), sequence: 490 + UInt32(frame.count))
        let objects = try await decode(capture.data).objects
        try #require(objects.count == 3)
        #expect(objects[0]["note"] as? String == "begins_in_the_middle")
        #expect(objects[0]["skipped_bytes"] as? Int == frame.count - 10)
        #expect(objects[0]["frame_found"] as? Bool == true)
        #expect(objects[1...].allSatisfy { $0["verdict"] as? String == "accepted" })
        #expect(objects[1]["offset"] as? Int == frame.count - 10)
    }

    @Test func `what is missing is said, and no verdict is made up for it`() async throws {
        var capture = SmallCapture()
        let frames = (1...4).map { DecodeRun.frame($0) }
        let count = UInt32(frames[0].count)
        capture.send(sequence: 99, flags: .syn)
        capture.send(frames[0] + frames[1].prefix(9), sequence: 100)
        capture.send(Array(frames[2].suffix(5)) + frames[3], sequence: 100 + 3 * count - 5)
        capture.send(sequence: 100 + 4 * count, flags: .fin)
        let objects = try await decode(capture.data).objects
        try #require(objects.count == 4)
        #expect(objects[1]["note"] as? String == "cut_off")
        #expect(objects[1]["bytes"] as? Int == 9)
        #expect(objects[2]["note"] as? String == "gap")
        #expect(objects[2]["missing_bytes"] as? Int == 2 * Int(count) - 14)
        #expect(objects[2]["skipped_bytes"] as? Int == 5)
        #expect([0, 3].allSatisfy { objects[$0]["verdict"] as? String == "accepted" })
        #expect(objects[3]["offset"] as? Int == 3 * Int(count))
    }

    @Test func `TLS and the header of a proxy are recognised`() async throws {
        let proxy: [UInt8] = [
            0x0D, 0x0A, 0x0D, 0x0A, 0, 0x0D, 0x0A, 0x51, 0x55, 0x49, 0x54, 0x0A, 0x21, 0x11, 0, 12,
            192, 0, 2, 7, 10, 0, 0, 2, 0x12, 0x34, 0x16, 0x2E,
        ]
        var capture = SmallCapture()
        capture.send(sequence: 99, flags: .syn)
        capture.send(Array(proxy[..<13]), sequence: 100)
        capture.send(proxy[13...] + DecodeRun.frame(1), sequence: 113)
        capture.send(sequence: 99, flags: .syn, port: 50_113)
        capture.send([0x16, 3, 1, 0, 5, 1, 2, 3, 4, 5], sequence: 100, port: 50_113)
        let objects = try await decode(capture.data).objects
        try #require(objects.count == 3)
        #expect(objects[0]["note"] as? String == "proxy_header")
        #expect(objects[0]["device_address"] as? String == "192.0.2.7:4660")
        #expect(objects[1]["verdict"] as? String == "accepted")
        #expect(objects[1]["offset"] as? Int == proxy.count)
        #expect(objects[2]["note"] as? String == "tls")
    }

    @Test func `fragments and damage are said, behind what could be read`() async throws {
        var capture = SmallCapture()
        capture.send(sequence: 99, flags: .syn)
        capture.send(DecodeRun.frame(1), sequence: 100)
        capture.send([1], sequence: 1, isFragment: true)
        let whole = try await decode(capture.data)
        #expect(whole.exitCode == 0)
        #expect(whole.errors.contains("1 IP fragments were not read"), "\(whole.errors)")
        var damaged = capture.data
        damaged[damaged.count - 57 + 11] = 0x7F
        let odd = try await decode(damaged)
        #expect(odd.exitCode == 2)
        #expect(odd.errors.contains("more than there can be here"), "\(odd.errors)")
        #expect(odd.objects.map { $0["verdict"] as? String } == ["accepted"])
        let cut = try await decode(capture.data.dropLast(3))
        #expect(cut.exitCode == 2)
        #expect(cut.objects.first?["verdict"] as? String == "accepted")
        let offset = capture.data.count - 57
        #expect(cut.errors.contains("standard input: byte \(offset): "), "\(cut.errors)")
    }
}
