import Foundation
import TestProcesses
import Testing

/// Whether this machine lets tests capture what is sent on it.
enum Tcpdump {
    /// It opens the interface, and ends because there is no such filter.
    static let isUsable: Bool = {
        let run = try? ProgramRun("tcpdump", ["-i", "lo", "-w", "/dev/null", "no such filter"])
        return run?.errors.contains("syntax error") == true && getuid() == 0
    }()
}

/// `nanogridata decode` on what tcpdump captured of a running gateway.
@Suite(.enabled(if: Tcpdump.isUsable)) struct TcpdumpTests {
    @Test(arguments: ["lo", "any"])
    func `a gateway's verdicts are found again in a capture`(interface: String) async throws {
        let gateway = try await RunningGateway()
        let file = FileManager.default.temporaryDirectory.appending(
            path: "nanogridata-\(UUID().uuidString).pcap")
        defer { try? FileManager.default.removeItem(at: file) }
        let tcpdump = try ChildProcess(
            "tcpdump",
            [
                "-U", "-Z", "root", "-i", interface, "-w", file.path(), "port",
                "\(gateway.devicePort)",
            ])
        try await eventually("tcpdump captures") {
            ((try? Data(contentsOf: file).count) ?? 0) >= 24
        }
        let frames = (1...6).map { TestDevice.pressure("ESP32-001").pressureFrame(pascal: $0) }
        let forged = frames[2].dropLast() + [frames[2][frames[2].count - 1] ^ 1]
        let stream = frames[0] + frames[1] + forged + frames[2] + frames[0] + [1, 2, 3] + frames[3]
        try await send(stream, to: gateway)
        try await send(frames[4] + frames[5], to: gateway)
        try await eventually("all is judged") { try await gateway.hasJudged(9) }
        try await eventually("the capture is written") {
            try Data(contentsOf: file).range(of: Data(frames[5].suffix(16))) != nil
        }
        tcpdump.signal(SIGINT)
        tcpdump.wait()

        let secrets = TestDevice.secrets.flatMap { model, secret in
            ["--secret", "\(model)=" + secret.map { String(format: "%02x", $0) }.joined()]
        }
        let decode = try RunningProcess(
            ["decode", "--format", "json", "--port", "\(gateway.devicePort)", file.path()] + secrets
        )
        #expect(try await decode.wait() == 0)
        let verdicts = decode.standardOutput.split(separator: "\n").compactMap { line in
            let object = try? JSONSerialization.jsonObject(with: Data(line.utf8)) as? [String: Any]
            return object?["reason"] as? String ?? object?["verdict"] as? String
        }
        let accepted = "accepted"
        #expect(
            verdicts == [
                accepted, accepted, "mac_mismatch", accepted, "replay", "bad_magic", accepted,
                accepted, accepted,
            ])
    }

    /// Sends bytes on a connection of their own, in two parts.
    private func send(_ stream: [UInt8], to gateway: RunningGateway) async throws {
        let socket = try DeviceSocket(port: gateway.devicePort)
        try socket.send(Array(stream[..<20]))
        try await Task.sleep(for: .milliseconds(20))
        try socket.send(Array(stream[20...]))
    }
}
