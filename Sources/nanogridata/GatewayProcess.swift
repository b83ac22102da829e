import Foundation
import Logging
import NIOPosix
import NanoCore
import NanoServe
import ServiceLifecycle

/// A gateway with everything around it: log, keystore, monitoring, receivers, fleet.
struct GatewayProcess {
    let gateway: Gateway
    private let group: ServiceGroup
    private let log: LogOutput
    /// Whether nobody else looks after signals.
    private let trapsSignals: Bool
    /// Seconds that a graceful stop may take before whatever is left is cancelled.
    private let stopSeconds: Int

    /// For what a stop does beside delivering: frames in hand, the last answers of HTTP servers.
    private static let stopMarginSeconds = 30
    private let logger: Logger

    /// Builds everything; nothing listens yet.
    ///
    /// - Parameters:
    ///   - terminalIsTaken: Whether a console draws on the terminal and looks after signals.
    ///   - isSteeredHere: Whether that console may steer.
    /// - Throws: ``CommandFailure``.
    init(settings: Settings, terminalIsTaken: Bool, isSteeredHere: Bool = true) throws {
        if settings.fleetDevices > 0 {
            try OpenFiles.allow(settings.fleetDevices * 3 + 256, for: "--fleet")
        }
        let output: LogOutput
        do {
            output = try LogOutput(settings: settings.logging, terminalIsTaken: terminalIsTaken)
        } catch {
            throw Self.failure(error)
        }
        log = output
        let keys: Keystore
        let isKeptFromDumps = CoreDumps.forbid()
        do {
            let folder = try StateFolder(path: settings.state.folder)
            let key = try KeystoreKey(
                environment: ProcessInfo.processInfo.environment, folder: settings.state.folder,
                mayMake: true)
            keys = try Keystore(
                folder: folder, key: key, secrets: settings.secrets,
                intake: settings.intake, generatesMissing: settings.fleetDevices > 0,
                now: Self.now)
            gateway = try Gateway(
                configuration: GatewayConfiguration(settings), folder: folder, keys: keys,
                logger: log.logger(label: "gateway"), log: { output.lines })
        } catch {
            output.flush()
            throw Self.failure(error)
        }
        let logger = log.logger(label: "process")
        for line in keys.imports { logger.notice("\(line)") }
        for line in settings.warnings + keys.notices { logger.warning("\(line)") }
        if !isKeptFromDumps {
            logger.warning("the system does not keep secrets in memory out of core dumps")
        }
        if keys.keyTable(now: Self.now).models.isEmpty {
            logger.warning(
                "no model has a secret, so every frame is refused; set NANOGRIDATA_ESP32_SECRET")
        }
        let environment = ProcessInfo.processInfo.environment
        let user = AuditActor.current(.console, environment: environment).user
        let services = Self.services(
            settings, gateway, keys, log, ownOperator: terminalIsTaken && isSteeredHere ? user : nil
        )
        var configuration = ServiceGroupConfiguration(
            services: services.map {
                .init(
                    service: $0, successTerminationBehavior: .gracefullyShutdownGroup,
                    failureTerminationBehavior: .gracefullyShutdownGroup)
            }, logger: log.logger(label: "services"))
        stopSeconds = settings.drainSeconds + Self.stopMarginSeconds
        configuration.maximumGracefulShutdownDuration = .seconds(stopSeconds)
        trapsSignals = !terminalIsTaken
        group = ServiceGroup(configuration: configuration)
        self.logger = logger
    }

    /// A host as it stands in a URL; all addresses are answered on the loopback one, too.
    private static func urlHost(_ host: String) -> String {
        if [Settings.allAddresses, "0.0.0.0", "::"].contains(host) { return "127.0.0.1" }
        return host.contains(":") ? "[\(host)]" : host
    }

    private static func monitorURL(_ monitor: Settings.Monitor, _ port: Int) -> String {
        "\(monitor.tls == nil ? "http" : "https")://\(urlHost(monitor.host)):\(port)"
    }

    /// In the order of their start. They stop the other way round: what produces before what
    /// consumes.
    private static func services(
        _ settings: Settings, _ gateway: Gateway, _ keys: Keystore, _ log: LogOutput,
        ownOperator: String?
    ) -> [any Service] {
        let loops = MultiThreadedEventLoopGroup.singleton
        var services: [any Service] = []
        if settings.embedded.isEnabled {
            let ports = [
                ("ALBA", settings.embedded.albaPort), ("CYCLE", settings.embedded.cyclePort),
            ]
            services += ports.map { name, port in
                Collector(
                    name: name, port: port, hosts: settings.monitor.hosts,
                    maximumConnections: settings.embeddedConnections(port: port), group: loops,
                    logger: log.logger(label: "embedded.\(name.lowercased())"))
            }
        }
        services.append(
            Monitor(
                settings: settings.monitor, gateway: gateway,
                events: { gateway.bus.subscribe(bufferedEvents: 256) }, tls: gateway.monitorTLS,
                group: loops, logger: log.logger(label: "monitor")
            ) { port in
                gateway.noteMonitorPort(port)
                log.logger(label: "monitor").info(
                    "listening for monitoring",
                    metadata: ["address": "\(Self.monitorURL(settings.monitor, port))"])
            })
        if settings.admin.isEnabled {
            services.append(
                AdminService(
                    settings: settings.admin, stateFolder: settings.state.folder, gateway: gateway,
                    ownOperator: ownOperator,
                    group: loops, logger: log.logger(label: "admin")))
        }
        services.append(gateway)
        if settings.fleetDevices > 0 {
            services.append(
                FleetService(
                    gateway: gateway, keys: keys, settings: settings,
                    logger: log.logger(label: "fleet")))
        }
        return services
    }

    /// Runs until it is told to stop.
    ///
    /// - Throws: ``CommandFailure`` when a part could not start, or the end was not clean.
    func run() async throws {
        let signals = trapsSignals ? await StopSignals.watch(stop) : nil
        defer { signals?.cancel() }
        let end: Result<Void, any Error>
        do {
            end = .success(try await group.run())
            logger.info("stopped")
        } catch {
            end = .failure(error)
        }
        log.flush()
        do {
            try end.get()
        } catch is CancellationError {
            throw CommandFailure.failed(
                "the stop took more than \(stopSeconds) s; what was left to do is given up")
        } catch {
            throw Self.failure(error)
        }
    }

    /// What settings are to blame for is bad configuration; a port in use for instance is not.
    private static func failure(_ error: any Error) -> CommandFailure {
        let isMisconfiguration =
            (error as? any StartFault)?.isMisconfiguration
            ?? (error is KeystoreError || error is LogOutput.Fault)
        return isMisconfiguration ? .misuse(["\(error)"]) : .failed("\(error)")
    }

    /// Begins a graceful stop.
    func stop() async {
        await group.triggerGracefulShutdown()
    }

    private static var now: Moment {
        Moment(
            unixMilliseconds: Int64(Date().timeIntervalSince1970 * 1_000),
            monotonicNanoseconds: DispatchTime.now().uptimeNanoseconds)
    }
}
