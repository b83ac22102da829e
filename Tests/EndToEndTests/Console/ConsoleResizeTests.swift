import Foundation
import NanoSim
import TestProcesses
import Testing

/// A terminal changes its size whenever it likes, and holds what it was sent.
@Suite(.serialized) struct ConsoleResizeTests {
    /// What is shown has to be what a terminal shows that was drawn on anew. The clock may have
    /// gone on between the two.
    private func expectAsIfDrawnAnew(
        _ console: RunningConsole, _ seed: UInt64
    ) async throws {
        var (before, after) = try await console.repainted()
        for _ in 0..<30 where before.places != after.places {
            (before, after) = try await console.repainted()
        }
        #expect(before.lines == after.lines, "seed \(seed)")
        #expect(before.places == after.places, "seed \(seed)")
    }

    @Test func `hundreds of sizes under load leave nothing behind`() async throws {
        let seed = UInt64.random(in: 1...999_999)
        print("seed \(seed)")
        var random = SplitMix64(seed: seed)
        let console = try await RunningConsole()
        let fleet = try console.fleet(seed: seed, faults: "all")
        for _ in 0..<300 {
            try console.terminal.resize(
                width: Int.random(in: 1...300, using: &random),
                height: Int.random(in: 1...100, using: &random))
            console.type(String("12345678jk\t?".randomElement(using: &random) ?? "1"))
            usleep(UInt32.random(in: 0...40_000, using: &random))
        }
        #expect(console.process.isRunning, "seed \(seed)")
        fleet.signal(SIGTERM)
        try await fleet.wait()
        for (width, height) in [(80, 24), (200, 50), (60, 16), (40, 10), (1, 1), (120, 40)] {
            try console.terminal.resize(width: width, height: height)
            // Esc closes what may be open; what stands still can be compared.
            console.type("\u{1B}")
            _ = try await console.repainted()
            console.type("1 ")
            _ = try await console.repainted()
            try await expectAsIfDrawnAnew(console, seed)
            console.type(" ")
        }
        let screen = try console.terminal.screen
        #expect(screen.charactersBetweenFrames == 0, "seed \(seed)")
        #expect(try await console.quit() == 0)
    }

    @Test func `what a smaller size has cut off is drawn again, also when it lasted for a moment`()
        async throws
    {
        let console = try await RunningConsole()
        console.type("5 ")
        try await console.waitFor("frozen")
        for round in 0..<20 {
            try console.terminal.resize(width: 20, height: 5)
            try console.terminal.resize(width: 80, height: 24)
            let before = try console.terminal.screen.paints
            try await eventually("it is drawn again") {
                let screen = try console.terminal.screen
                return screen.paints > before || screen.text.contains("frozen")
            }
            try await eventually("all of it is there, round \(round)") {
                let screen = try console.terminal.screen
                return screen.text.contains("frozen") && screen.text.contains("waiting")
                    && screen.text.contains("space thaws")
            }
        }
        #expect(try await console.quit() == 0)
    }

    @Test func `a terminal that was not read shows what is now as soon as it is read again`()
        async throws
    {
        let console = try await RunningConsole(width: 200, height: 50)
        let fleet = try console.fleet(seed: 1)
        try await console.waitForFrames(4)
        console.terminal.lookAway()
        // More than the system keeps for a terminal that does not read.
        for _ in 0..<30 {
            console.type("\u{0C}")
            try await Task.sleep(for: .milliseconds(30))
        }
        try await Task.sleep(for: .seconds(3))
        let before = console.terminal.count
        console.terminal.lookAgain()
        try await eventually("what is now") {
            let screen = try console.terminal.screen
            let clock = Date().formatted(.iso8601).suffix(9)
            return !screen.isInFrame && screen.lines[0].contains(clock)
        }
        #expect(console.terminal.count - before < 500_000)
        fleet.signal(SIGTERM)
        try await fleet.wait()
        #expect(try await console.quit() == 0)
    }
}
