public import NanoCore

/// A step in the life of a rotation: what it changes, and how it is told.
package enum RotationStep: Sendable {
    /// Takes a model's first secret.
    case begin(Secret, SecretGeneration.Origin)
    /// Puts a new secret beside the current one.
    case stage(Secret, SecretGeneration.Origin)
    /// Makes the staged secret the current one.
    case promote
    /// Makes a new secret at once the current one.
    case rotate(Secret, SecretGeneration.Origin)
    /// Gives the staged secret up.
    case abort
    /// Ends the grace of a former secret.
    case revoke(Int)
    /// Accepts a former secret in its grace for longer.
    case extend(Int, untilUnixMilliseconds: Int64)

    /// - Returns: The generation that it has made and the operator does not have, if any.
    func apply(
        to secrets: inout ModelSecrets, now: Moment, graceMilliseconds: Int64
    ) throws(ModelSecrets.Fault) -> SecretGeneration? {
        switch self {
        case .begin(let secret, let origin):
            try secrets.begin(with: secret, origin, now: now)
            return origin == .imported ? nil : secrets.current
        case .stage(let secret, let origin):
            try secrets.stage(secret, origin, now: now)
            return origin == .imported ? nil : secrets.staged
        case .promote:
            try secrets.promote(now: now, graceMilliseconds: graceMilliseconds)
        case .rotate(let secret, let origin):
            try secrets.rotate(
                to: secret, origin, now: now, graceMilliseconds: graceMilliseconds)
            return secrets.current
        case .abort: try secrets.abort(now: now)
        case .revoke(let number): try secrets.revoke(number, now: now)
        case .extend(let number, let end):
            try secrets.extend(number, untilUnixMilliseconds: end, now: now)
        }
        return nil
    }

    /// What was done, in a sentence without a secret.
    func words(_ model: ModelID, _ change: KeystoreVault.Change, now: Moment) -> String {
        words(model, change.changed, file: change.file, now: now)
            + (change.doubt.map { "; but \($0)" } ?? "")
    }

    /// - Parameters:
    ///   - secrets: The model's, now.
    ///   - file: Where the new secret was written to; nil when it was not.
    private func words(
        _ model: ModelID, _ secrets: ModelSecrets, file: String?, now: Moment
    ) -> String {
        let current = secrets.current?.number ?? 0
        return switch self {
        case .begin:
            "\(model): its first secret is accepted" + (file.map { " and is in \($0)" } ?? "")
        case .stage:
            "\(model): generation \(secrets.staged?.number ?? 0) is staged and accepted"
                + (file.map { ", its secret is in \($0)" } ?? "")
                + "; promote it when the devices use it"
        case .promote:
            "\(model): generation \(current) is current" + formerWords(secrets, now)
        case .rotate:
            "\(model): generation \(current) is current, its secret is in \(file ?? "")"
                + formerWords(secrets, now)
        case .abort:
            "\(model): the staged generation is given up; generation \(current) stays current"
        case .revoke(let number):
            "\(model): generation \(number) is revoked; frames under it are refused"
        case .extend(let number, let end):
            "\(model): generation \(number) is accepted until \(Timestamp.iso8601(end)), "
                + PlainWords.time(seconds: Double(end - now.unixMilliseconds) / 1_000)
                + " from now"
        }
    }

    private func formerWords(_ secrets: ModelSecrets, _ now: Moment) -> String {
        guard let former = secrets.generations.dropFirst().first, former.isValid(at: now),
            let end = former.validUntilUnixMilliseconds
        else { return "" }
        return "; the former one is accepted until \(Timestamp.iso8601(end))"
    }
}

// Each gives what was done, and throws ``KeystoreError``; nothing has changed then.
extension Keystore {
    public func stage(_ model: ModelID, now: Moment) throws(KeystoreError) -> String {
        try perform(.stage(.random(), .keystore), on: model, now: now)
    }

    public func promote(_ model: ModelID, now: Moment) throws(KeystoreError) -> String {
        try perform(.promote, on: model, now: now)
    }

    public func rotate(_ model: ModelID, now: Moment) throws(KeystoreError) -> String {
        try perform(.rotate(.random(), .keystore), on: model, now: now)
    }

    public func abort(_ model: ModelID, now: Moment) throws(KeystoreError) -> String {
        try perform(.abort, on: model, now: now)
    }

    public func revoke(
        _ model: ModelID, generation: Int, now: Moment
    ) throws(KeystoreError) -> String {
        try perform(.revoke(generation), on: model, now: now)
    }

    public func extend(
        _ model: ModelID, generation: Int, untilUnixMilliseconds end: Int64, now: Moment
    ) throws(KeystoreError) -> String {
        try perform(.extend(generation, untilUnixMilliseconds: end), on: model, now: now)
    }
}
