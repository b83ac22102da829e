import ArgumentParser
import Foundation
import NanoCore
import NanoServe
import NanoSim

/// Sends a gateway what a fleet of devices would, attackers among them.
struct SimulateCommand: AsyncParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "simulate",
        abstract: "Send a gateway the frames of a simulated fleet.",
        discussion: """
            Secrets come from the variables that a gateway reads (NANOGRIDATA_ESP32_SECRET and so \
            on), from --secret or from --secrets.

            Examples:
              nanogridata simulate --devices 500 --rate 2 --faults all
              nanogridata simulate --models 0x10:60,0x20:30,0x30:10 --secrets secrets.txt
              nanogridata simulate --types telemetry:1,command:1 --levels 0x10:military
              nanogridata simulate --keying 0x30=device --encryption 0x30=aes-256-gcm
              nanogridata simulate --faults replay:1,forged:0.5 --duration 60 --seed 7
              nanogridata simulate --tls --tls-ca plant-ca.pem --host gateway.plant.example

            Faults, each with a percentage of the devices, at least one beside the honest devices: \
            replay, forged, wrong-generation, garbage, slow-loris and truncated are attackers; \
            clock-drift is a device with a wrong clock.
            A summary in JSON ends the run. Exit codes: 0 fine, 1 failed, also when no connection \
            could be made or all were turned away, 2 bad usage.
            """)

    @Option(
        parsing: .unconditional,
        help: "Honest devices, each with its own connection. (default: 100)",
        transform: Limited.integer(1...100_000))
    var devices = 100

    @Option(
        parsing: .unconditional,
        help: "Frames a second from each device, on average. (default: 1.0)",
        transform: Limited.number(0.001...1_000))
    var rate = 1.0

    @Option(help: "Models and their shares, 0x10:60,0x20:40; all with a secret by default.")
    var models: String?

    @Option(help: "Levels of models, 0x10:high,0x30:military; what the gateway needs by default.")
    var levels: String?

    @Option(help: "Payload types and their shares, telemetry:90,event:10; mostly telemetry.")
    var types: String?

    @Option(
        name: [.long, .customLong("attack")],
        help: "all, none, or faults and their percentages: replay:1,forged:0.5.")
    var faults = "none"

    @Option(help: "The gateway's name or address.")
    var host = "127.0.0.1"

    @Option(
        parsing: .unconditional, help: "The gateway's port for devices. (default: 5678)",
        transform: Limited.integer(1...65_535))
    var port = 5678

    @Option(
        parsing: .unconditional, help: "Makes a run repeatable; random by default.",
        transform: Limited.integer(0...UInt64.max))
    var seed: UInt64?

    @Option(
        parsing: .unconditional, help: "Seconds to run; until interrupted by default.",
        transform: Limited.number(0.1...31_536_000))
    var duration: Double?

    @OptionGroup var secretOptions: SecretOptions
    @OptionGroup var keyingOptions: KeyingOptions
    @OptionGroup var tlsOptions: FleetTLSOptions

    func run() async throws {
        let configuration = try fleetConfiguration()
        try OpenFiles.allow(configuration.devices * 2 + 64, for: "--devices")
        let place = "\(configuration.host) port \(configuration.port)"
        let faulty = configuration.faultyWords.map { " and \($0)" } ?? ""
        let honest = PlainWords.count(UInt64(configuration.devices), "honest device")
        let send = configuration.devices == 1 && faulty.isEmpty ? "sends" : "send"
        printError("\(honest)\(faulty) \(send) to \(place)")
        let fleet = Fleet(configuration)
        let start = ContinuousClock.now
        let task = Task { try await fleet.run() }
        let signals = [SIGINT, SIGTERM].map { Self.onSignal($0) { task.cancel() } }
        let progress = Task { await Self.showProgress(of: fleet) }
        let result = await task.result
        progress.cancel()
        await progress.value
        signals.forEach { $0.cancel() }
        if case .failure(let error) = result {
            throw CommandFailure.failed("\(configuration.host): \(error)")
        }
        let statistics = fleet.statistics
        print(summary(statistics, configuration, ContinuousClock.now - start))
        if statistics.connects == 0 {
            let remedy = statistics.lastFault.map { SafeText.escaped($0) }
            throw CommandFailure.failed(
                "no connection to \(place) could be made in "
                    + "\(PlainWords.count(UInt64(statistics.failedConnects), "attempt")); \(remedy ?? "is a gateway listening there?")"
            )
        }
        if statistics.kept == 0, statistics.cutShort > 0 {
            throw CommandFailure.failed(
                "all \(statistics.cutShort) connections to \(place) were closed within a second; "
                    + "connections.turned_away_by in the gateway's /stats says why")
        }
    }

    /// What the arguments say.
    ///
    /// - Throws: ``CommandFailure`` with exit code 2.
    private func fleetConfiguration() throws -> FleetConfiguration {
        var problems = SimulationProblems()
        var configuration = FleetConfiguration()
        configuration.secrets = try secretOptions.load(
            with: ProcessInfo.processInfo.environment)
        let choices = try keyingOptions.load()
        configuration.keying = choices.keying
        configuration.encryption = choices.encryption
        configuration.devices = devices
        configuration.ratePerDevice = rate
        configuration.host = host
        configuration.port = port
        configuration.seed = seed ?? UInt64.random(in: 1...999_999)
        configuration.duration = duration.map { .seconds($0) }
        configuration.faults = problems.faults(faults)
        configuration.tls = tlsOptions.load(problems: &problems.lines)
        if let models { configuration.modelWeights = problems.models(models) }
        if let levels { configuration.levels = problems.levels(levels) }
        if let types { configuration.typeWeights = problems.types(types) }
        // Said alone: whoever has mistaken an option should read of that.
        if configuration.secrets.isEmpty, problems.lines.isEmpty {
            problems.lines.append(
                "no secret is given; set NANOGRIDATA_ESP32_SECRET, --secret or --secrets")
        } else if models != nil, !configuration.secrets.isEmpty {
            for model in configuration.modelWeights.keys.sorted()
            where configuration.secrets[model] == nil {
                problems.lines.append("--models: no secret is given for \(model)")
            }
        }
        guard problems.lines.isEmpty else { throw CommandFailure.misuse(problems.lines) }
        return configuration
    }

    private static func onSignal(
        _ number: Int32, _ body: @escaping @Sendable () -> Void
    ) -> any DispatchSourceSignal {
        signal(number, SIG_IGN)
        let source = DispatchSource.makeSignalSource(signal: number, queue: .global())
        source.setEventHandler(handler: body)
        source.resume()
        return source
    }

    /// Keeps a line on the terminal up to date, once a second.
    private static func showProgress(of fleet: Fleet) async {
        guard isatty(STDERR_FILENO) == 1 else { return }
        var before = 0
        while (try? await Task.sleep(for: .seconds(1))) != nil {
            let now = fleet.statistics
            let line =
                "\r\(now.connected) connected, \(now.frames) frames, \(now.frames - before)/s, "
                + "\(now.faults.values.reduce(0, +)) faulty, "
                + "\(now.failedConnects) failed connects\u{1B}[K"
            FileHandle.standardError.write(Data(line.utf8))
            before = now.frames
        }
        FileHandle.standardError.write(Data("\n".utf8))
    }

    private func summary(
        _ statistics: FleetStatistics, _ configuration: FleetConfiguration, _ elapsed: Duration
    ) -> String {
        let faults = FleetFault.allCases.compactMap { fault in
            statistics.faults[fault].map { "\"\(fault.rawValue)\":\($0)" }
        }
        let seconds = (elapsed / .seconds(1) * 1_000).rounded() / 1_000
        return "{\"seed\":\(configuration.seed),\"seconds\":\(seconds),"
            + "\"devices\":\(configuration.devices),\"frames\":\(statistics.frames),"
            + "\"bytes\":\(statistics.bytes),\"connects\":\(statistics.connects),"
            + "\"failed_connects\":\(statistics.failedConnects),"
            + "\"held_back\":\(statistics.heldBack),"
            + "\"faults\":{\(faults.joined(separator: ","))}}"
    }
}

/// Reads the arguments of a simulation, and keeps what is wrong with them.
private struct SimulationProblems {
    var lines: [String] = []

    mutating func models(_ text: String) -> [ModelID: Double] {
        var models: [ModelID: Double] = [:]
        for (name, share) in pairs(text, "--models", "0x10:60") {
            guard let model = ModelID(argument: name), models[model] == nil, share > 0 else {
                lines.append(
                    "--models: \(SafeText.quotable(name, to: 40)) is not one of "
                        + ModelID.allValueStrings.joined(separator: ", ")
                        + ", named once, with a share above 0")
                continue
            }
            models[model] = share
        }
        return models
    }

    mutating func levels(_ text: String) -> [ModelID: SecurityLevel] {
        var levels: [ModelID: SecurityLevel] = [:]
        for part in text.split(separator: ",", omittingEmptySubsequences: false) {
            let words = part.split(separator: ":", omittingEmptySubsequences: false)
                .map { $0.trimmingCharacters(in: .whitespaces) }
            guard words.count == 2, let model = ModelID(argument: words[0]), levels[model] == nil,
                let level = SecurityLevel(name: words[1])
            else {
                lines.append(
                    "--levels: expected models, each named once, with none, standard, high or "
                        + "military, like 0x10:high; found "
                        + SafeText.quotable(String(part), to: 40))
                continue
            }
            levels[model] = level
        }
        return levels
    }

    mutating func types(_ text: String) -> [PayloadType: Double] {
        var types: [PayloadType: Double] = [:]
        for (name, share) in pairs(text, "--types", "telemetry:90") {
            guard let type = PayloadType(name: name), types[type] == nil, share > 0 else {
                let known = PayloadType.allCases.map(\.name).joined(separator: ", ")
                lines.append(
                    "--types: \(SafeText.quotable(name, to: 40)) is not one of \(known), named "
                        + "once, with a share above 0")
                continue
            }
            types[type] = share
        }
        return types
    }

    mutating func faults(_ text: String) -> [FleetFault: Double] {
        if text == "none" { return [:] }
        if text == "all" {
            return FleetConfiguration.everyFault
        }
        var faults: [FleetFault: Double] = [:]
        for part in text.split(separator: ",", omittingEmptySubsequences: false) {
            let words = part.split(separator: ":", omittingEmptySubsequences: false)
            let name = words[0].trimmingCharacters(in: .whitespaces)
            guard let fault = FleetFault(rawValue: name) else {
                let known = FleetFault.allCases.map(\.rawValue).joined(separator: ", ")
                let shown = SafeText.quotable(name, to: 40)
                let what =
                    ["all", "none"].contains(name)
                    ? "\(shown) stands alone, without others and without a percentage"
                    : "\(shown) is not a fault"
                lines.append(
                    "--faults: \(what); use all, none, "
                        + "or some of \(known), each with its percentage, like replay:1")
                continue
            }
            guard words.count == 2, let percent = Double(words[1]), (0...100).contains(percent)
            else {
                lines.append(
                    "--faults: \(name) needs a percentage from 0 to 100, like \(name):1; found "
                        + SafeText.quotable(String(part), to: 40))
                continue
            }
            faults[fault] = percent
        }
        return faults
    }

    /// Names with numbers, `a:1,b:2.5`.
    private mutating func pairs(
        _ text: String, _ option: String, _ example: String
    ) -> [(String, Double)] {
        text.split(separator: ",", omittingEmptySubsequences: false).compactMap { part in
            let words = part.split(separator: ":", omittingEmptySubsequences: false)
            guard words.count == 2, let number = Double(words[1]), number.isFinite, number >= 0
            else {
                lines.append(
                    "\(option): expected \(example), found "
                        + SafeText.quotable(String(part), to: 40))
                return nil
            }
            return (words[0].trimmingCharacters(in: .whitespaces), number)
        }
    }
}
