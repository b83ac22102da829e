public import NanoCore

extension Settings {
    /// Where packets go. Sections `routes` and `rules`.
    public struct Routes: Equatable, Sendable {
        /// In the order of configuration: `alba`, `cycle`, `local`, then those of the file.
        public var destinations: [Destination] = [
            Destination(name: "alba", endpoint: .http(.init(host: "127.0.0.1", port: 5555))),
            Destination(name: "cycle", endpoint: .http(.init(host: "127.0.0.1", port: 5556))),
            Destination(name: "local", endpoint: .local),
        ]
        /// Every packet goes to all destinations of all rules that name its type and model. Those
        /// of the file replace the standard ones.
        public var rules = RoutingRules.standard

        public init() {}
    }

    /// One destination. Section `routes.<name>`.
    public struct Destination: Equatable, Sendable {
        /// Lower-case letters, digits, `_` and `-`; at most 32.
        public var name: String
        /// Key `routes.<name>.endpoint`, environment `ALBA_ENDPOINT` and `CYCLE_ENDPOINT`.
        public var endpoint: Endpoint
        /// Events in one request, 1…1000. Key `routes.<name>.batch_events`, environment
        /// `ALBA_BATCH_EVENTS` and `CYCLE_BATCH_EVENTS`; default 1.
        public var batchEvents = 1
        /// Milliseconds that an incomplete batch waits for more. Key `routes.<name>.linger_ms`;
        /// default 0: what is committed together goes together.
        public var lingerMilliseconds = 0.0
        /// Requests under way at one time. Key `routes.<name>.concurrency`; default 16, and 4 for
        /// programs.
        public var concurrency = 16
        /// Milliseconds after which a request has failed. Key `routes.<name>.timeout_ms`; default
        /// 2,000.
        public var timeoutMilliseconds = 2_000
        /// Whether it starts paused. Key `routes.<name>.paused`; default false.
        public var startsPaused = false
        /// Header fields, credentials and authorities of an HTTP destination. Keys
        /// `routes.<name>.headers`, `routes.<name>.bearer_token` and `routes.<name>.ca_file`; for
        /// InfluxDB also `token`, or `user` and `password`.
        public var access = HTTPAccess()
        /// Whether the audit trail is copied to it. Key `routes.<name>.audit`, of a PostgreSQL alone; default
        /// true.
        public var copiesAudit = true
        /// Whether events go as line protocol: it is an InfluxDB. Key `routes.<name>.format`.
        public private(set) var takesLineProtocol = false

        /// Whether it is a PostgreSQL.
        var takesRows: Bool {
            if case .postgreSQL = endpoint { true } else { false }
        }

        /// The program that it is, if it is one.
        var program: HookProgram? {
            if case .program(let program) = endpoint { program } else { nil }
        }

        public init(name: String, endpoint: Endpoint) {
            self.name = name
            self.endpoint = endpoint
        }

        /// Defaults that suit a PostgreSQL, whose one connection writes one batch after the other.
        mutating func useRows() {
            batchEvents = 500
            lingerMilliseconds = 100
            concurrency = 1
            timeoutMilliseconds = 10_000
        }

        /// Makes it an InfluxDB, with defaults that suit one: few large requests.
        mutating func useLineProtocol() {
            takesLineProtocol = true
            batchEvents = 1_000
            lingerMilliseconds = 100
            concurrency = 4
            timeoutMilliseconds = 10_000
        }
    }

    /// What a destination takes. Key `routes.<name>.format`.
    enum Format: String, CaseIterable {
        case json, influxdb, postgresql
    }

    /// What a destination is made of.
    public enum Endpoint: Equatable, Sendable {
        case http(HTTPEndpoint)
        /// Takes line protocol at the whole address of writing. Key `routes.<name>.format`.
        case influxDB(HTTPEndpoint)
        /// Takes rows. Key `routes.<name>.format`.
        case postgreSQL(PostgresAddress)
        /// Is run with events on its standard input: an absolute path.
        case program(HookProgram)
        /// Accepts and counts: `discard:`.
        case discard
        /// The gateway's own bus: `local:`.
        case local

        /// The endpoint as people see it: a query, which may hold a token, is only hinted at.
        public var shown: String {
            switch self {
            case .http(let endpoint):
                String(endpoint.url.prefix { $0 != "?" })
                    + (endpoint.target.contains("?") ? "?…" : "")
            // Its query was made here, of names alone.
            case .influxDB(let endpoint): endpoint.url
            case .postgreSQL(let address): address.shown
            case .program(let program): program.shown
            case .discard: "discard:"
            case .local: "local:"
            }
        }

        /// What requests go to, if it is a server.
        var server: HTTPEndpoint? {
            switch self {
            case .http(let endpoint), .influxDB(let endpoint): endpoint
            case .postgreSQL, .program, .discard, .local: nil
            }
        }
    }

    /// The address of a receiver that takes events by POST.
    public struct HTTPEndpoint: Equatable, Sendable {
        /// Where events go when the configured address has no path.
        public static let ingestPath = "/telemetry/ingest"

        public var isTLS = false
        /// Name or address, without the brackets of an IPv6 address.
        public var host: String
        public var port: Int
        /// Path and query, as the request line has them.
        public var target = ingestPath

        public init(isTLS: Bool = false, host: String, port: Int, target: String = ingestPath) {
            self.isTLS = isTLS
            self.host = host
            self.port = port
            self.target = target
        }

        /// Host and port, as the header `Host` has them.
        public var authority: String { (host.contains(":") ? "[\(host)]" : host) + ":\(port)" }
        /// The whole address; it never holds credentials, which are refused when it is read.
        public var url: String { (isTLS ? "https://" : "http://") + authority + target }
    }
}
