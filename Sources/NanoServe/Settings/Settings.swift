public import NanoCore

/// Everything that an operator can decide about a gateway, validated.
///
/// Each part is a plain struct whose initial values are the defaults. ``load(arguments:environment:configFile:)``
/// fills them from the command line, the environment and a YAML file; `docs/configuration.md`
/// lists every key.
public struct Settings: Sendable {
    /// What the gateway is called on screen and in `/stats`. Key `name`; default the host's name.
    public var name = "nanogridata"
    public var ingress = Ingress()
    public var intake = Intake()
    public var routes = Routes()
    public var journal = Journal()
    public var deadLetters = DeadLetters()
    /// Seconds that deliveries get when the gateway stops. Key `delivery.drain_s`; default 5.
    public var drainSeconds = 5
    public var monitor = Monitor()
    public var admin = Admin()
    public var state = State()
    public var secrets = Secrets()
    public var logging = Logging()
    public var clock = ClockRules()
    public var watch = WatchRules()
    public var embedded = Embedded()
    /// Simulated devices to start beside the gateway; 0 for none. Option `--fleet`; default 0.
    public var fleetDevices = 0
    /// What is allowed but probably not meant, a line each; to be logged at the start.
    public var warnings: [String] = []
    /// Paths that depend on where the gateway is started.
    package var relativePaths: [RelativePath] = []
    /// Where paths and hosts were given, by key: `nanogridata.yaml:12: state.folder`; none for those that were not.
    package var places: [String: String] = [:]

    /// A path as it was given, and where.
    package struct RelativePath: Equatable, Sendable {
        /// `nanogridata.yaml:12: state.folder`
        package var place: String
        package var path: String
    }

    public init() {}
}

extension Settings {
    /// The listener for devices. Section `devices`.
    public struct Ingress: Equatable, Sendable {
        /// Address to bind to; ``allAddresses`` for every IPv4 and IPv6 address. Key
        /// `devices.host`, environment `NANOGRIDATA_HOST`; default ``allAddresses``.
        public var host = Settings.allAddresses
        /// TCP port, 0 for any free one. Key `devices.port`, environment `NANOGRIDATA_PORT`;
        /// default 5678.
        public var port = 5678
        /// Threads that serve connections; 0 for one for two processors, at most 4.
        /// Key `devices.event_loops`; default 0.
        public var eventLoops = 0
        /// Open connections in all. Key `devices.max_connections`; default 10,000.
        public var maxConnections = 10_000
        /// Open connections of one address; nil for no limit. Key
        /// `devices.max_connections_per_source`; default none.
        public var maxConnectionsPerSource: Int?
        /// Who may connect, and how often. Keys `devices.allow`, `devices.deny`,
        /// `devices.proxy_protocol.trusted`, `devices.connections_per_second` and
        /// `devices.connections_per_second_per_source`; default everybody, as often as they like.
        public var doors = DoorRules()
        /// TLS; nil where it is not spoken. Section `devices.tls`.
        public var tls: DeviceTLS?
        /// Which devices are heard. Keys `devices.registry`, `devices.unknown` and
        /// `devices.known`; default all.
        public var registry = RegistryRules()
        /// Seconds that a frame may take from its first byte to its last. Key
        /// `devices.frame_timeout_s`; default 10.
        public var frameTimeoutSeconds = 10
        /// Seconds without a byte after which a connection is closed. Key
        /// `devices.idle_timeout_s`; default 300.
        public var idleTimeoutSeconds = 300

        public init() {}
    }

    /// How frames are judged. Sections `intake`, `models`, `replay` and `limits`.
    public struct Intake: Sendable {
        /// One kind of device. Section `models.<id>`.
        public struct Model: Equatable, Sendable {
            public var id: ModelID
            /// What people call it. Key `models.<id>.name`; default the family's name, or the id.
            public var name: String
            /// Lowest level accepted. Key `models.<id>.minimum_level`; default `high` for 0x30,
            /// `standard` for the others. ``Intake/minimumLevel`` replaces all.
            public var minimumLevel: SecurityLevel
            /// Key `models.<id>.profile`; default that of the model, `NANO-CUSTOM` for new ones.
            public var profile: Profile
            /// Whose key authenticates frames. Key `models.<id>.keying`; default `model`.
            public var keying = Keying.model
            /// How payloads of levels `high` and `military` travel. Key `models.<id>.encryption`;
            /// default `none`. `aes-256-gcm` needs ``keying`` `device`.
            public var encryption = PayloadEncryption.none
            /// Seconds for which a secret may be the current one, before an alarm asks for another.
            /// Key `models.<id>.rotate_after`, like `90d`; default none.
            public var rotateAfterSeconds: Int64?

            /// A model with its defaults.
            public init(id: ModelID) {
                self.id = id
                name = id.family ?? id.description
                minimumLevel = ModelKeys.defaultMinimumLevel(for: id)
                profile = Profile.standard(for: id)
            }
        }

        /// Ordered by id: the built-in five, those of the file, and those with a secret in the
        /// environment. What holds for a model, these or others, is ``model(_:)``.
        public var models: [Model] = ModelID.builtIn.map(Model.init(id:))
        /// Replaces the minimum level of every model there is, also of those that only the
        /// keystore knows; nil where each has its own. Key `intake.minimum_level`, environment
        /// `NANOGRIDATA_MINIMUM_LEVEL`; default none.
        public var minimumLevel: SecurityLevel?
        /// Frames a second and bursts by connection, source and device; all off by default.
        public var limits = RateLimits.Configuration()
        /// Memory and key of the replay guard.
        public var replay = ReplayGuard.Configuration()

        public init() {}

        /// What holds for a model: what is configured, else its defaults, and the minimum level
        /// that replaces all others.
        public func model(_ id: ModelID) -> Model {
            var model = models.first { $0.id == id } ?? Model(id: id)
            if let minimumLevel { model.minimumLevel = minimumLevel }
            return model
        }
    }

    /// The journal between judgement and delivery. Section `journal`.
    public struct Journal: Equatable, Sendable {
        /// Bytes of memory for packets that destinations have yet to read; what is older is read
        /// from the disk. Key `journal.memory_bytes`; default 16 MiB.
        public var memoryBytes = 16 << 20
        /// Whether every group of packets is flushed to the disk before it counts as accepted
        /// (`commit`), or left to the system (`os`). Key `journal.durability`, environment
        /// `NANOGRIDATA_DURABILITY`; default `commit`.
        public var durability = Durability.commit
        /// Bytes on disk; nil for 20 GB, or half of what is free when that is less. Key
        /// `journal.max_bytes`.
        public var maxBytes: Int?
        /// Hours after which packets that wait expire; nil for never. Key `journal.max_age_h`.
        public var maxAgeHours: Int?
        /// What happens when `max_bytes` are used: `expire-oldest` or `block`. Key
        /// `journal.when_full`; default `expire-oldest`.
        public var whenFull = WhenFull.expireOldest
        /// Milliseconds that a group of packets waits for more before it goes to disk. Key
        /// `journal.commit_ms`; default 1.5.
        public var commitMilliseconds = 1.5

        /// When a packet counts as accepted.
        public enum Durability: String, CaseIterable, Sendable {
            /// When the disk has it.
            case commit
            /// When the system has it: a power cut can lose some seconds.
            case os
        }

        /// What happens when there is no more room.
        public enum WhenFull: String, CaseIterable, Sendable {
            /// The oldest packets are given up, and counted.
            case expireOldest = "expire-oldest"
            /// Devices have to wait.
            case block
        }

        public init() {}
    }

    /// What destinations have refused for good. Section `dead_letters`.
    public struct DeadLetters: Equatable, Sendable {
        /// Packets that are kept of each destination; beyond it the oldest expire. Key
        /// `dead_letters.max_count`; default 100,000.
        public var maximumCount = 100_000

        public init() {}
    }

    /// The HTTP server for monitoring. Section `monitor`.
    public struct Monitor: Equatable, Sendable {
        /// Address to bind to. Key `monitor.host`, environment `NANOGRIDATA_HOST`; default
        /// 127.0.0.1.
        public var host = "127.0.0.1"
        /// TCP port, 0 for any free one. Key `monitor.port`, environment `METRICS_PORT`; default
        /// 5679.
        public var port = 5679
        /// Listeners of `/events` at one time; more are answered 503. Key `monitor.max_listeners`;
        /// default 64.
        public var maxListeners = 64
        /// Connections at one time, of listeners and of others; more are closed.
        var maximumConnections: Int { maxListeners + 32 }
        /// Names and addresses that requests may be for, besides those of this machine alone and
        /// ``host``. Key `monitor.hosts`; default none.
        public var hosts: [String] = []
        /// What everything but `/health` wants to be shown; nil for nothing. Keys `monitor.token`,
        /// `monitor.token_file` and `monitor.token_env`, environment `NANOGRIDATA_MONITOR_TOKEN`.
        public var token: Secret?
        /// Whether `/events` shows what devices send; nil for on this machine alone. Key
        /// `monitor.payloads`.
        public var payloads: Bool?
        /// What TLS is spoken with; nil where it is not. Keys `monitor.tls.certificate` and
        /// `monitor.tls.key`.
        public var tls: TLSFiles?

        public init() {}

        /// Whether nobody on another machine can ask.
        public var isLocal: Bool { Settings.isLoopback(host) }
        /// Whether requests for any other name are refused: where there is nothing else that keeps a page
        /// of the web out, whose name leads here for a browser on this machine, and where it is said which
        /// names there are.
        var checksHosts: Bool { !hosts.isEmpty || (isLocal && token == nil && tls == nil) }
        /// Whether `/events` answers.
        public var showsPayloads: Bool { payloads ?? isLocal }
    }

    /// What outlives the process. Section `state`.
    public struct State: Equatable, Sendable {
        /// Folder for the keystore, the replay guard and dumps. Key `state.folder`, environment
        /// `NANOGRIDATA_STATE_DIR`; default `$XDG_STATE_HOME/nanogridata`, else
        /// `~/.local/state/nanogridata`.
        public var folder = ""

        public init() {}
    }

    /// The secrets that the environment provides, and how they age. Section `secrets`.
    public struct Secrets: Sendable {
        /// A secret and the variable that it came from.
        public struct Provided: Sendable {
            public var model: ModelID
            public var variable: String
            public var secret: Secret

            public init(model: ModelID, variable: String, secret: Secret) {
                self.model = model
                self.variable = variable
                self.secret = secret
            }
        }

        /// Ordered by model; at most one a model. Environment `NANOGRIDATA_<FAMILY>_SECRET` or
        /// `NANOGRIDATA_SECRET_0x<ID>`, in hexadecimal digits.
        public var provided: [Provided] = []
        /// Hours for which a rotated secret is still accepted. Key `secrets.grace_hours`; default
        /// 72.
        public var graceHours = 72

        public init() {}
    }

    /// What the gateway says. Section `logging`.
    public struct Logging: Equatable, Sendable {
        /// How a line is written.
        public enum Format: String, CaseIterable, Sendable {
            /// `ts=… level=info label=ingress msg="…" key=value`.
            case logfmt
            /// One JSON object a line.
            case json
        }

        /// Least important level that is written: `trace` … `critical`. Key `logging.level`,
        /// environment `LOG_LEVEL`; default `info`.
        public var level = "info"
        /// File that lines are appended to; nil for standard error. Key `logging.file`; default
        /// none.
        public var file: String?
        /// Key `logging.format`; default `logfmt`.
        public var format = Format.logfmt

        public init() {}
    }

    /// Receivers in ALBA's and CYCLE's place, inside this process. Section `embedded`.
    public struct Embedded: Equatable, Sendable {
        /// Whether they run; they are then the endpoints of `alba` and `cycle`. Option
        /// `--embedded`; default false.
        public var isEnabled = false
        /// TCP port on 127.0.0.1. Key `embedded.alba_port`; default 5555.
        public var albaPort = 5555
        /// TCP port on 127.0.0.1. Key `embedded.cycle_port`; default 5556.
        public var cyclePort = 5556

        public init() {}
    }

    /// The host that stands for every IPv4 and IPv6 address.
    public static let allAddresses = "*"

    /// Whether a host is this machine as it calls itself.
    static func isLoopback(_ host: String) -> Bool {
        ["localhost", "::1"].contains(host) || host.wholeMatch(of: /127(\.[0-9]+){3}/) != nil
    }
}
