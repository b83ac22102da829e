import Foundation
import Testing

/// What the console sends a terminal.
@Suite(.serialized) struct ConsoleBytesTests {
    @Test func `all is drawn within synchronised frames where the terminal has private modes`()
        async throws
    {
        let console = try await RunningConsole()
        console.type("2345678?")
        try await console.waitForFrames(3)
        let screen = try console.terminal.screen
        #expect(screen.charactersBetweenFrames == 0 && screen.frames >= 3)
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
