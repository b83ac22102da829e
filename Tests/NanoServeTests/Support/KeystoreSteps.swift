import NanoCore

@testable import NanoServe

/// What a rotation made, for tests.
struct KeystoreRotation {
    let generation: Int
    /// File with the new secret.
    let secretFile: String
    /// The end of the former generation's grace; nil when there was none.
    let formerValidUntilUnixMilliseconds: Int64?
}

extension Keystore {
    /// Rotates a model, and looks what has become of it.
    func rotateSecret(of model: ModelID, now: Moment) throws -> KeystoreRotation {
        _ = try rotate(model, now: now)
        let secrets = snapshots(now: now).filter { $0.model == model }
        let generation = secrets.first { $0.state == .current }?.generation ?? 0
        return KeystoreRotation(
            generation: generation,
            secretFile: "\(vault.folder)/secrets/\(model)-gen\(generation).hex",
            formerValidUntilUnixMilliseconds: secrets.first { $0.state == .previous }?
                .validUntilUnixMilliseconds)
    }

    /// The numbers of the generations that are accepted, in the order in which they are tried.
    func numbers(of model: ModelID, now: Moment) -> [Int] {
        keyTable(now: now)[model]?.generations ?? []
    }
}

/// Steps that a test's own source of keys does not need.
extension KeySource {
    var fault: String? { nil }
    var replacements: [ImportedSecret] { [] }
    func refresh(now: Moment) throws -> Bool { false }
    func stage(_ model: ModelID, now: Moment) throws -> String { throw NoSuchStep() }
    func promote(_ model: ModelID, now: Moment) throws -> String { throw NoSuchStep() }
    func abort(_ model: ModelID, now: Moment) throws -> String { throw NoSuchStep() }
    func revoke(_ model: ModelID, generation: Int, now: Moment) throws -> String {
        throw NoSuchStep()
    }
    func provision(
        _ model: ModelID, device: String?, host: String, port: Int, tls: Settings.DeviceTLS?,
        now: Moment
    ) throws -> String {
        throw NoSuchStep()
    }
    func extend(
        _ model: ModelID, generation: Int, untilUnixMilliseconds: Int64, now: Moment
    ) throws -> String {
        throw NoSuchStep()
    }
}

private struct NoSuchStep: Error {}
