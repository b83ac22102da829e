import Foundation
import TestProcesses
import Testing

/// What an operator can do about a full disk, at the console.
@Suite struct FullDiskAuditTests {
    private func waitFor(_ words: String, in trail: String) async throws {
        try await eventually("the trail has \(words)") {
            let text = try? String(contentsOfFile: trail, encoding: .utf8)
            return text?.contains(words) == true
        }
    }

    @Test func `routes are skipped and resumed while the disk is full, and who quits is noted`()
        async throws
    {
        let disk = try await SmallDisk(megabytes: 16)
        let state = disk.folder.appending(path: "state").path()
        let trail = state + "/audit.jsonl"
        let ports = try (0..<4).map { _ in try FreePort.next() }
        let session = try TerminalSession()
        try session.run(
            "env NANOGRIDATA_STATE_DIR=\(state) \(RunningProcess.executable.path()) console "
                + "--embedded --fleet 5 --port \(ports[0]) --metrics-port \(ports[1]) "
                + "--alba-port \(ports[2]) --cycle-port \(ports[3]); echo ended with $?")
        try await session.waitFor(" balances ")
        try session.press("5")
        try await session.waitFor("Routes · 3")
        try session.press("p")
        try await session.waitFor("Pause alba?")
        try session.press("y")
        try await session.waitFor("‖ alba")

        try await eventually("packets wait") {
            try session.press("x")
            // The screen has its time: another x would be typed into the question.
            try await Task.sleep(for: .milliseconds(500))
            return session.screen.contains("Skip what waits for alba?")
        }

        try disk.fill(leaving: 0)
        // A skip is agreed to by the route's name.
        try session.press("a", "l", "b", "a", "Enter")
        // Two lines: that it is begun, and its result.
        try await waitFor("\"number\":4,", in: trail)
        // More than a block of lines: none of them must use up the room of the next.
        for number in stride(from: 5, to: 25, by: 2) {
            try session.press("p")
            try await waitFor("\"number\":\(number),", in: trail)
            try await eventually("alba flows") { !session.screen.contains("‖ alba") }
            try session.press("p")
            try await session.waitFor("Pause alba?")
            try session.press("y")
            try await waitFor("\"number\":\(number + 1),", in: trail)
            try await session.waitFor("‖ alba")
        }

        try disk.empty()
        try session.press("q", "y")
        try await session.waitFor("ended with 0")
        let text = try String(contentsOfFile: trail, encoding: .utf8)
        let lines = text.split(separator: "\n")
        #expect(lines.filter { $0.contains("skip_route") }.count == 2)
        #expect(lines.filter { $0.contains("resume_route") }.count == 10)
        // The cursors were saved each time.
        #expect(lines.allSatisfy { !$0.contains("failed") }, "\(text)")
        let stops = lines.filter { $0.contains("\"stop\"") }
        #expect(stops.map { $0.contains("\"via\":\"console\"") } == [true, false], "\(text)")
    }
}
