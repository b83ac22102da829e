/// Which destinations a packet goes to (`docs/protocol.md`, "Routes").
public struct RoutingRules: Sendable {
    /// Sends packets of one type, of all models or of some, to destinations.
    public struct Rule: Equatable, Sendable {
        /// The packets' type.
        public var type: PayloadType
        /// Nil for all models.
        public var models: Set<ModelID>?
        /// Names of destinations.
        public var destinations: [String]

        /// A rule for packets of a type.
        public init(type: PayloadType, models: Set<ModelID>? = nil, destinations: [String]) {
            self.type = type
            self.models = models
            self.destinations = destinations
        }
    }

    /// The most destinations there can be.
    public static let maximumDestinations = UInt32.bitWidth
    /// The routes of the protocol: measurements to `alba`, configurations to `cycle`, commands to
    /// the gateway's own bus, `local`.
    public static let standard: [Rule] = [
        Rule(type: .telemetry, destinations: ["alba"]),
        Rule(type: .event, destinations: ["alba"]),
        Rule(type: .calibration, destinations: ["alba"]),
        Rule(type: .configuration, destinations: ["cycle"]),
        Rule(type: .command, destinations: ["local"]),
    ]

    /// Names of the destinations; a ``RouteMask`` counts them from 0.
    public let destinations: [String]
    /// One mask for each type and model: 256 models a type.
    private let table: [RouteMask]

    /// Makes the rules ready for look-up. A packet goes to every destination of every rule for its
    /// type and model; to none where no rule matches.
    ///
    /// - Throws: ``RoutingRulesError`` for destinations that no rule can name, or that are not
    ///   there.
    public init(destinations: [String], rules: [Rule]) throws(RoutingRulesError) {
        guard destinations.count <= Self.maximumDestinations else {
            throw .tooManyDestinations(destinations.count)
        }
        for (index, name) in destinations.enumerated() where destinations[..<index].contains(name) {
            throw .duplicateDestination(name)
        }
        var table = [RouteMask](repeating: [], count: PayloadType.allCases.count * 256)
        for rule in rules {
            var mask: RouteMask = []
            for name in rule.destinations {
                guard let index = destinations.firstIndex(of: name) else {
                    throw .unknownDestination(name, known: destinations)
                }
                mask.insert(RouteMask(destination: index))
            }
            for model in 0...UInt8.max
            where rule.models?.contains(ModelID(rawValue: model)) ?? true {
                table[Self.index(rule.type, ModelID(rawValue: model))].insert(mask)
            }
        }
        self.destinations = destinations
        self.table = table
    }

    /// Where packets of this type and model go.
    @inline(__always)
    public func destinations(type: PayloadType, model: ModelID) -> RouteMask {
        table[Self.index(type, model)]
    }

    @inline(__always)
    private static func index(_ type: PayloadType, _ model: ModelID) -> Int {
        Int(type.rawValue &- 1) << 8 | Int(model.rawValue)
    }
}

/// Why rules can't be used.
public enum RoutingRulesError: Error, Equatable, Sendable, CustomStringConvertible {
    case tooManyDestinations(Int)
    case duplicateDestination(String)
    case unknownDestination(String, known: [String])

    /// One line: what is wrong, and what is allowed.
    public var description: String {
        switch self {
        case .tooManyDestinations(let count):
            "\(count) destinations, at most \(RoutingRules.maximumDestinations) are allowed"
        case .duplicateDestination(let name):
            "two destinations are named '\(SafeText.escaped(name))'"
        case .unknownDestination(let name, let known):
            "no destination is named '\(SafeText.escaped(name))', there are "
                + known.map(SafeText.escaped).joined(separator: ", ")
        }
    }
}
