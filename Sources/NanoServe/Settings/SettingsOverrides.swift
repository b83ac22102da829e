/// What the command line says, which overrides everything else. Nil where it says nothing.
public struct SettingsOverrides: Equatable, Sendable {
    /// `--name`
    public var name: String?
    /// `--host`, for devices and monitoring alike.
    public var host: String?
    /// `--port`, for devices.
    public var port: Int?
    /// `--metrics-port`
    public var metricsPort: Int?
    /// `--state-dir`
    public var stateDirectory: String?
    /// `--minimum-level`, for every model.
    public var minimumLevel: String?
    /// `--alba-endpoint`
    public var albaEndpoint: String?
    /// `--cycle-endpoint`
    public var cycleEndpoint: String?
    /// `--log-level`
    public var logLevel: String?
    /// `--log-file`
    public var logFile: String?
    /// `--embedded`
    public var embedded = false
    /// `--alba-port`, for the embedded receiver.
    public var albaPort: Int?
    /// `--cycle-port`, for the embedded receiver.
    public var cyclePort: Int?
    /// `--fleet`: simulated devices.
    public var fleet: Int?

    public init() {}

    /// Option and text for each key that is set.
    var values: [String: (option: String, text: String)] {
        var values: [String: (option: String, text: String)] = [:]
        func set(_ key: String, _ option: String, _ text: String?) {
            if let text { values[key] = (option, text) }
        }
        set("name", "--name", name)
        set("devices.host", "--host", host)
        set("monitor.host", "--host", host)
        set("devices.port", "--port", port?.description)
        set("monitor.port", "--metrics-port", metricsPort?.description)
        set("state.folder", "--state-dir", stateDirectory)
        set("intake.minimum_level", "--minimum-level", minimumLevel)
        set("routes.alba.endpoint", "--alba-endpoint", albaEndpoint)
        set("routes.cycle.endpoint", "--cycle-endpoint", cycleEndpoint)
        set("logging.level", "--log-level", logLevel)
        set("logging.file", "--log-file", logFile)
        set("embedded.enabled", "--embedded", embedded ? "true" : nil)
        set("embedded.alba_port", "--alba-port", albaPort?.description)
        set("embedded.cycle_port", "--cycle-port", cyclePort?.description)
        set("fleet", "--fleet", fleet?.description)
        return values
    }
}

/// Everything that is wrong with the settings.
public struct SettingsError: Error, Equatable, Sendable, CustomStringConvertible {
    /// One line a problem: where, what, and what is allowed. None holds a secret.
    public var lines: [String]

    public init(lines: [String]) {
        self.lines = lines
    }

    public var description: String { lines.joined(separator: "\n") }
}
