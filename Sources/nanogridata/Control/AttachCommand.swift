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
            when the console is left. Several may be attached at once.

            Examples:
              nanogridata attach                          this user's gateway
              nanogridata attach --state-dir /var/lib/nanogridata
              nanogridata attach --read-only              look, and change nothing
              nanogridata attach --linear                 in lines, for screen readers and logs

            Exit codes: 0 fine, 1 failed, also when no gateway answers, 2 bad usage, or no terminal.
            """)

    @OptionGroup var admin: AdminOption
    @OptionGroup var look: ConsoleLook
    @OptionGroup var linear: LinearOptions

    @Flag(help: "Change nothing: the gateway refuses every command of this console.")
    var readOnly = false

    func validate() throws {
        guard linear.linear, look.record != nil else { return }
        throw ValidationError("--record: what --linear says needs no recording; redirect it")
    }

    func run() async throws {
        if !linear.linear {
            try ConsoleLook.needTerminal("`nanogridata attach --linear` tells the same in lines")
        }
        let gateway: RemoteGateway
        do {
            gateway = try RemoteGateway(path: admin.path, role: readOnly ? .observer : nil)
        } catch {
            throw CommandFailure.failed("\(error)")
        }
        defer { gateway.close() }
        if linear.linear { return await linear.tell(of: gateway) }
        var options = look.options
        options.attachment = gateway.role == .operator ? .steering : .looking
        let session: ConsoleSession
        do {
            session = try ConsoleSession(port: gateway, options: options)
        } catch {
            throw CommandFailure.misuse(["\(error)"])
        }
        let end = await session.runOnThread()
        if case .signal(SIGHUP) = end { throw ExitCode(128 + SIGHUP) }
    }
}
