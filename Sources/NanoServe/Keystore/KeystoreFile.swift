import Foundation
import NanoCore

/// What the keystore holds: versioned JSON, secrets in hexadecimal digits. Version 2 knows staged
/// generations.
struct KeystoreFile: Codable {
    static let currentVersion = 2

    struct Generation: Codable {
        var generation: Int
        var secret: String
        var origin: SecretGeneration.Origin
        var createdUnixMs: Int64
        var currentSinceUnixMs: Int64?
        var validUntilUnixMs: Int64?
        var revoked: Bool?
    }

    struct Model: Codable {
        var model: String
        /// The current one first.
        var generations: [Generation]
        var staged: Generation?
    }

    private struct Version: Codable {
        var version: Int
    }

    var version = currentVersion
    var models: [Model]

    init(_ secrets: [ModelID: ModelSecrets]) {
        models = secrets.sorted { $0.key < $1.key }.map { id, secrets in
            Model(
                model: id.description,
                generations: secrets.generations.map(Self.stored),
                staged: secrets.staged.map(Self.stored))
        }
    }

    private static func stored(_ generation: SecretGeneration) -> Generation {
        Generation(
            generation: generation.number, secret: Hexadecimal.text(generation.secret.bytes),
            origin: generation.origin, createdUnixMs: generation.createdUnixMilliseconds,
            currentSinceUnixMs: generation.currentSinceUnixMilliseconds,
            validUntilUnixMs: generation.validUntilUnixMilliseconds,
            revoked: generation.isRevoked ? true : nil)
    }

    /// The models of a file; none when there is no file.
    ///
    /// - Parameter keys: Nil for a file that is not sealed.
    /// - Throws: ``KeystoreError`` when others may read the file, or it is not a whole keystore.
    static func load(
        _ path: String, _ keys: KeystoreKeyring?
    ) throws(KeystoreError) -> [ModelID: ModelSecrets]? {
        let bytes: [UInt8]?
        if let keys {
            bytes = try SealedFile.read(path, keys)
        } else {
            bytes = try PrivateFile.read(path)
        }
        guard let bytes else { return nil }
        let decoder = JSONDecoder()
        decoder.keyDecodingStrategy = .convertFromSnakeCase
        let data = Data(bytes)
        guard let version = try? decoder.decode(Version.self, from: data).version else {
            throw damaged(path)
        }
        guard (1...currentVersion).contains(version) else {
            throw KeystoreError(
                unusable:
                    "\(path): version \(version) is not known; this release reads versions 1 to "
                    + "\(currentVersion)")
        }
        guard let file = try? decoder.decode(Self.self, from: data) else { throw damaged(path) }
        return try file.secrets(path)
    }

    /// - Parameter key: Nil for a file that is not sealed.
    /// - Returns: Why a power cut could still undo it; nil when none can.
    @discardableResult
    func save(_ path: String, _ key: KeystoreKey?) throws(KeystoreError) -> String? {
        let encoder = JSONEncoder()
        encoder.keyEncodingStrategy = .convertToSnakeCase
        encoder.outputFormatting = [.prettyPrinted, .sortedKeys]
        guard let data = try? encoder.encode(self) else {
            throw KeystoreError("\(path): cannot be encoded")
        }
        guard let key else { return try PrivateFile.write(Array(data), to: path) }
        return try SealedFile.write(Array(data), to: path, key)
    }

    private func secrets(_ path: String) throws(KeystoreError) -> [ModelID: ModelSecrets] {
        var secrets: [ModelID: ModelSecrets] = [:]
        for entry in models {
            guard let id = ModelID(entry.model), secrets[id] == nil,
                !entry.generations.isEmpty,
                entry.generations.first?.validUntilUnixMs == nil,
                entry.staged?.validUntilUnixMs == nil,
                entry.generations.dropFirst().allSatisfy({ $0.validUntilUnixMs != nil })
            else { throw Self.damaged(path) }
            var generations: [SecretGeneration] = []
            for generation in entry.generations {
                generations.append(try Self.generation(generation, of: id, path))
            }
            var staged: SecretGeneration?
            if let stored = entry.staged { staged = try Self.generation(stored, of: id, path) }
            secrets[id] = ModelSecrets(generations: generations, staged: staged)
        }
        return secrets
    }

    private static func generation(
        _ stored: Generation, of model: ModelID, _ path: String
    ) throws(KeystoreError) -> SecretGeneration {
        let bytes: [UInt8]
        do {
            bytes = try SecretPolicy.decode(hexadecimal: stored.secret)
            try SecretPolicy.validate(secret: bytes, for: model, others: [])
        } catch {
            throw KeystoreError(
                unusable: "\(path): model \(model), generation \(stored.generation): \(error)")
        }
        return SecretGeneration(
            number: stored.generation, secret: Secret(bytes), origin: stored.origin,
            createdUnixMilliseconds: stored.createdUnixMs,
            currentSinceUnixMilliseconds: stored.currentSinceUnixMs,
            validUntilUnixMilliseconds: stored.validUntilUnixMs,
            isRevoked: stored.revoked ?? false)
    }

    private static func damaged(_ path: String) -> KeystoreError {
        KeystoreError(
            unusable:
                "\(path): not a whole keystore; put back a copy, or move it away to start again from "
                + "the environment's secrets")
    }
}
