import Foundation
import NanoCore

extension Settings {
    /// Reads settings: the command line over the environment over the file over the defaults.
    ///
    /// - Parameters:
    ///   - environment: The process's environment; secrets are taken from it.
    ///   - configFile: A YAML file, which then has to be there. Without it `NANOGRIDATA_CONFIG`
    ///     is used, else the first of `$XDG_CONFIG_HOME/nanogridata/nanogridata.yaml` (or
    ///     `~/.config/…`) and `/etc/nanogridata/nanogridata.yaml` that exists.
    /// - Throws: ``SettingsError`` with a line for every problem there is.
    public static func load(
        arguments: SettingsOverrides, environment: [String: String], configFile: String?
    ) throws(SettingsError) -> Settings {
        let path = configFile ?? SettingsPlaces.configFile(environment)
        var file: SettingsFile?
        if let path { file = try SettingsFile(path: path) }
        return try load(arguments: arguments, environment: environment, file: file)
    }

    /// The same with a file that has been read.
    static func load(
        arguments: SettingsOverrides, environment: [String: String], file: SettingsFile?
    ) throws(SettingsError) -> Settings {
        var reader = SettingsReader(arguments: arguments, environment: environment, file: file)
        var settings = Settings()
        settings.read(&reader)
        reader.reportUnknownKeys()
        reader.judgeFile()
        settings.warnings += reader.warnings
        guard reader.problems.isEmpty else {
            throw SettingsError(lines: reader.sortedProblems)
        }
        return settings
    }

    private mutating func read(_ reader: inout SettingsReader) {
        name = reader.text("name", limit: 64) ?? SettingsPlaces.hostName
        ingress.read(&reader)
        secrets.read(&reader)
        intake.read(&reader, provided: secrets.provided.map(\.model))
        routes.read(&reader)
        journal.read(&reader)
        deadLetters.read(&reader)
        drainSeconds = reader.integer("delivery.drain_s", in: 0...3_600) ?? drainSeconds
        monitor.read(&reader)
        state.read(&reader)
        warnings += admin.read(&reader)
        logging.read(&reader)
        clock.read(&reader)
        watch.read(&reader)
        embedded.read(&reader)
        fleetDevices =
            reader.integer("fleet", in: 0...100_000, what: "a number of devices") ?? 0
        if embedded.isEnabled { useEmbeddedReceivers(&reader) }
        reportPortClashes(&reader)
        (relativePaths, places) = (reader.relativePaths, reader.places)
        warnings += SettingsWarnings.lines(reader) + SettingsWarnings.lines(routes)
        warnings += SettingsWarnings.lines(monitor)
        warnings += SettingsWarnings.lines(fleet: fleetDevices, ingress.tls)
        warnings += SettingsWarnings.lines(intake.limits, ingress.doors.offenders)
    }

    /// The embedded receivers take the place of whatever `alba` and `cycle` point to.
    private mutating func useEmbeddedReceivers(_ reader: inout SettingsReader) {
        let ports = ["alba": embedded.albaPort, "cycle": embedded.cyclePort]
        for index in routes.destinations.indices {
            let name = routes.destinations[index].name
            guard let port = ports[name] else { continue }
            let variable = name == "alba" ? "ALBA_ENDPOINT" : "CYCLE_ENDPOINT"
            if let finding = reader.find("routes.\(name).endpoint", variable) {
                warnings.append(
                    "\(finding.place): not used, since the embedded receiver is the endpoint of "
                        + "\(name); leave out --embedded to use it")
            }
            routes.destinations[index].endpoint = .http(.init(host: "127.0.0.1", port: port))
        }
    }
}

extension Settings.Ingress {
    fileprivate mutating func read(_ reader: inout SettingsReader) {
        host = reader.host("devices.host", "NANOGRIDATA_HOST") ?? host
        port = reader.port("devices.port", "NANOGRIDATA_PORT", allowsAny: true) ?? port
        eventLoops =
            reader.integer(
                "devices.event_loops", in: 0...256,
                note: " (0 is one for two processors, at most 4)") ?? eventLoops
        maxConnections =
            reader.integer("devices.max_connections", in: 1...1_000_000) ?? maxConnections
        maxConnectionsPerSource = reader.integer(
            "devices.max_connections_per_source", in: 1...1_000_000)
        doors.read(&reader)
        tls = Settings.DeviceTLS(&reader)
        registry.read(&reader)
        frameTimeoutSeconds =
            reader.integer("devices.frame_timeout_s", in: 1...3_600) ?? frameTimeoutSeconds
        idleTimeoutSeconds =
            reader.integer("devices.idle_timeout_s", in: 1...86_400) ?? idleTimeoutSeconds
    }
}

extension Settings.State {
    /// Where state is kept unless something else is said.
    public static func defaultFolder(_ environment: [String: String]) -> String {
        SettingsPlaces.stateFolder(environment)
    }

    /// The folder that a gateway would use, for commands that need nothing else of its settings: the
    /// rest of the file is not judged, and a file that is not asked is not read.
    ///
    /// - Throws: ``SettingsError`` when the file cannot be read, or what it says of the folder.
    public static func folder(
        environment: [String: String], configFile: String?
    ) throws(SettingsError) -> String {
        let variable = environment["NANOGRIDATA_STATE_DIR"] ?? ""
        var file: SettingsFile?
        if variable.isEmpty, let path = configFile ?? SettingsPlaces.configFile(environment) {
            file = try SettingsFile(path: path)
        }
        var reader = SettingsReader(
            arguments: SettingsOverrides(), environment: environment, file: file)
        var state = Settings.State()
        state.read(&reader)
        guard reader.problems.isEmpty else {
            throw SettingsError(lines: reader.sortedProblems)
        }
        return state.folder
    }

    fileprivate mutating func read(_ reader: inout SettingsReader) {
        let given = reader.path("state.folder", "NANOGRIDATA_STATE_DIR")
        folder = given ?? SettingsPlaces.stateFolder(reader.environment)
    }
}

extension Settings.Logging {
    /// swift-log's levels, and a shorter spelling that many programs use.
    static let levels = [
        "trace", "debug", "info", "notice", "warning", "error", "critical", "warn",
    ]

    fileprivate mutating func read(_ reader: inout SettingsReader) {
        level =
            reader.choice("logging.level", "LOG_LEVEL", of: Self.levels) {
                $0 == "warn" ? "warning" : $0
            } ?? level
        file = reader.path("logging.file")
        if let file, LogStream.descriptor(of: file) == nil, let fault = PlainFile.problem(at: file)
        {
            let place = reader.find("logging.file")?.place ?? SettingsPlace("logging.file")
            reader.report("\(place): \(SafeText.quotable(file, to: 200)) \(fault.words)")
        }
        format =
            reader.choice(
                "logging.format", of: Format.allCases.map(\.rawValue), Format.init(rawValue:))
            ?? format
    }
}

extension Settings.Embedded {
    fileprivate mutating func read(_ reader: inout SettingsReader) {
        isEnabled = reader.flag("embedded.enabled") ?? isEnabled
        albaPort = reader.port("embedded.alba_port", allowsAny: false) ?? albaPort
        cyclePort = reader.port("embedded.cycle_port", allowsAny: false) ?? cyclePort
    }
}
