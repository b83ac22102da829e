public import NanoCore

// The life of a rotation, step by step. Each says what it has done in a sentence without a secret,
// and throws ``KeystoreError``; nothing has changed then.
extension Keystore {
    /// Makes a new secret that is accepted beside the current one.
    public func stage(_ model: ModelID, now: Moment) throws(KeystoreError) -> String {
        let done = try change(model) { (secrets) throws(ModelSecrets.Fault) in
            try secrets.stage(Self.randomSecret(), .keystore, now: now)
            return secrets.staged
        }
        let number = done.secrets.staged?.number ?? 0
        return
            "\(model): generation \(number) is staged and accepted, its secret is in \(done.file); "
            + "promote it when the devices use it"
    }

    /// Makes the staged secret the current one.
    public func promote(_ model: ModelID, now: Moment) throws(KeystoreError) -> String {
        let done = try change(model) { (secrets) throws(ModelSecrets.Fault) in
            try secrets.promote(now: now, graceMilliseconds: graceMilliseconds)
            return nil
        }
        return "\(model): generation \(done.secrets.current?.number ?? 0) is current"
            + formerWords(done.secrets, now)
    }

    /// Makes a new secret and at once the current one.
    public func rotate(_ model: ModelID, now: Moment) throws(KeystoreError) -> String {
        let done = try change(model) { (secrets) throws(ModelSecrets.Fault) in
            try secrets.rotate(
                to: Self.randomSecret(), .keystore, now: now, graceMilliseconds: graceMilliseconds)
            return secrets.current
        }
        return
            "\(model): generation \(done.secrets.current?.number ?? 0) is current, its secret is in "
            + done.file + formerWords(done.secrets, now)
    }

    /// Gives the staged secret up.
    public func abort(_ model: ModelID, now: Moment) throws(KeystoreError) -> String {
        let done = try change(model) { (secrets) throws(ModelSecrets.Fault) in
            try secrets.abort(now: now)
            return nil
        }
        return "\(model): the staged generation is given up; "
            + "generation \(done.secrets.current?.number ?? 0) stays current"
    }

    /// Ends the grace of a former secret.
    public func revoke(
        _ model: ModelID, generation: Int, now: Moment
    ) throws(KeystoreError) -> String {
        _ = try change(model) { (secrets) throws(ModelSecrets.Fault) in
            try secrets.revoke(generation, now: now)
            return nil
        }
        return "\(model): generation \(generation) is revoked; frames under it are refused"
    }

    private func formerWords(_ secrets: ModelSecrets, _ now: Moment) -> String {
        guard let former = secrets.generations.dropFirst().first, former.isValid(at: now),
            let end = former.validUntilUnixMilliseconds
        else { return "" }
        return "; the former one is accepted until \(Timestamp.iso8601(end))"
    }
}
