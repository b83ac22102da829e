import Foundation
import Testing

/// What the console sends a terminal.
@Suite(.serialized) struct ConsoleBytesTests {
    @Test func `when nothing changes but the clock, few bytes are sent`() async throws {
        let console = try await RunningConsole()
        // A view without curves, which grow for as long as they have room.
        console.type("5")
        try await console.waitFor("p50/p99")
        try await Task.sleep(for: .seconds(6))
        let before = console.terminal.count
        try await Task.sleep(for: .seconds(8))
        let sent = console.terminal.count - before
        #expect(sent > 0 && sent <= 8 * 64, "\(sent) bytes in 8 s")
        #expect(try await console.quit() == 0)
    }

    @Test func `all is drawn within synchronised frames where the terminal has private modes`()
        async throws
    {
        let console = try await RunningConsole()
        console.type("2345678?")
        try await console.waitForFrames(3)
        let screen = try console.terminal.screen
        #expect(screen.charactersBetweenFrames == 0 && screen.frames > 3)
        console.type("\u{1B}")
        try await console.waitForFrames(1)
        #expect(try await console.quit() == 0)
    }

    @Test func `a terminal without private modes is sent none`() async throws {
        let console = try await RunningConsole(term: "vt100")
        #expect(try console.terminal.screen.frames == 0)
        console.type("qy")
        try await eventually("it has quit") { !console.process.isRunning }
    }
}
