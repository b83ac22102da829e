import NanoCore

// Rotations: what would cut devices off is not done unless it is forced.
extension Gateway {
    func promote(_ model: ModelID, _ forced: Bool) -> CommandResult {
        let staged = keys.snapshots(now: .now).first { $0.model == model && $0.state == .staged }
        if let staged, !forced {
            let adoption = adoption(of: model)
            let late = adoption.stragglers(behind: staged.generation)
            guard late.isEmpty else {
                return refused(
                    late, of: adoption, "do not use generation \(staged.generation) yet",
                    "they would be refused when the grace of the one they use ends")
            }
        }
        return changeSecret { try keys.promote(model, now: .now) }
    }

    func abortRotation(_ model: ModelID, _ forced: Bool) -> CommandResult {
        let staged = keys.snapshots(now: .now).first { $0.model == model && $0.state == .staged }
        if let staged, !forced {
            let adoption = adoption(of: model)
            let users = adoption.users(of: staged.generation)
            guard users.isEmpty else {
                return refused(
                    users, of: adoption, "use generation \(staged.generation) already",
                    "they would be refused at once")
            }
        }
        return changeSecret { try keys.abort(model, now: .now) }
    }

    func revoke(_ model: ModelID, _ generation: Int, _ forced: Bool) -> CommandResult {
        if !forced {
            let adoption = adoption(of: model)
            let users = adoption.users(of: generation)
            guard users.isEmpty else {
                return refused(
                    users, of: adoption, "have used generation \(generation) last",
                    "they would be refused at once")
            }
        }
        return changeSecret { try keys.revoke(model, generation: generation, now: .now) }
    }

    /// Does a step of a rotation, and has every event loop judge by what holds then.
    func changeSecret(_ step: () throws -> String) -> CommandResult {
        do {
            let sentence = try step()
            refreshKeys()
            return .done(sentence)
        } catch {
            return .failed("\(error)")
        }
    }

    /// Takes over keys that a command line has changed.
    func takeOverKeys() {
        do {
            guard try keys.refresh(now: .now) else { return }
            logger.notice("the keystore was changed; its secrets hold now")
            refreshKeys()
        } catch {
            logger.error(
                "the keystore was changed and cannot be read; the secrets from before hold",
                metadata: ["error": "\(error)"])
        }
    }

    /// Writes down what devices use, now and then.
    func noteAdoption(now: Moment) {
        let secrets = keys.snapshots(now: now)
        let isWatched = Set(secrets.map(\.model)).count < secrets.count
        guard adoptions.isDue(now: now, isWatched: isWatched) else { return }
        adoptions.write(devices(now: now), now: now)
    }

    func devices(now: Moment) -> [DeviceSnapshot] {
        var sum = LaneSum()
        for lane in lanes { lane.add(to: &sum, parts: [.devices], now: now) }
        return sum.devices.rows
    }

    /// What devices that are active use.
    func adoption(of model: ModelID) -> SecretAdoption {
        let now = Moment.now
        return SecretAdoption(
            of: model, in: adoptions.rows(devices(now: now)),
            nowUnixMilliseconds: now.unixMilliseconds)
    }

    private func refused(
        _ devices: [String], of adoption: SecretAdoption, _ what: String, _ then: String
    ) -> CommandResult {
        .failed(
            "not done: \(devices.count) of \(adoption.count) devices active in the last 24 hours "
                + "\(what): \(SecretAdoption.names(devices)); \(then). Force it if that is meant")
    }
}
