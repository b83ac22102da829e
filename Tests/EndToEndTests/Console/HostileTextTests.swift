import Foundation
import NanoSim
import TestProcesses
import Testing

/// Whatever devices and destinations say, the terminal is sent the console's own sequences alone:
/// the terminal of this test throws for every other byte.
@Suite(.serialized) struct HostileTextTests {
    /// Keys that open what lies behind the rows of a view, and lead back.
    private static let deeper = [
        "1": ["\r", "v"], "2": ["w", "/device:\t\t", "\r"], "3": ["\r", "/device:\t\t"],
        "4": ["\r", "o", "f", "/device:\t\t"], "5": ["\r", "l", "l\r", "lx"], "6": ["R"],
        "7": ["v", "\u{1B}[F\r"], "8": ["\r", "/from:\t"],
    ]

    @Test func `hostile text from devices and destinations reaches no terminal`() async throws {
        let seed = UInt64.random(in: 1...999_999)
        print("seed \(seed)")
        var (hostile, random) = (HostileText(seed: seed), SplitMix64(seed: seed &+ 1))
        let sink = try CondemningSink(words: hostile.text() + hostile.text() + "\u{1B}[2J")
        defer { sink.stop() }
        let console = try await RunningConsole(
            extra: ["ALBA_ENDPOINT": "http://127.0.0.1:\(sink.port)"])
        let device = try DeviceSocket(port: console.devicePort)
        for view in "12345678" {
            for keys in [""] + (Self.deeper[String(view)] ?? []) {
                for _ in 0..<20 { try device.send(hostile.frame()) }
                try console.terminal.resize(
                    width: Int.random(in: 60...220, using: &random),
                    height: Int.random(in: 16...60, using: &random))
                console.type(String(view))
                try await console.waitForFrames(1)
                console.type(keys)
                try await console.waitForFrames(2)
                for _ in 0..<4 { console.type("\u{1B}") }
                try await console.waitForFrames(1)
            }
        }
        try console.terminal.resize(width: 200, height: 50)
        console.type("2")
        // It did reach the gateway, and is shown as what it is.
        try await console.waitFor("\\u{1B}[")
        console.type("5\u{1B}[Hl")
        try await console.waitFor("Dead letters of alba")
        try await console.waitFor("\\u{1B}[2J")
        #expect(try console.terminal.screen.charactersBetweenFrames == 0, "seed \(seed)")
        console.type("\u{1B}")
        try await console.waitForFrames(1)
        #expect(try await console.quit() == 0)
    }
}
