import ArgumentParser
import NanoServe

/// The gateway without a console, for services and containers.
struct ServeCommand: AsyncParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "serve",
        abstract: "Run the gateway without a console.",
        discussion: """
            Logs to standard error, one line an event, and stops cleanly on SIGTERM, SIGINT and
            SIGHUP (not under nohup): listening ends, frames in hand are finished, deliveries get
            their time (delivery.drain_s). SIGQUIT ends it at once, as a crash would.

            Examples:
              nanogridata serve                              all from the environment
              nanogridata serve --config nanogridata.yaml    from a file
              nanogridata serve --embedded --fleet 50        try it on this machine
              nanogridata serve --status json | jq .packets  what /stats says

            Exit codes: 0 stopped cleanly, 1 failed, 2 bad usage or configuration.
            """)

    @OptionGroup var options: GatewayOptions

    /// What standard output says once a second.
    enum Status: String, CaseIterable, ExpressibleByArgument {
        case json
    }

    @Option(help: "json: print what /stats answers once a second, a line each.")
    var status: Status?

    func run() async throws {
        let process = try GatewayProcess(settings: options.settings(), terminalIsTaken: false)
        let gateway = process.gateway
        let printer = status.map { _ in
            LinePrinter { [String(decoding: Statistics.json(gateway.snapshot([])), as: UTF8.self)] }
        }
        defer { printer?.stop() }
        try await process.run()
    }
}
