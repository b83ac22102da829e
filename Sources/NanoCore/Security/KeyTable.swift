/// Whose key authenticates the frames of a model (`docs/protocol.md`, "Device keys").
public enum Keying: String, CaseIterable, Sendable {
    /// The model's secret itself.
    case model
    /// A key of the device's own, derived from the secret.
    case device
}

/// How payloads of levels 2 and 3 travel (`docs/protocol.md`, "Encrypted payloads").
public enum PayloadEncryption: String, CaseIterable, Sendable {
    case none
    /// Under a key of the device's own, so only with ``Keying/device``.
    case aes256GCM = "aes-256-gcm"
}

/// What judgement needs to know of one model.
public struct ModelKeys: Sendable {
    public var model: ModelID
    /// What people call it: `ESP32`.
    public var name: String
    /// The lowest level that is accepted.
    public var minimumLevel: SecurityLevel
    public var profile: Profile
    /// The keys of all valid generations of the secret, the current one first.
    public var keys: [HMACKey]
    /// With ``Keying/device`` what makes the devices' keys, in the order of ``keys``; else empty.
    public var derivations: [KeyDerivation]
    public var encryption: PayloadEncryption
    /// The numbers of the generations, in the order of ``keys``.
    public var generations: [Int]

    /// - Parameter generations: By default they count down to 1.
    public init(
        model: ModelID, name: String, minimumLevel: SecurityLevel, profile: Profile,
        keys: [HMACKey], derivations: [KeyDerivation] = [],
        encryption: PayloadEncryption = .none, generations: [Int]? = nil
    ) {
        precondition(derivations.isEmpty || derivations.count == keys.count)
        self.generations = generations ?? keys.indices.map { keys.count - $0 }
        precondition(self.generations.count == keys.count)
        self.model = model
        self.name = name
        self.minimumLevel = minimumLevel
        self.profile = profile
        self.keys = keys
        self.derivations = derivations
        self.encryption = derivations.isEmpty ? .none : encryption
    }

    /// The keys of a model's secrets, all valid generations of it, the current one first.
    public init(
        model: ModelID, name: String, minimumLevel: SecurityLevel, profile: Profile,
        secrets: [[UInt8]], keying: Keying, encryption: PayloadEncryption
    ) {
        self.init(
            model: model, name: name, minimumLevel: minimumLevel, profile: profile,
            keys: secrets.map(HMACKey.init(secret:)),
            derivations: keying == .device ? secrets.map(KeyDerivation.init(secret:)) : [],
            encryption: encryption)
    }

    /// The lowest level of a model unless configuration says otherwise.
    public static func defaultMinimumLevel(for model: ModelID) -> SecurityLevel {
        model == .asicMulti ? .high : .standard
    }
}

/// The models that a gateway has secrets for, found by their id in one step.
public struct KeyTable: Sendable {
    /// Ordered by model id.
    public let models: [ModelKeys]
    /// In the order of ``models``.
    let gates: [ModelGate]
    /// The keys of all generations of all models, one behind the other.
    let keys: [HMACKey]
    /// The numbers of the same generations.
    let numbers: [Int]
    /// For each model id its place in ``models``, or ``absent``.
    private let places: [UInt16]

    /// - Parameter models: At most one for each id; those without keys are left out, since nothing
    ///   can be verified for them.
    public init(_ models: [ModelKeys]) {
        let usable = models.filter { !$0.keys.isEmpty }.sorted { $0.model < $1.model }
        var places = [UInt16](repeating: Self.absent, count: 256)
        for (place, entry) in usable.enumerated() {
            precondition(places[Int(entry.model.rawValue)] == Self.absent)
            places[Int(entry.model.rawValue)] = UInt16(place)
        }
        var gates: [ModelGate] = []
        for entry in usable {
            let firstKey = gates.last.map { $0.firstKey + $0.keyCount } ?? 0
            gates.append(ModelGate(entry, firstKey: firstKey))
        }
        self.models = usable
        self.gates = gates
        keys = usable.flatMap(\.keys)
        numbers = usable.flatMap(\.generations)
        self.places = places
    }

    /// No place: with a secret for every id, 255 is one.
    private static let absent = UInt16.max

    /// The place of a model in ``models``; nil when it has no secret.
    @inline(__always)
    func place(of model: ModelID) -> Int? {
        let place = places[Int(model.rawValue)]
        return place == Self.absent ? nil : Int(place)
    }

    /// What tells the secrets apart that devices' keys are derived from.
    var derivationNumbers: [UInt64] { models.flatMap { $0.derivations.map(\.number) } }

    public subscript(model: ModelID) -> ModelKeys? {
        place(of: model).map { models[$0] }
    }
}
