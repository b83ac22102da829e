import CNcurses
import Foundation
import Glibc
public import NanoCore

/// The console: one thread that waits for keys, asks for snapshots, and draws.
///
/// The value may be handed to the thread that ``run()`` is called on, once; only ``close()`` may be
/// called from others.
public final class ConsoleSession: @unchecked Sendable {
    private let port: any GatewayPort
    private let options: ConsoleOptions
    private let terminal: Terminal
    private let results = ResultPipe()
    private var signals: SignalPipe?
    private var decoder = KeyDecoder()
    private var model: ConsoleModel
    private var renderer: Renderer
    private var themes: ThemeInUse
    private var end: ConsoleEnd?
    private var isStale = true
    /// What is said when the first snapshot has told how long the gateway is up; nil from then on.
    private var welcome: (text: String, isFault: Bool)?
    /// Since when the terminal has not taken all of a frame, in milliseconds; nil while it has.
    private var heldUpSince: UInt64?
    private var recorder: Recorder?
    private var settings: SettingsKeeper
    private var script: ScriptRun?

    /// Reads the theme that the options name, and forgets it again.
    ///
    /// - Throws: ``ThemeError`` naming file and line, or the themes that there are.
    public static func check(_ options: ConsoleOptions) throws {
        try ThemeInUse.check(options)
    }

    /// - Throws: ``ConsoleError`` or ``ThemeError``; the terminal has not been touched then.
    public init(port: any GatewayPort, options: ConsoleOptions) throws {
        self.port = port
        self.options = options
        let environment = ProcessInfo.processInfo.environment
        setlocale(LC_ALL, "")
        terminal = try Terminal(
            term: environment["TERM"], substitute: options.attachment.substitute)
        var faults = options.faults
        themes = try ThemeInUse(options, faults: &faults)
        let isUTF8 = nl_langinfo(Int32(CODESET)).map { String(cString: $0) } == "UTF-8"
        renderer = Renderer(
            theme: themes.theme, depth: options.colors ?? .detect(environment: environment),
            isUnicode: options.isASCII.map { !$0 } ?? isUTF8, movesRows: terminal.movesRows)
        model = ConsoleModel(themeName: themes.theme.name, attachment: options.attachment)
        model.hasColors = renderer.depth != .none
        model.themeNames = themes.names
        model.clipboard = Clipboard(environment: environment)
        model.keyMap = options.keyMap
        model.lasting = options.lasting
        if let isMouseOn = options.isMouseOn { model.lasting.isMouseOn = isMouseOn }
        settings = SettingsKeeper(model.lasting, options.keep)
        model.commandHistory = LineHistory(options.history)
        recorder = try options.recording.map { try Recorder(path: $0, now: Self.milliseconds()) }
        script = options.script.map { ScriptRun($0.text, file: $0.file) }
        welcome = options.greeting.map { ($0, false) }
        if !faults.isEmpty { welcome = (faults.joined(separator: "; "), true) }
    }

    /// Draws until the operator quits, a signal comes, or ``close()`` is called; the terminal is
    /// then as it was.
    public func run() -> ConsoleEnd {
        let pipe = SignalPipe()
        signals = pipe
        terminal.setMouse(model.lasting.isMouseOn)
        terminal.take()
        defer {
            terminal.release()
            _ = settings.keep(model.lasting)
        }
        let interval = 1_000 / max(1, min(10, options.framesPerSecond))
        var nextLook: UInt64 = 0
        while true {
            if let end { return end }
            if results.isClosed { return .closed }
            let now = Self.milliseconds()
            if now >= nextLook {
                let isStill = look()
                // Where nothing moves, the clock still has every second.
                nextLook = now + UInt64(isStill ? max(interval, 900) : interval)
            }
            noteHeldUp(now)
            if isStale, terminal.isDrained { drawFrame() }
            let patience =
                decoder.isWaiting ? 25 : Int(nextLook - min(nextLook, Self.milliseconds()))
            let (typed, pipes) = terminal.wait(
                milliseconds: patience, pipes: [pipe.readEnd, results.readEnd])
            terminal.flush()
            takeKeys(typed)
            terminal.setMouse(model.lasting.isMouseOn)
            if model.isWaitingForRows { nextLook = 0 }
            if pipes.contains(pipe.readEnd) { pipe.read().forEach(obey) }
            if pipes.contains(results.readEnd) { takeResults() }
        }
    }

    /// Ends ``run()`` from any thread, because the gateway has ended.
    public func close() {
        results.close()
    }

    /// - Returns: Whether nothing has moved since the last look, and nobody waits for something.
    private func look() -> Bool {
        let parts = model.parts
        let snapshot = port.snapshot(parts)
        let isStill = snapshot.isStill(since: model.live) && script == nil
        model.receive(snapshot)
        // Behind the snapshot: what is said of a gateway that was started anew is said of the new one.
        if let standing = port.standing { model.take(standing) }
        if let welcome { model.say(welcome.text, isFault: welcome.isFault) }
        welcome = nil
        let fault = recorder?.note(
            snapshot, hasRows: parts.isSuperset(of: Rewind.rows), now: Self.milliseconds())
        if let fault { model.say(fault, isFault: true) }
        refreshTheme()
        if model.isTypingCommand { model.themeNames = themes.names }
        if let remark = settings.look(at: model.lasting) { model.say(remark, isFault: true) }
        goOnWithScript()
        isStale = true
        return isStill
    }

    private func goOnWithScript() {
        guard var run = script else { return }
        let effects = run.advance(&model, now: Self.milliseconds())
        // The model has said it.
        _ = run.takeSentences()
        script = run
        effects.forEach(perform)
        switch run.end {
        case .done:
            script = nil
            model.say("the script is done")
        case .failed(let words): end = .failed(words)
        case nil: break
        }
    }

    /// What was not read for long is drawn whole once it is read again: whoever reads may have been
    /// away with all that was shown.
    private func noteHeldUp(_ now: UInt64) {
        guard !terminal.isDrained else {
            if heldUpSince.map({ now - $0 > 1_000 }) ?? false { renderer.forget() }
            return heldUpSince = nil
        }
        heldUpSince = heldUpSince ?? now
    }

    private func drawFrame() {
        let (width, height) = terminal.size
        var screen = Screen(width: width, height: height)
        model.draw(into: &screen)
        terminal.send(frame: renderer.bytes(for: screen))
        isStale = false
    }

    private func takeKeys(_ typed: Bool) {
        guard typed || decoder.isWaiting else { return }
        guard let bytes = typed ? terminal.read() : [] else {
            // The terminal is gone, and with it whoever could want something.
            end = .signal(SIGHUP)
            return
        }
        for key in decoder.decode(bytes, isComplete: !typed, now: Self.milliseconds()) {
            if key == .control("z") {
                suspendUnlessGatewayStops()
            } else {
                model.handle(key).forEach(perform)
            }
            isStale = true
        }
    }

    private func takeResults() {
        for (command, result) in results.take() {
            model.finish(command, result)
            script?.finish(command, result)
        }
        isStale = true
    }

    private func perform(_ effect: Effect) {
        switch effect {
        case .perform(let command):
            let results = results
            port.perform(command) { results.put(command, $0) }
        case .quit: end = .quit
        case .nextTheme:
            // A broken theme is reported and the old one kept; the next step goes on behind it.
            show(theme: themes.nextName)
        case .theme(let name): show(theme: name)
        case .remember(let line):
            if let fault = options.remember?(line) { model.say(fault, isFault: true) }
        case .save(let file):
            let result = file.write(by: options.write)
            model.finish(saving: result)
            script?.finish(saving: result)
        case .copy(let text): terminal.send(model.clipboard.bytes(for: text))
        case .repaint: renderer.forget()
        }
    }

    private func show(theme name: String) {
        do {
            try themes.change(to: name)
            renderer.theme = themes.theme
            model.themeName = renderer.theme.name
            model.lasting.theme = model.themeName
            model.themeFault = nil
            model.sayTheme()
            renderer.forget()
        } catch {
            model.say(error.description, isFault: true)
        }
    }

    /// What is wrong with the theme's file is said until it is mended or away.
    private func refreshTheme() {
        do {
            if try themes.refresh() {
                renderer.theme = themes.theme
                model.themeFault = nil
                renderer.forget()
            }
        } catch {
            model.themeFault = error
        }
        if themes.isAway { model.themeFault = nil }
    }

    private func obey(_ signal: Int32) {
        switch signal {
        case SIGWINCH:
            // What lay outside of a smaller size is gone, even where the size is as before by now.
            renderer.forget()
            isStale = true
        case SIGTSTP: suspend(group: false)
        case SIGCONT:
            terminal.take()
            renderer.forget()
            isStale = true
        default: end = .signal(signal)
        }
    }

    /// A gateway within would stop with us, which no single key may do.
    private func suspendUnlessGatewayStops() {
        guard model.attachment.endsGateway else { return suspend(group: true) }
        model.say(
            "Ctrl-Z would stop the gateway too; a console that nanogridata attach shows can be suspended",
            isFault: true)
    }

    /// Gives the terminal back and stops until SIGCONT. A gateway within stops with us: whoever sends
    /// SIGTSTP to its process wants that.
    private func suspend(group: Bool) {
        terminal.release()
        SignalPipe.stop(group: group)
        terminal.take()
        renderer.forget()
        isStale = true
    }

    static func milliseconds() -> UInt64 {
        var time = timespec()
        clock_gettime(CLOCK_MONOTONIC, &time)
        return UInt64(time.tv_sec) * 1_000 + UInt64(time.tv_nsec) / 1_000_000
    }
}
