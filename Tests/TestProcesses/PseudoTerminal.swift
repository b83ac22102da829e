import CSpawn
import Foundation
import Glibc
import Synchronization

/// A terminal with a program in it, which is read and shown for as long as it is there.
public final class PseudoTerminal: Sendable {
    private struct State {
        var screen: TerminalScreen
        var count = 0
        var fault: TerminalScreen.StrayByte?
        /// Whether nobody reads what it is sent.
        var isUnread = false
        var isClosed = false
    }

    /// Its file for the program.
    public let path: String
    private let master: Int32
    private let state: Mutex<State>

    /// - Throws: ``ChildProcess/Failure``.
    public init(width: Int = 80, height: Int = 24) throws {
        master = posix_openpt(O_RDWR | O_NOCTTY | O_CLOEXEC)
        guard master >= 0, grantpt(master) == 0, unlockpt(master) == 0, let name = ptsname(master)
        else { throw ChildProcess.Failure(description: "no terminal: \(errno)") }
        path = String(cString: name)
        state = Mutex(State(screen: TerminalScreen(width: width, height: height)))
        try resize(width: width, height: height)
        Thread.detachNewThread { [weak self, master] in
            Self.read(master, isUnread: { self?.state.withLock(\.isUnread) ?? false }) {
                self?.take($0) ?? false
            }
            close(master)
        }
    }

    deinit {
        state.withLock { $0.isClosed = true }
    }

    /// Runs a program in the foreground, with the terminal as its input and output.
    public func start(
        _ program: String, _ arguments: [String], environment: [String: String]
    ) throws -> ChildProcess {
        try ChildProcess(program, arguments, environment: environment, terminal: path)
    }

    /// Gives what was written to somebody until he has enough.
    private static func read(
        _ master: Int32, isUnread: () -> Bool, _ take: ([UInt8]) -> Bool
    ) {
        var buffer = [UInt8](repeating: 0, count: 65_536)
        while true {
            var descriptor = pollfd(fd: master, events: Int16(POLLIN), revents: 0)
            let isReady =
                !isUnread() && poll(&descriptor, 1, 50) > 0
                && descriptor.revents & Int16(POLLIN) != 0
            // Nobody has opened the other end yet, or nobody has it any more.
            if !isReady { usleep(5_000) }
            let count = isReady ? Glibc.read(master, &buffer, buffer.count) : 0
            guard take(Array(buffer[..<max(0, count)])) else { return }
        }
    }

    private func take(_ bytes: [UInt8]) -> Bool {
        state.withLock { state in
            state.count += bytes.count
            guard state.fault == nil else { return !state.isClosed }
            do throws(TerminalScreen.StrayByte) {
                try state.screen.take(bytes)
            } catch {
                state.fault = error
            }
            return !state.isClosed
        }
    }

    /// Gives it another size, which its program is told.
    ///
    /// - Throws: ``ChildProcess/Failure``.
    public func resize(width: Int, height: Int) throws {
        var size = winsize(
            ws_row: UInt16(height), ws_col: UInt16(width), ws_xpixel: 0, ws_ypixel: 0)
        try state.withLock { state in
            guard ioctl(master, UInt(TIOCSWINSZ), &size) == 0 else {
                throw ChildProcess.Failure(description: "no size of \(width)x\(height): \(errno)")
            }
            state.screen.resize(width: width, height: height)
        }
    }

    /// Types text as a person would.
    public func type(_ text: String) {
        _ = Array(text.utf8).withUnsafeBytes { write(master, $0.baseAddress, $0.count) }
    }

    /// Reads nothing until ``lookAgain()``, as a terminal does that somebody has stopped.
    public func lookAway() { state.withLock { $0.isUnread = true } }

    public func lookAgain() { state.withLock { $0.isUnread = false } }

    /// What it shows.
    ///
    /// - Throws: ``TerminalScreen/StrayByte``, the first that ever came.
    public var screen: TerminalScreen {
        get throws {
            try state.withLock { state in
                if let fault = state.fault { throw fault }
                return state.screen
            }
        }
    }

    /// Bytes that it was sent so far.
    public var count: Int { state.withLock(\.count) }
}
