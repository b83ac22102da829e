import ArgumentParser
import Foundation
import Glibc
import NanoCore
import NanoServe
import NanoTUI

/// The console of a gateway that runs elsewhere on this machine.
struct AttachCommand: AsyncParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "attach",
        abstract: "Watch and steer a running gateway in the terminal.",
        discussion: """
            The console of `nanogridata console`, on a gateway that `serve` runs; that one goes on \
            when the console is left. Several may be attached at once: the first steers, the others \
            look until they are elevated.

            Examples:
              nanogridata attach                          this user's gateway
              nanogridata attach /run/nanogridata/admin.sock
              nanogridata attach --state-dir /var/lib/nanogridata
              nanogridata attach --read-only              look, and change nothing
              nanogridata attach --elevate                steer, though another does
              nanogridata attach --linear                 in lines, for screen readers
              nanogridata attach --script steps.txt       do what stands in a file

            Exit codes: 0 fine, 1 failed, also when no gateway answers, 2 bad usage, or no terminal.
            """)

    @Argument(
        help: ArgumentHelp("The gateway's admin socket, as --socket has it.", valueName: "socket"))
    var place: String?

    @OptionGroup var admin: AdminOption
    @OptionGroup var look: ConsoleLook
    @OptionGroup var linear: LinearOptions
    @OptionGroup var hands: HandsOptions

    @Flag(help: "Change nothing: the gateway refuses every command of this console.")
    var readOnly = false

    @Flag(help: "Steer, though another console does; the audit trail tells of it.")
    var elevate = false

    func validate() throws {
        if let place { try admin.expectNone(besides: place) }
        if elevate, readOnly {
            throw ValidationError("--elevate: contradicts --read-only")
        }
        if hands.script != nil, linear.linear {
            throw ValidationError("--script: does not work with --linear")
        }
        guard linear.linear, look.record != nil else { return }
        throw ValidationError("--record: what --linear says needs no recording; redirect it")
    }

    func run() async throws {
        try look.check()
        var options = look.options
        try hands.complete(&options)
        if !linear.linear, !hands.isBlind {
            try ConsoleLook.needTerminal(
                "without one --linear tells the same in lines, and --script does what stands in a "
                    + "file")
        }
        let path = try place ?? admin.path
        let gateway: RemoteGateway
        do {
            gateway = try RemoteGateway(
                path: path, role: readOnly ? .observer : elevate ? .operator : nil,
                isConsole: !linear.linear && !hands.isBlind, insists: elevate)
        } catch {
            throw CommandFailure(error)
        }
        defer { gateway.close() }
        if linear.linear { return await linear.tell(of: gateway) }
        if elevate, case .beside = gateway.standing, case .failed(let why) = gateway.elevate() {
            throw CommandFailure.failed(why)
        }
        options.attachment = Attachment(gateway.standing ?? .looks)
        if case .beside(let steerer) = gateway.standing {
            options.greeting = ConsoleModel.words(ofSteerer: steerer)
        }
        if hands.isBlind {
            let session = hands.session(gateway, options)
            let signals = await StopSignals.watch { session.close() }
            defer { signals.cancel() }
            return try await session.runOnThread().check()
        }
        let session: ConsoleSession
        do {
            session = try ConsoleSession(port: gateway, options: options)
        } catch {
            throw CommandFailure.misuse(["\(error)"])
        }
        try await session.runOnThread().check()
    }
}
