extension GatewayConfiguration {
    /// What the settings say about devices, judgement, routes and the journal.
    public init(_ settings: Settings) {
        self.init()
        name = settings.name
        let ingress = settings.ingress
        deviceHost = ingress.host == Settings.allAddresses ? nil : ingress.host
        devicePort = ingress.port
        eventLoops = ingress.eventLoops == 0 ? nil : ingress.eventLoops
        maximumConnections = ingress.maxConnections
        simulatedDevices = settings.fleetDevices
        serverFiles = settings.monitor.maximumConnections
        if settings.embedded.isEnabled {
            for port in [settings.embedded.albaPort, settings.embedded.cyclePort] {
                serverFiles += settings.embeddedConnections(port: port)
            }
        }
        maximumConnectionsPerAddress = ingress.maxConnectionsPerSource
        doors = ingress.doors
        tls = ingress.tls
        monitorTLS = settings.monitor.tls
        registry = ingress.registry
        idleSeconds = ingress.idleTimeoutSeconds
        frameSeconds = ingress.frameTimeoutSeconds
        limits = settings.intake.limits
        replay = settings.intake.replay
        destinations = settings.routes.destinations.map(Destination.init)
        rules = settings.routes.rules
        journal = settings.journal
        maximumDeadLetters = settings.deadLetters.maximumCount
        profiles = Dictionary(
            settings.intake.models.map { ($0.id, $0.profile) }, uniquingKeysWith: { $1 })
        models = settings.intake.models
        drainSeconds = settings.drainSeconds
        clock = settings.clock
        watch = settings.watch
        graceHours = settings.secrets.graceHours
    }
}

extension GatewayConfiguration.Destination {
    fileprivate init(_ destination: Settings.Destination) {
        let kind: Kind =
            switch destination.endpoint {
            case .http(let endpoint): .http(url: endpoint.url)
            case .influxDB(let endpoint): .influxDB(url: endpoint.url)
            case .postgreSQL(let address): .postgreSQL(address)
            case .program(let program): .program(program)
            case .discard: .discard
            case .local: .local
            }
        self.init(
            name: destination.name, kind: kind, batchEvents: destination.batchEvents,
            lingerMilliseconds: destination.lingerMilliseconds,
            concurrency: destination.concurrency,
            timeoutMilliseconds: destination.timeoutMilliseconds,
            startsPaused: destination.startsPaused)
        access = destination.access
        copiesAudit = destination.copiesAudit
    }
}
