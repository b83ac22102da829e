import NanoCore

// Rotations: what would cut devices off is not done unless it is forced.
extension Gateway {
    func promote(_ model: ModelID, _ forced: Bool) -> CommandResult {
        let staged = stagedGeneration(of: model)
        let cutOff = staged.flatMap { staged in
            refusal(
                model, forced, "do not use generation \(staged) yet",
                "they would be refused when the grace of the one they use ends"
            ) { $0.stragglers(behind: staged) }
        }
        return cutOff ?? changeSecret { try keys.promote(model, now: .now) }
    }

    func abortRotation(_ model: ModelID, _ forced: Bool) -> CommandResult {
        let staged = stagedGeneration(of: model)
        let cutOff = staged.flatMap { staged in
            refusal(
                model, forced, "use generation \(staged) already", "they would be refused at once"
            ) { $0.users(of: staged) }
        }
        return cutOff ?? changeSecret { try keys.abort(model, now: .now) }
    }

    func revoke(_ model: ModelID, _ generation: Int, _ forced: Bool) -> CommandResult {
        let present = keys.snapshots(now: .now).first {
            $0.model == model && $0.generation == generation
        }
        if let fault = present?.whyNotRevocable { return .failed("not done: \(fault)") }
        let cutOff = refusal(
            model, forced, "have used generation \(generation) last",
            "they would be refused at once"
        ) { $0.users(of: generation) }
        return cutOff
            ?? changeSecret { try keys.revoke(model, generation: generation, now: .now) }
    }

    func provision(_ model: ModelID, _ device: String?) -> CommandResult {
        let (port, tlsPort) = status.withLock { ($0.devicePort, $0.tlsPort) }
        var tls = configuration.tls
        if tls?.port != nil { tls?.port = tlsPort }
        return changeSecret { [tls] in
            try keys.provision(
                model, device: device, host: configuration.deviceHost ?? SettingsPlaces.hostName,
                port: port, tls: tls, now: .now)
        }
    }

    private func stagedGeneration(of model: ModelID) -> Int? {
        keys.snapshots(now: .now).first { $0.model == model && $0.state == .staged }?.generation
    }

    /// Why a step is not taken: devices that it would cut off. Nil when there are none, or it is
    /// forced.
    private func refusal(
        _ model: ModelID, _ forced: Bool, _ what: String, _ then: String,
        _ devices: (SecretAdoption) -> [String]
    ) -> CommandResult? {
        guard !forced else { return nil }
        let adoption = adoption(of: model)
        let found = devices(adoption)
        guard !found.isEmpty else { return nil }
        return .failed(
            "not done: \(found.count) of \(adoption.count) devices active in the last 24 hours "
                + "\(what): \(SecretAdoption.names(found)); \(then). Force it if that is meant")
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

    func extendGrace(_ model: ModelID, _ generation: Int, _ end: Int64) -> CommandResult {
        let now = Moment.now
        guard end <= now.unixMilliseconds.addingReportingOverflow(Self.longestGrace).partialValue
        else { return .failed("a former secret is accepted for 365 d from now at most") }
        return changeSecret {
            try keys.extend(model, generation: generation, untilUnixMilliseconds: end, now: now)
        }
    }

    /// In milliseconds.
    private static let longestGrace: Int64 = 365 * 86_400_000

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
}
