import ArgumentParser
import Foundation
import NanoCore
import NanoServe

/// Judges a configuration without starting anything.
struct CheckConfig: ParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "check-config",
        abstract: "Check the configuration and show what would be in effect.",
        discussion: """
            Reads the file and the environment as the gateway would at its start, and looks at what \
            it would need then: the keystore with its key, certificates, the admin socket's folder. \
            Every mistake is named with file, line and key, or with its variable. Nothing is started \
            and nothing is written; secrets are checked but never shown. Run it as the gateway's user; \
            run by root, it judges for the user whom the file belongs to.

            Examples:
              nanogridata check-config nanogridata.yaml    check this file
              nanogridata check-config                     check what `serve` would use

            Exit codes: 0 the configuration is fine, 2 it is not.
            """)

    @Argument(help: "The YAML file. Without it, the one that `serve` would read, if any.")
    var file: String?
    @Option(name: .long, help: "The same, as `serve` has it.")
    var config: String?

    func validate() throws {
        guard file != nil, config != nil else { return }
        throw ValidationError("--config: the file is named twice; name it once")
    }

    func run() throws {
        let user = SettingsOwner.become(
            of: file ?? config, environment: ProcessInfo.processInfo.environment)
        if let user { printError("nanogridata: judged for user \(user), whom the file belongs to") }
        let settings: Settings
        do {
            settings = try Settings.load(
                arguments: SettingsOverrides(),
                environment: ProcessInfo.processInfo.environment, configFile: file ?? config)
        } catch {
            throw CommandFailure.misuse(error.lines)
        }
        let check = StartCheck(
            settings, environment: ProcessInfo.processInfo.environment,
            now: Moment(
                unixMilliseconds: Int64(Date().timeIntervalSince1970 * 1_000),
                monotonicNanoseconds: 0))
        for warning in settings.warnings + check.warnings {
            printError("nanogridata: \(warning)")
        }
        guard check.problems.isEmpty else { throw CommandFailure.misuse(check.problems) }
        let registry = settings.registryReport()
        if let warning = registry.warning { printError("nanogridata: \(warning)") }
        print("ok")
        for line in settings.summary { print(line) }
        if let devices = registry.devices { print(devices) }
    }
}
