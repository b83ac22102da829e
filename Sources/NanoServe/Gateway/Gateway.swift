public import Logging
import NIOCore
import NIOPosix
public import NanoCore
public import ServiceLifecycle
import Synchronization

/// The gateway: puts its parts together, runs them, and answers whoever watches.
public final class Gateway: Service, GatewayPort {
    /// What changes while it runs.
    struct Status {
        var phase = GatewaySnapshot.State.starting
        var devicePort = 0
        /// Of TLS's own; 0 where there is none.
        var tlsPort = 0
        var monitorPort = 0
        var board: AlarmBoard
    }

    let configuration: GatewayConfiguration
    /// Commands from devices, for `/events`.
    public let bus = LocalBus()
    let keys: any KeySource
    let adoptions: AdoptionBook
    let registry: DeviceRegistry
    let census = DeviceCensus()
    let waiting: WaitingBook
    let offenders: Offenders
    let lanes: [Lane]
    let capture: CaptureDesk
    let routes: [Route]
    let hooks = HookRuns()
    let journal: Journal
    let deadLetters: DeadLetterOffice
    let rules: RoutingRules
    let listener: DeviceListener
    let certificates: GatewayCertificates
    /// What monitoring speaks TLS with; nil where it does not.
    public var monitorTLS: ServerTLS? { certificates.monitor }
    let house: JournalHouse
    /// Up to which timestamp frames are refused because the replay guard had lost what was accepted
    /// before the start; nil when nothing of the present was lost.
    let forgottenAtStart: UInt32?
    let folder: StateFolder
    let group: MultiThreadedEventLoopGroup
    /// For deliveries alone, so that a large batch never keeps a device waiting.
    let deliveryGroup: MultiThreadedEventLoopGroup
    let audit: AuditLog
    let auditDamage: AuditDamage
    let auditGlance: AuditGlance
    /// One for each database that gets a copy.
    let auditMirrors: [AuditMirror]
    let commands = CommandQueue()
    /// Whether a look at the offenders waits its turn among the commands, or is under way.
    let isOffenderLookQueued = Atomic<Bool>(false)
    let logger: Logger
    let desk: DiagnosisDesk
    let log: @Sendable () -> [LogLine]
    let started = Moment.now
    let status: Mutex<Status>
    let watch: WatchDesk
    let keyRefresh = Mutex(())
    let rollRefresh = Mutex(())
    private let stopRequests: AsyncStream<Void>
    private let stopRequest: AsyncStream<Void>.Continuation

    /// Builds everything; nothing listens yet.
    ///
    /// - Parameters:
    ///   - folder: For what outlives the process; it is let go of when the gateway has stopped.
    ///   - log: The newest lines of the log, for consoles.
    /// - Throws: ``StateFolder/Fault`` or `RoutingRulesError`, each one line for the operator.
    public init(
        configuration: GatewayConfiguration, folder: StateFolder, keys: any KeySource,
        logger: Logger, log: @escaping @Sendable () -> [LogLine] = { [] }
    ) throws {
        self.log = log
        self.configuration = configuration
        self.keys = keys
        self.logger = logger
        self.folder = folder
        status = Mutex(Status(board: AlarmBoard(clock: configuration.clock)))
        watch = WatchDesk(
            clock: configuration.clock, fleet: configuration.watch, keys: keys, logger: logger)
        let auditDamage = AuditDamage(logger: logger)
        self.auditDamage = auditDamage
        audit = AuditLog(stateFolder: folder.path, onDamage: auditDamage.note)
        auditGlance = AuditGlance(stateFolder: folder.path)
        auditMirrors = configuration.auditMirrors(stateFolder: folder.path, logger: logger)
        // Before anything else can keep this start from being written down.
        for replaced in keys.replacements {
            Gateway.note(replaced, in: audit, logger)
        }
        adoptions = AdoptionBook(
            stateFolder: folder.path, configuration: configuration, logger: logger)
        waiting = WaitingBook(stateFolder: folder.path, logger: logger)
        if let notice = folder.notice { logger.warning("\(notice)") }
        let now = Moment.now
        let certificates = try GatewayCertificates(configuration, now: now)
        self.certificates = certificates
        let time = TimePolicy()
        let house = try JournalHouse(
            configuration, folder: folder, now: now, futureSeconds: time.futureSeconds,
            logger: logger)
        self.house = house
        let (journal, replayGuard) = (house.journal, house.replayGuard)
        self.journal = journal
        // On a full disk, what nobody needs makes room for opening the dead letters. Should it fail,
        // the opening itself shows whether there is room.
        try? journal.keepHouse(now: now)
        deadLetters = try DeadLetterOffice(
            DeadLetterStore(heldFolder: folder.path), journal: journal,
            limit: configuration.maximumDeadLetters, logger: logger)
        forgottenAtStart = replayGuard.lostEnd(of: UInt32(clamping: now.unixSeconds))
        let rules = try RoutingRules(
            destinations: configuration.destinations.map(\.name), rules: configuration.rules)
        self.rules = rules
        group = MultiThreadedEventLoopGroup(
            numberOfThreads: configuration.eventLoops ?? max(1, min(4, System.coreCount / 2)))
        group.nameThreads("devices")
        let deliveryLoops = MultiThreadedEventLoopGroup(
            numberOfThreads: max(1, min(4, System.coreCount / 2)))
        deliveryLoops.nameThreads("deliver")
        deliveryGroup = deliveryLoops
        let sinks = DeliverySinks(
            bus: bus, hooks: hooks, journal: journal, office: deadLetters, logger: logger,
            profiles: configuration.profiles, models: configuration.models)
        let routes = try configuration.destinations.enumerated().map { place, destination in
            try sinks.route(to: destination, place: place, on: deliveryLoops.next())
        }
        self.routes = routes
        for (place, destination) in configuration.destinations.enumerated()
        where destination.startsPaused {
            _ = journal.setPaused(true, route: place)
        }
        let intake = Intake(
            configuration: IntakeConfiguration(
                keys: keys.keyTable(now: now), time: time, limits: configuration.limits),
            guard: replayGuard)
        let loops = Array(group.makeIterator())
        let hash = replayGuard.hash
        do {
            registry = try DeviceRegistry(
                stateFolder: folder.path, rules: configuration.registry, hash: hash)
            offenders = Offenders(
                configuration.doors, file: try WatchedFile(SharedFile(folder: folder.path)),
                vouched: Gateway.vouched(in: folder.path, logger), now: now)
        } catch {
            throw StateFolder.Fault(description: "\(error)", isMisconfiguration: true)
        }
        lanes = loops.indices.map { index in
            Lane(
                index: index, laneCount: loops.count, intake: intake, hash: hash, rules: rules,
                journal: journal)
        }
        capture = CaptureDesk(folder: folder.path + "/captures", lanes: lanes)
        journal.onWake { mask in
            for place in mask.indices { routes[place].wake() }
        }
        deadLetters.onWake { place in routes[place].wake() }
        let files = OpenFileBudget(
            wanted: configuration.maximumConnections,
            others: configuration.destinations.reduce(
                configuration.simulatedDevices * 2 + configuration.serverFiles
            ) { $0 + $1.openFiles })
        if let notice = files.notice { logger.warning("\(notice)") }
        listener = DeviceListener(
            configuration: DeviceListener.Configuration(
                configuration, certificates.devices, maximumConnections: files.connections),
            group: group, lanes: lanes, hash: hash, offenders: offenders,
            isFull: { journal.isFull })
        desk = DiagnosisDesk(keys: keys)
        (stopRequests, stopRequest) = AsyncStream.makeStream(bufferingPolicy: .bufferingNewest(1))
        journal.onRoomReturned { [listener] in listener.resumeReading() }
        refreshRoll()
    }

    /// Runs until the process is told to stop, or ``Command/stop`` arrives; then drains.
    ///
    /// - Throws: ``ListenError`` when the device port cannot be had; what the journal says when
    ///   accepted packets cannot be written.
    public func run() async throws {
        try folder.markRunning()
        examineAudit()
        let channel: any Channel
        do {
            try house.start()
            channel = try await listener.listen()
        } catch {
            await finishCommands()
            try? await house.stop()
            folder.markFailed()
            note(.start, .failed("\(error)"))
            await release(clean: false)
            throw error
        }
        let port = channel.localAddress?.port ?? 0
        note(.start, .done("listening for devices on port \(port)"))
        noteAuditHead()
        status.withLock {
            $0.phase = .running
            $0.devicePort = port
            $0.tlsPort = listener.tlsPort ?? 0
        }
        logListening(channel)
        for route in routes { route.wake() }
        let housekeeping = Task { await self.keepHouse() }
        await waitForStop()
        await drain(channel)
        housekeeping.cancel()
        await housekeeping.value
        await finishDeliveries()
        await finishCommands()
        endCapture()
        do {
            try await house.stop()
        } catch {
            logger.error("the journal cannot be closed", metadata: ["error": "\(error)"])
            note(.stop, .failed("the journal cannot be closed: \(error)"))
            await release(clean: false)
            throw error
        }
        note(.stop, .done("stopped"))
        for mirror in auditMirrors { await mirror.finish(within: Self.copyPatience) }
        await release()
    }

    /// Tells the port that monitoring was given, for snapshots.
    public func noteMonitorPort(_ port: Int) {
        status.withLock { $0.monitorPort = port }
    }

    /// Asks the gateway to drain and stop.
    public func stop() {
        stopRequest.yield()
    }

    private func waitForStop() async {
        await withGracefulShutdownHandler {
            var iterator = stopRequests.makeAsyncIterator()
            _ = await iterator.next()
        } onGracefulShutdown: {
            self.stopRequest.yield()
        }
    }
}

extension DeviceListener.Configuration {
    fileprivate init(
        _ configuration: GatewayConfiguration, _ tls: ServerTLS?, maximumConnections: Int
    ) {
        self.init(
            host: configuration.deviceHost, port: configuration.devicePort,
            maximumConnections: maximumConnections,
            maximumConnectionsPerAddress: configuration.maximumConnectionsPerAddress,
            idleMilliseconds: configuration.idleSeconds * 1_000,
            frameMilliseconds: configuration.frameSeconds * 1_000, rules: configuration.doors)
        guard let settings = configuration.tls, let tls else { return }
        self.tls = TLSDoor(
            tls: tls, port: settings.port, takesPlain: settings.takesPlain, naming: settings.naming)
    }
}
