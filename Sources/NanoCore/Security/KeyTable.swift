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

    public init(
        model: ModelID, name: String, minimumLevel: SecurityLevel, profile: Profile,
        keys: [HMACKey]
    ) {
        self.model = model
        self.name = name
        self.minimumLevel = minimumLevel
        self.profile = profile
        self.keys = keys
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
        self.models = usable
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

    public subscript(model: ModelID) -> ModelKeys? {
        place(of: model).map { models[$0] }
    }
}
