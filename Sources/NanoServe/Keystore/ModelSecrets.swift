import NanoCore

/// What is known of one model's secrets, and how one takes the place of another: it is staged beside
/// the current one, promoted when the devices have it, and its predecessor lasts until its grace ends
/// or it is revoked.
struct ModelSecrets: Sendable {
    /// Why a step is not possible, in words for the operator.
    struct Fault: Error {
        let words: String
    }

    /// Generations whose grace has ended and that are kept to explain failures.
    static let rememberedRetired = 4
    /// Generations that can be valid at one time, a staged one not counted.
    static let maximumValid = 8

    /// The current generation first, then former ones.
    var generations: [SecretGeneration]
    /// The next generation, accepted beside the current one.
    var staged: SecretGeneration?

    init(generations: [SecretGeneration], staged: SecretGeneration? = nil) {
        self.generations = generations
        self.staged = staged
    }

    var current: SecretGeneration? { generations.first }

    /// Those that are accepted: the current one, the staged one, and former ones in their grace.
    func valid(at now: Moment) -> [SecretGeneration] {
        let valid = generations.filter { $0.isValid(at: now) }
        return valid.prefix(1) + (staged.map { [$0] } ?? []) + valid.dropFirst()
    }

    /// The number for the next generation, which no other one has had.
    private var nextNumber: Int {
        ((generations + (staged.map { [$0] } ?? [])).map(\.number).max() ?? 0) + 1
    }

    /// Puts a new secret beside the current one.
    mutating func stage(
        _ secret: Secret, _ origin: SecretGeneration.Origin, now: Moment
    ) throws(Fault) {
        guard current != nil else {
            throw Fault(
                words: "there is no secret yet that another could follow; nanogridata secrets init "
                    + "makes the first")
        }
        try place(secret, origin, now: now)
    }

    /// Takes a first secret.
    mutating func begin(
        with secret: Secret, _ origin: SecretGeneration.Origin, now: Moment
    ) throws(Fault) {
        guard current == nil else { throw Fault(words: "there is a secret already; it stays") }
        try rotate(to: secret, origin, now: now, graceMilliseconds: 0)
    }

    /// Puts a new secret in the place of the current one at once.
    mutating func rotate(
        to secret: Secret, _ origin: SecretGeneration.Origin, now: Moment,
        graceMilliseconds: Int64
    ) throws(Fault) {
        try place(secret, origin, now: now)
        try promote(now: now, graceMilliseconds: graceMilliseconds)
    }

    /// Whether all secrets came from the environment, one after the other.
    var areOnlyImported: Bool {
        staged == nil && generations.allSatisfy { $0.origin == .environment }
    }

    /// Takes the environment's secret. One that it held before is refused from now on, and kept to explain
    /// that: devices that have it are no users of the new one.
    mutating func take(environments secret: Secret, now: Moment) {
        var next = SecretGeneration(
            number: nextNumber, secret: secret, origin: .environment,
            createdUnixMilliseconds: now.unixMilliseconds)
        if !generations.isEmpty {
            next.currentSinceUnixMilliseconds = now.unixMilliseconds
            generations[0].revoke(now: now)
        }
        // One that comes back is not retired any more.
        generations.removeAll { $0.secret == secret }
        generations.insert(next, at: 0)
        limit(now: now)
    }

    private mutating func place(
        _ secret: Secret, _ origin: SecretGeneration.Origin, now: Moment
    ) throws(Fault) {
        if let staged {
            throw Fault(words: "generation \(staged.number) is staged already; promote or abort it")
        }
        if let same = generations.first(where: { $0.secret == secret }) {
            throw Fault(words: "this is the secret of generation \(same.number); make another one")
        }
        staged = SecretGeneration(
            number: nextNumber, secret: secret, origin: origin,
            createdUnixMilliseconds: now.unixMilliseconds)
    }

    /// Makes the staged generation the current one; the former one stays valid until its grace ends.
    mutating func promote(now: Moment, graceMilliseconds: Int64) throws(Fault) {
        guard var next = staged else { throw Self.nothingStaged }
        staged = nil
        next.currentSinceUnixMilliseconds = now.unixMilliseconds
        if !generations.isEmpty {
            generations[0].validUntilUnixMilliseconds = now.unixMilliseconds + graceMilliseconds
        }
        generations.insert(next, at: 0)
        limit(now: now)
    }

    /// Gives the staged generation up.
    mutating func abort(now: Moment) throws(Fault) {
        guard var given = staged else { throw Self.nothingStaged }
        staged = nil
        given.revoke(now: now)
        generations.insert(given, at: 1)
        limit(now: now)
    }

    /// Ends the grace of a former generation.
    mutating func revoke(_ number: Int, now: Moment) throws(Fault) {
        generations[try former(number, now)].revoke(now: now)
    }

    /// Accepts a former generation for longer than its grace.
    mutating func extend(
        _ number: Int, untilUnixMilliseconds end: Int64, now: Moment
    ) throws(Fault) {
        let place = try former(number, now)
        let present = generations[place].validUntilUnixMilliseconds ?? 0
        guard end > present else {
            throw Fault(
                words:
                    "generation \(number) is accepted until \(Timestamp.iso8601(present)) as it is, "
                    + "which is later; revoke ends a grace")
        }
        generations[place].validUntilUnixMilliseconds = end
    }

    /// The place of a former generation in its grace.
    private func former(_ number: Int, _ now: Moment) throws(Fault) -> Int {
        let places = generations.indices.dropFirst().filter { generations[$0].isValid(at: now) }
        if let place = places.first(where: { generations[$0].number == number }) { return place }
        throw Fault(
            words: places.isEmpty
                ? "no former generation is valid; the current one ends when another is promoted"
                : "generation \(number) is no former one that is valid; those are "
                    + places.map { "\(generations[$0].number)" }.joined(separator: ", "))
    }

    private static let nothingStaged = Fault(words: "no generation is staged; stage one first")

    /// Ends the oldest valid generations, and forgets the oldest retired ones, beyond the limits.
    private mutating func limit(now: Moment) {
        let valid = generations.indices.filter { generations[$0].isValid(at: now) }
        for index in valid.dropFirst(Self.maximumValid) {
            generations[index].revoke(now: now)
        }
        let retired = generations.indices.filter { !generations[$0].isValid(at: now) }
        for index in retired.dropFirst(Self.rememberedRetired).reversed() {
            generations.remove(at: index)
        }
    }
}
