public import NanoCore

extension Keystore: KeySource {
    public func keyTable(now: Moment) -> KeyTable {
        state.withLock { state in
            KeyTable(
                state.secrets.compactMap { id, secrets in
                    let model = intake.model(id)
                    let valid = secrets.valid(at: now)
                    return ModelKeys(
                        model: id, name: model.name, minimumLevel: model.minimumLevel,
                        profile: model.profile, keys: valid.map(\.key),
                        derivations: model.keying == .device ? valid.map(\.derivation) : [],
                        encryption: model.encryption, generations: valid.map(\.number))
                })
        }
    }

    public func retiredKeys(now: Moment) -> [RetiredKey] {
        state.withLock { state in
            state.secrets.sorted { $0.key < $1.key }.flatMap { id, secrets in
                secrets.retired(at: now).map { generation in
                    var retired = RetiredKey(
                        model: id, key: generation.key,
                        derivation: intake.model(id).keying == .device
                            ? generation.derivation : nil,
                        name: "generation \(generation.number)")
                    let successor = secrets.successor(of: generation)
                    retired.replacedUnixMilliseconds =
                        successor?.currentSinceUnixMilliseconds
                        ?? generation.validUntilUnixMilliseconds
                    retired.isPrevious = successor?.number == secrets.current?.number
                    return retired
                }
            }
        }
    }

    public var fault: String? { state.withLock { $0.fault } }

    public func snapshots(now: Moment) -> [SecretSnapshot] {
        state.withLock { state in
            state.secrets.sorted { $0.key < $1.key }.flatMap { id, secrets in
                secrets.snapshots(
                    of: id, rotateAfterSeconds: intake.model(id).rotateAfterSeconds, now: now)
            }
        }
    }
}

extension ModelSecrets {
    /// Generations that are accepted no longer.
    func retired(at now: Moment) -> [SecretGeneration] {
        generations.filter { !$0.isValid(at: now) }
    }

    /// The one that took the place of a former current one; nil for one that was given up.
    func successor(of generation: SecretGeneration) -> SecretGeneration? {
        generations.last {
            $0.number > generation.number && $0.currentSinceUnixMilliseconds != nil
        }
    }

    /// The generations that are accepted, without their secrets.
    ///
    /// - Parameter rotateAfterSeconds: How long a secret of the model may be current; nil for ever.
    func snapshots(
        of model: ModelID, rotateAfterSeconds: Int64?, now: Moment
    ) -> [SecretSnapshot] {
        valid(at: now).map { generation in
            var snapshot = SecretSnapshot(
                model: model, generation: generation.number,
                state: generation.number == staged?.number
                    ? .staged : generation.validUntilUnixMilliseconds == nil ? .current : .previous,
                fingerprint: generation.fingerprint,
                createdUnixMilliseconds: generation.createdUnixMilliseconds,
                validUntilUnixMilliseconds: generation.validUntilUnixMilliseconds,
                origin: generation.origin.rawValue)
            snapshot.rotateAfterSeconds = rotateAfterSeconds
            if snapshot.state == .current {
                snapshot.currentSinceUnixMilliseconds =
                    generation.currentSinceUnixMilliseconds ?? generation.createdUnixMilliseconds
            }
            return snapshot
        }
    }
}
