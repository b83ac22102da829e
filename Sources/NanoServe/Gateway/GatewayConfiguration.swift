public import NanoCore

/// Everything that a gateway is told at its start. ``Settings`` makes one.
public struct GatewayConfiguration: Sendable {
    /// One destination.
    public struct Destination: Sendable {
        public enum Kind: Sendable {
            /// `POST`s to this URL.
            case http(url: String)
            /// `POST`s line protocol to this URL, which is that of writing with its query.
            case influxDB(url: String)
            /// Writes rows to this database.
            case postgreSQL(PostgresAddress)
            /// Runs this program.
            case program(HookProgram)
            /// Accepts and counts.
            case discard
            /// The gateway's own bus, which `/events` listens to.
            case local
        }

        public var name: String
        public var kind: Kind
        /// Events in one request, at most.
        public var batchEvents: Int
        /// How long a batch that is not full waits for more, in milliseconds.
        public var lingerMilliseconds: Double
        /// Requests under way at once, at most.
        public var concurrency: Int
        /// For one whole exchange, in milliseconds.
        public var timeoutMilliseconds: Int
        /// Whether its packets wait until somebody resumes it.
        public var startsPaused: Bool
        /// What a server wants besides its address.
        public var access = HTTPAccess()
        /// Whether a database gets a copy of the audit trail.
        public var copiesAudit = true

        /// Open files that deliveries need, at most.
        var openFiles: Int {
            switch kind {
            // Two pipes with two ends, what standard output goes to, and a handle of the process.
            case .program: concurrency * 6
            // One more for the audit trail.
            case .postgreSQL: concurrency + 1
            case .http, .influxDB, .discard, .local: concurrency
            }
        }

        public init(
            name: String, kind: Kind, batchEvents: Int = 1, lingerMilliseconds: Double = 1.5,
            concurrency: Int = 8, timeoutMilliseconds: Int = 2_000, startsPaused: Bool = false
        ) {
            self.name = name
            self.kind = kind
            self.batchEvents = batchEvents
            self.lingerMilliseconds = lingerMilliseconds
            self.concurrency = concurrency
            self.timeoutMilliseconds = timeoutMilliseconds
            self.startsPaused = startsPaused
        }
    }

    /// What consoles and `/stats` call this gateway.
    public var name = "nanogridata"
    /// Address to listen on for devices; nil for all addresses of IPv4 and IPv6.
    public var deviceHost: String?
    /// TCP port for devices; 0 picks a free one.
    public var devicePort = 5_678
    /// Event loops for devices; nil for one for two processors, at most four, so that a flood of
    /// frames leaves room for deliveries.
    public var eventLoops: Int?
    public var maximumConnections = 20_000
    /// Simulated devices in the same process, which need open files of their own.
    public var simulatedDevices = 0
    /// Open files that clients of monitoring and of embedded receivers may need.
    public var serverFiles = 0
    /// Nil for no limit.
    public var maximumConnectionsPerAddress: Int?
    /// Who may connect.
    public var doors = DoorRules()
    /// TLS on the device port; nil where it is not spoken.
    public var tls: Settings.DeviceTLS?
    /// What monitoring speaks TLS with; nil where it does not.
    public var monitorTLS: TLSFiles?
    /// Which devices are heard.
    public var registry = RegistryRules()
    /// Seconds after which a silent connection is closed.
    public var idleSeconds = 300
    /// Seconds that a frame may take from its first byte to its last.
    public var frameSeconds = 10
    public var limits = RateLimits.Configuration()
    public var replay = ReplayGuard.Configuration()
    public var destinations: [Destination] = []
    public var rules = RoutingRules.standard
    public var journal = Settings.Journal()
    /// Dead letters that are kept of each destination; the oldest go.
    public var maximumDeadLetters = Settings.DeadLetters().maximumCount
    /// Of models that are configured; the others have their standard ones.
    public var profiles: [ModelID: Profile] = [:]
    /// Models that are configured, for databases that know them by name.
    public var models: [Settings.Intake.Model] = []
    /// Seconds that deliveries get when the gateway stops.
    public var drainSeconds = 5
    public var clock = ClockRules()
    public var watch = WatchRules()
    /// Hours that a rotated secret is accepted: for whoever watches, the keystore has its own.
    public var graceHours = 0

    public init() {}
}

/// Where the gateway's secrets come from.
public protocol KeySource: Sendable {
    /// The keys that are valid at a moment.
    func keyTable(now: Moment) -> KeyTable
    /// Keys that were valid once, with a name for people, to explain failures.
    func retiredKeys(now: Moment) -> [RetiredKey]
    func snapshots(now: Moment) -> [SecretSnapshot]
    /// Secrets that this start has put in the place of others.
    var replacements: [ImportedSecret] { get }
    /// Takes over what another process has changed. Throws what to tell the operator, once.
    ///
    /// - Returns: Whether there was anything.
    func refresh(now: Moment) throws -> Bool
    /// Why what another process has changed cannot be taken over, in a sentence with the remedy; nil
    /// while nothing is left to be.
    var fault: String? { get }

    // Steps of a rotation. Each gives what was done, in a sentence without a secret, and throws what
    // to tell the operator; nothing has changed then.

    /// Makes a new secret for a model, at once the current one.
    func rotate(_ model: ModelID, now: Moment) throws -> String
    /// Makes a new secret that is accepted beside the current one.
    func stage(_ model: ModelID, now: Moment) throws -> String
    /// Makes the staged secret the current one.
    func promote(_ model: ModelID, now: Moment) throws -> String
    /// Gives the staged secret up.
    func abort(_ model: ModelID, now: Moment) throws -> String
    /// Ends the grace of a former secret.
    func revoke(_ model: ModelID, generation: Int, now: Moment) throws -> String
    /// Writes what a device's firmware has to hold to a file for the operator. A model without a
    /// secret gets one.
    func provision(
        _ model: ModelID, device: String?, host: String, port: Int, tls: Settings.DeviceTLS?,
        now: Moment
    ) throws -> String
    /// Accepts a former secret in its grace for longer.
    func extend(
        _ model: ModelID, generation: Int, untilUnixMilliseconds: Int64, now: Moment
    ) throws -> String
}
