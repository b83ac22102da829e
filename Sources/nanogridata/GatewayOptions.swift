import ArgumentParser
import Foundation
import NanoServe

/// What `serve` and `console` understand alike. What is not given here comes from the environment,
/// then from the configuration file.
struct GatewayOptions: ParsableArguments {
    @Option(name: .long, help: "YAML file with settings (see docs/configuration.md).")
    var config: String?

    @Option(name: .long, help: "What this gateway is called.")
    var name: String?

    @Option(name: .long, help: "Address to listen on, for devices and monitoring alike.")
    var host: String?

    @Option(
        name: .long, parsing: .unconditional, help: "TCP port for devices; 0 picks a free one.",
        transform: Limited.integer(0...65_535))
    var port: Int?

    @Option(
        name: .long, parsing: .unconditional, help: "TCP port for monitoring; 0 picks a free one.",
        transform: Limited.integer(0...65_535))
    var metricsPort: Int?

    @Option(name: .long, help: "Folder for what outlives the process.")
    var stateDir: String?

    @Option(name: .long, help: "none, standard, high or military, for every model.")
    var minimumLevel: String?

    @Option(name: .long, help: "Where ALBA listens: http://host:port, or discard:.")
    var albaEndpoint: String?

    @Option(name: .long, help: "Where CYCLE listens: http://host:port, or discard:.")
    var cycleEndpoint: String?

    @Option(name: .long, help: "trace, debug, info, notice, warning, error or critical.")
    var logLevel: String?

    @Option(name: .long, help: "File that log lines are appended to.")
    var logFile: String?

    @Flag(name: .long, help: "Start receivers in ALBA's and CYCLE's place, and deliver to them.")
    var embedded = false

    @Option(
        name: .long, parsing: .unconditional, help: "TCP port of the embedded ALBA.",
        transform: Limited.integer(1...65_535))
    var albaPort: Int?

    @Option(
        name: .long, parsing: .unconditional, help: "TCP port of the embedded CYCLE.",
        transform: Limited.integer(1...65_535))
    var cyclePort: Int?

    @Option(
        name: .long, parsing: .unconditional,
        help: "Start so many simulated devices; missing secrets are made.",
        transform: Limited.integer(0...100_000))
    var fleet: Int?

    /// Whether none is given.
    var isEmpty: Bool { config == nil && overrides == SettingsOverrides() }

    /// - Throws: ``CommandFailure`` with a line for every mistake.
    func settings() throws -> Settings {
        do {
            return try Settings.load(
                arguments: overrides, environment: ProcessInfo.processInfo.environment,
                configFile: config)
        } catch {
            throw CommandFailure.misuse(error.lines)
        }
    }

    private var overrides: SettingsOverrides {
        var overrides = SettingsOverrides()
        overrides.name = name
        overrides.host = host
        overrides.port = port
        overrides.metricsPort = metricsPort
        overrides.stateDirectory = stateDir
        overrides.minimumLevel = minimumLevel
        overrides.albaEndpoint = albaEndpoint
        overrides.cycleEndpoint = cycleEndpoint
        overrides.logLevel = logLevel
        overrides.logFile = logFile
        overrides.embedded = embedded
        overrides.albaPort = albaPort
        overrides.cyclePort = cyclePort
        overrides.fleet = fleet
        return overrides
    }
}
