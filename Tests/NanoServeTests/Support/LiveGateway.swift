import AsyncHTTPClient
import Foundation
import NIOCore
import NIOPosix
import NanoCore
import NanoServe
import ServiceLifecycle
import Testing

/// A gateway that runs: real sockets for devices, destinations and monitoring.
final class LiveGateway: Sendable {
    struct Failure: Error, CustomStringConvertible {
        let description: String
    }

    let gateway: Gateway
    let stateFolder: String
    let log: LogRecorder
    private let monitor: RunningServer
    private let running: Task<Void, any Error>

    fileprivate init(
        _ configuration: GatewayConfiguration, in folder: StateFolder, at path: String,
        keys: any KeySource, log: LogRecorder
    ) async throws {
        self.log = log
        stateFolder = path
        let gateway = try Gateway(
            configuration: configuration, folder: folder, keys: keys, logger: log.logger)
        self.gateway = gateway
        let ended = Counter()
        running = Task {
            defer { ended.add() }
            try await gateway.run()
        }
        var settings = Settings.Monitor()
        settings.port = 0
        monitor = try await RunningServer { [settings] listening in
            try await Monitor(
                settings: settings, gateway: gateway,
                events: { gateway.bus.subscribe(bufferedEvents: 64) },
                group: MultiThreadedEventLoopGroup.singleton, logger: RunningServer.logger,
                whenListening: listening
            ).run()
        }
        let isUp = try await eventually {
            gateway.snapshot([]).gateway.devicePort > 0 || ended.value > 0
        }
        guard isUp, ended.value == 0 else {
            try await running.value
            throw Failure(description: "the gateway does not start: \(log.lines)")
        }
    }

    /// Where `/events` and the other pages are.
    var monitorURL: String { "http://127.0.0.1:\(monitor.port)" }

    /// A connection of a device.
    func connect() async throws -> any Channel {
        try await ClientBootstrap(group: MultiThreadedEventLoopGroup.singleton)
            .connect(host: "127.0.0.1", port: gateway.snapshot([]).gateway.devicePort).get()
    }

    /// Sends frames on a connection of their own, in one write.
    func send(_ frames: [[UInt8]]) async throws {
        let connection = try await connect()
        try await connection.writeAndFlush(ByteBuffer(bytes: frames.flatMap(\.self)))
        try await connection.close()
    }

    /// A number in `/stats`, by its path: `packets.accepted`.
    func number(_ path: String) async throws -> Int {
        Self.number(path, in: try await monitor.get("/stats").object)
    }

    /// A text in `/stats`, by its path.
    func text(_ path: String) async throws -> String {
        Self.find(path, in: try await monitor.get("/stats").object) as? String ?? ""
    }

    /// Waits until a number in `/stats` has a value, and everything accepted is committed.
    func reaches(
        _ path: String, _ value: Int, sourceLocation: SourceLocation = #_sourceLocation
    ) async throws {
        let holds = try await eventually {
            guard try await number(path) == value else { return false }
            return try await number("ledger.committing") == 0
        }
        guard !holds else { return }
        let found = try await number(path)
        Issue.record(
            "\(path) is \(found), never \(value); \(log.lines.suffix(5))",
            sourceLocation: sourceLocation)
        throw Failure(description: "\(path) never became \(value)")
    }

    /// A page of the monitor.
    func get(_ path: String) async throws -> RunningServer.Answer { try await monitor.get(path) }

    func perform(_ command: Command) async -> CommandResult {
        await withCheckedContinuation { continuation in
            gateway.perform(command) { continuation.resume(returning: $0) }
        }
    }

    /// Asks the gateway to stop and waits until it has.
    func stop() async throws {
        gateway.stop()
        try await running.value
    }

    /// Asserts the equations of the ledger on the numbers of `/stats`.
    func expectBalance(sourceLocation: SourceLocation = #_sourceLocation) async throws {
        let stats = try await monitor.get("/stats").object
        func number(_ path: String) -> Int { Self.number(path, in: stats) }
        let reasons = RefusalReason.allCases.map { number("refused.\($0.name)") }
        #expect(
            number("packets.received")
                == reasons.reduce(0, +) + number("packets.accepted") + number("ledger.committing"),
            sourceLocation: sourceLocation)
        for name in gateway.snapshot([]).routes.map(\.name) {
            let parts = [
                "delivered", "waiting", "in_flight", "dead_letters", "expired", "skipped",
            ].map { number("routes.\(name).\($0)") }
            #expect(
                number("routes.\(name).accepted") == parts.reduce(0, +), "\(name): \(parts)",
                sourceLocation: sourceLocation)
        }
    }

    private static func number(_ path: String, in stats: [String: Any]) -> Int {
        (find(path, in: stats) as? NSNumber)?.intValue ?? -1
    }

    private static func find(_ path: String, in stats: [String: Any]) -> Any? {
        var node: Any? = stats
        for name in path.split(separator: ".") {
            node = (node as? [String: Any])?[String(name)]
        }
        return node
    }
}

/// Runs a scenario with a gateway, stops the gateway, and asserts that its ledger balances.
///
/// - Parameters:
///   - alba: The endpoint, as operators write it.
///   - cycle: Likewise.
///   - routes: Further keys of `routes.alba`, a line of YAML each. Without a `timeout_ms` destinations have a
///     minute to answer.
///   - yaml: The rest of the configuration file; it cannot have `routes` if these are given.
///   - state: The state folder; a new one by default.
///   - keys: Puts something in front of the gateway's secrets.
func withGateway(
    alba: String = "discard:", cycle: String = "discard:", routes: [String] = [],
    yaml: String = "", environment: [String: String] = [:], state: String? = nil,
    adjust: (inout GatewayConfiguration) -> Void = { _ in },
    keys: (Keystore) -> any KeySource = { $0 },
    sourceLocation: SourceLocation = #_sourceLocation,
    _ scenario: (LiveGateway) async throws -> Void
) async throws {
    let folder = try TemporaryFolder()
    var variables = DeviceFrames.environment
    variables["ALBA_ENDPOINT"] = alba
    variables["CYCLE_ENDPOINT"] = cycle
    variables["NANOGRIDATA_STATE_DIR"] = state ?? folder.path + "/state"
    variables["NANOGRIDATA_HOST"] = "127.0.0.1"
    variables["NANOGRIDATA_PORT"] = "0"
    variables.merge(environment) { $1 }
    let lines = routes.map { "    \($0)\n" }.joined()
    let file = yaml + (routes.isEmpty ? "" : "\nroutes:\n  alba:\n\(lines)")
    let settings = try load(file, variables)
    let path = settings.state.folder
    let held = try StateFolder(path: path)
    let keystore = try Keystore(
        folder: held, key: KeystoreKey(environment: [:], folder: path, mayMake: true),
        secrets: settings.secrets, intake: settings.intake,
        generatesMissing: false, now: Moment(unixMilliseconds: 0, monotonicNanoseconds: 0))
    var configuration = GatewayConfiguration(settings)
    // Where the machine stands still for seconds, no destination is late, unless a test says when.
    if !file.contains("timeout_ms") {
        for place in configuration.destinations.indices {
            configuration.destinations[place].timeoutMilliseconds = 60_000
        }
    }
    adjust(&configuration)
    let live = try await LiveGateway(
        configuration, in: held, at: path, keys: keys(keystore), log: LogRecorder())
    do {
        try await scenario(live)
    } catch {
        try await live.stop()
        throw error
    }
    try await live.stop()
    try await live.expectBalance(sourceLocation: sourceLocation)
}
