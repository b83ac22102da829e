import ArgumentParser
import Foundation
import Glibc
import NanoCore
import NanoServe
import NanoTUI

/// The gateway with its console.
struct ConsoleCommand: AsyncParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "console",
        abstract: "Run the gateway and watch it in the terminal (the default).",
        discussion: """
            Press ? for the keys. The gateway stops when the console does; one that `serve` runs is \
            watched with `nanogridata attach`.

            Examples:
              nanogridata console --embedded --fleet 100  try all of it on this machine
              nanogridata console --read-only             look, and change nothing
              nanogridata console --theme paper           in another theme
              NO_COLOR=1 nanogridata console              without colours
              nanogridata console --record night.ndjson   keep what is seen
              nanogridata console --play night.ndjson --speed 10
              nanogridata console --linear                in lines, for screen readers
              nanogridata console --script steps.txt      do what stands in a file
              nanogridata console --print-keys > keys     the keys, for --keys keys

            Exit codes: 0 fine, 1 failed, 2 bad usage or configuration, or no terminal.
            """)

    @OptionGroup var options: GatewayOptions

    @OptionGroup var look: ConsoleLook

    @OptionGroup var play: PlayOptions

    @OptionGroup var linear: LinearOptions

    @OptionGroup var hands: HandsOptions

    @Flag(help: "Change nothing: the gateway refuses every command of this console.")
    var readOnly = false

    @Flag(name: .long, help: "Print the keys as --keys reads them, and run nothing.")
    var printKeys = false

    func validate() throws {
        if hands.script != nil, linear.linear || play.play != nil {
            throw ValidationError("--script: works neither with --linear nor with --play")
        }
        if play.play != nil, !options.isEmpty {
            throw ValidationError("--play: no gateway runs, so its options have no place here")
        }
        guard linear.linear, look.record != nil else { return }
        throw ValidationError("--record: what --linear says needs no recording; redirect it")
    }

    func run() async throws {
        if printKeys { return print(try hands.keyMap().text, terminator: "") }
        try look.check()
        if linear.linear { return try await tell() }
        var options = look.options
        try hands.complete(&options)
        if readOnly { options.attachment = .lookingInside }
        if hands.isBlind { return try await runScript(options) }
        if let gateway = try play.gateway() {
            try ConsoleLook.needTerminal("--linear tells what was recorded in lines")
            return try await show(gateway, options)
        }
        let settings = try self.options.settings()
        try ConsoleLook.needTerminal(
            "without one `nanogridata serve` runs the gateway, --linear tells what happens in lines, "
                + "and --script does what stands in a file")
        let process = try process(settings)
        let running = Task { try await process.run() }
        let end: ConsoleEnd
        do {
            end = try await watch(process, running, options)
        } catch {
            await process.stop()
            _ = await running.result
            throw CommandFailure.misuse(["\(error)"])
        }
        sayWhatWaits(process.gateway.snapshot([]))
        if end == .quit { process.gateway.noteQuit() }
        await process.stop()
        try await running.value
        try end.check()
    }

    /// The gateway with what belongs to it. One whose own console only looks is steered by the first that
    /// is attached.
    private func process(_ settings: Settings) throws -> GatewayProcess {
        try GatewayProcess(
            settings: settings, terminalIsTaken: true, isSteeredHere: !readOnly)
    }

    /// What the console sees of the gateway, and may ask of it.
    private func port(of gateway: Gateway) -> any GatewayPort {
        readOnly ? LookedAtGateway(gateway) : gateway
    }

    /// Runs a script on the gateway without a screen.
    private func runScript(_ options: ConsoleOptions) async throws {
        let process = try process(self.options.settings())
        let running = Task { try await process.run() }
        let session = hands.session(port(of: process.gateway), options)
        let signals = await StopSignals.watch { session.close() }
        let watcher = Task {
            _ = await running.result
            session.close()
        }
        let end = await session.runOnThread()
        watcher.cancel()
        signals.cancel()
        if end == .quit { process.gateway.noteQuit() }
        await process.stop()
        try await running.value
        try end.check()
    }

    /// The console in lines.
    private func tell() async throws {
        if let gateway = try play.gateway() { return await linear.tell(of: gateway) }
        let process = try process(options.settings())
        let signals = await StopSignals.watch(process.stop)
        let printer = linear.printer(process.gateway)
        defer {
            printer.stop()
            signals.cancel()
        }
        try await process.run()
    }

    /// Shows a recording: no gateway runs, and nothing is changed.
    private func show(_ gateway: RecordedGateway, _ options: ConsoleOptions) async throws {
        var options = options
        (options.attachment, options.greeting) = (.playing, gateway.sentence)
        let session: ConsoleSession
        do {
            session = try ConsoleSession(port: gateway, options: options)
        } catch {
            throw CommandFailure.misuse(["\(error)"])
        }
        try await session.runOnThread().check()
    }

    /// The terminal is the operator's again, who wonders why the prompt does not come.
    private func sayWhatWaits(_ snapshot: Snapshot) {
        let waiting = snapshot.routes.reduce(0) { $0 + $1.waiting + $1.inFlight }
        guard waiting > 0 else { return }
        printError(
            "stopping: \(Numbers.grouped(waiting)) packets wait, up to "
                + "\(snapshot.gateway.drainSeconds) s")
    }

    /// Runs the console on a thread of its own, until the operator quits or the gateway ends.
    private func watch(
        _ process: GatewayProcess, _ running: Task<Void, any Error>, _ options: ConsoleOptions
    ) async throws -> ConsoleEnd {
        let session = try ConsoleSession(port: port(of: process.gateway), options: options)
        let watcher = Task {
            _ = await running.result
            session.close()
        }
        defer { watcher.cancel() }
        return await session.runOnThread()
    }
}
