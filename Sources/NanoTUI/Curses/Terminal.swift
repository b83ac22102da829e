import Glibc

/// The terminal while the console has it. One thread owns it.
///
/// It is written through a description of its own that never blocks: what the terminal does not
/// take now is kept, and no new frame is made until it is gone.
final class Terminal {
    private let input: Int32
    private let output: Int32
    private let terminfo: Terminfo
    private let saved: termios
    private var pending: ArraySlice<UInt8> = []
    /// Whether the terminal tells of the mouse, which then selects no text.
    private(set) var isMouseOn = false

    /// - Parameter substitute: What to run where nothing can be drawn.
    /// - Throws: ``ConsoleError`` when standard input or output is no terminal, or an unknown one.
    init(term: String?, substitute: String) throws(ConsoleError) {
        guard isatty(STDIN_FILENO) == 1, isatty(STDOUT_FILENO) == 1 else {
            throw ConsoleError(
                description: "the console needs a terminal; without one run \(substitute)")
        }
        input = STDIN_FILENO
        terminfo = try Terminfo(
            term: term, output: STDOUT_FILENO, substitute: substitute)
        var modes = termios()
        guard tcgetattr(input, &modes) == 0, let name = ttyname(STDOUT_FILENO) else {
            throw ConsoleError(description: "the terminal does not tell its modes")
        }
        saved = modes
        // Standard output is shared with whoever started us, and must stay as it is.
        output = open(name, O_WRONLY | O_NONBLOCK | O_NOCTTY | O_CLOEXEC)
        guard output >= 0 else {
            throw ConsoleError(
                description: "the terminal cannot be opened: \(String(cString: strerror(errno)))")
        }
    }

    deinit {
        close(output)
    }

    /// Takes the terminal: no echo, no line editing, no signals from keys, the alternate screen.
    func take() {
        var modes = saved
        cfmakeraw(&modes)
        tcsetattr(input, TCSADRAIN, &modes)
        FatalSignals.arm(restore: restore, modes: saved, descriptor: STDOUT_FILENO)
        send(terminfo.enter + terminfo.hideCursor + Self.pasteOn + (isMouseOn ? Self.mouseOn : []))
    }

    // Buttons and wheel (1000) in reports that are told from keys (1006), and pastes that are (2004):
    // xterm's control sequences. Terminals without them pass them over.
    private static let mouseOn = Array("\u{1B}[?1000h\u{1B}[?1006h".utf8)
    private static let mouseOff = Array("\u{1B}[?1006l\u{1B}[?1000l".utf8)
    private static let pasteOn = Array("\u{1B}[?2004h".utf8)
    private static let pasteOff = Array("\u{1B}[?2004l".utf8)

    /// Has the terminal tell of the mouse, or not.
    func setMouse(_ isOn: Bool) {
        guard isOn != isMouseOn else { return }
        isMouseOn = isOn
        send(isOn ? Self.mouseOn : Self.mouseOff)
    }

    /// Gives the terminal back as it was.
    func release() {
        FatalSignals.disarm()
        pending = []
        // The last bytes have to arrive, but a terminal that nobody reads is not waited for long.
        send(restore)
        for _ in 0..<20 where !pending.isEmpty {
            var descriptor = pollfd(fd: output, events: Int16(POLLOUT), revents: 0)
            poll(&descriptor, 1, 50)
            flush()
        }
        var modes = saved
        tcsetattr(input, TCSAFLUSH, &modes)
    }

    /// What makes the terminal look as it did. The alternate screen is emptied before it is left:
    /// a terminal that has grown since may take rows of it over to the normal one (tmux 3.3 does).
    private var restore: [UInt8] {
        terminfo.endFrame + Self.mouseOff + Self.pasteOff + Array("\u{1B}[0m".utf8)
            + (movesRows ? Array("\u{1B}[r".utf8) : []) + terminfo.clear + terminfo.showCursor
            + terminfo.leave
    }

    /// Columns and rows; 80 by 24 where the terminal does not say.
    var size: (width: Int, height: Int) {
        var size = winsize()
        guard ioctl(STDOUT_FILENO, UInt(TIOCGWINSZ), &size) == 0, size.ws_col > 0, size.ws_row > 0
        else { return (80, 24) }
        return (Int(size.ws_col), Int(size.ws_row))
    }

    /// Whether it moves some of its rows by itself.
    var movesRows: Bool { terminfo.movesRows }

    /// Whether the terminal has taken everything.
    var isDrained: Bool { pending.isEmpty }

    /// Writes as much as the terminal takes and keeps the rest.
    func send(_ bytes: [UInt8]) {
        pending += bytes
        flush()
    }

    /// Writes what makes a frame of the one before.
    func send(frame bytes: [UInt8]) {
        guard !bytes.isEmpty else { return }
        send(terminfo.beginFrame + bytes + terminfo.endFrame)
    }

    /// Writes what was kept.
    func flush() {
        while !pending.isEmpty {
            let count = pending.withUnsafeBytes { write(output, $0.baseAddress, $0.count) }
            if count < 0, errno == EINTR { continue }
            guard count > 0 else { return }
            pending = pending.dropFirst(count)
        }
    }

    /// The bytes that have been typed; nil when the terminal is gone.
    func read() -> [UInt8]? {
        var buffer = [UInt8](repeating: 0, count: 4_096)
        let count = Glibc.read(input, &buffer, buffer.count)
        if count < 0 { return errno == EINTR || errno == EAGAIN ? [] : nil }
        return count == 0 ? nil : Array(buffer[..<count])
    }

    /// Waits for keys, for room to write, or for a byte in one of the pipes.
    ///
    /// - Returns: Whether something was typed, and which pipes have something to say.
    func wait(milliseconds: Int, pipes: [Int32]) -> (typed: Bool, pipes: [Int32]) {
        var descriptors = ([input] + pipes).map {
            pollfd(fd: $0, events: Int16(POLLIN), revents: 0)
        }
        if !pending.isEmpty {
            descriptors.append(pollfd(fd: output, events: Int16(POLLOUT), revents: 0))
        }
        let count = poll(&descriptors, nfds_t(descriptors.count), Int32(milliseconds))
        guard count > 0 else { return (false, []) }
        let ready = descriptors.filter { $0.revents != 0 }.map(\.fd)
        return (ready.contains(input), pipes.filter(ready.contains))
    }
}
