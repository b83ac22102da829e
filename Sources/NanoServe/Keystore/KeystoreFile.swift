import Foundation
import NanoCore

/// The keystore on disk: versioned JSON, secrets in hexadecimal digits.
struct KeystoreFile: Codable {
    static let currentVersion = 1

    struct Generation: Codable {
        var generation: Int
        var secret: String
        var origin: SecretGeneration.Origin
        var createdUnixMs: Int64
        var validUntilUnixMs: Int64?
    }

    struct Model: Codable {
        var model: String
        /// Newest first.
        var generations: [Generation]
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
                generations: secrets.generations.map {
                    Generation(
                        generation: $0.number, secret: Hexadecimal.text($0.secret.bytes),
                        origin: $0.origin, createdUnixMs: $0.createdUnixMilliseconds,
                        validUntilUnixMs: $0.validUntilUnixMilliseconds)
                })
        }
    }

    /// The models of a file; none when there is no file.
    ///
    /// - Throws: ``KeystoreError`` when others may read the file, or it is not a whole keystore.
    static func load(_ path: String) throws(KeystoreError) -> [ModelID: ModelSecrets] {
        guard let bytes = try PrivateFile.read(path) else { return [:] }
        let decoder = JSONDecoder()
        decoder.keyDecodingStrategy = .convertFromSnakeCase
        let data = Data(bytes)
        guard let version = try? decoder.decode(Version.self, from: data).version else {
            throw damaged(path)
        }
        guard version == currentVersion else {
            throw KeystoreError(
                "\(path): version \(version) is not known; this release reads version "
                    + "\(currentVersion)")
        }
        guard let file = try? decoder.decode(Self.self, from: data) else { throw damaged(path) }
        return try file.secrets(path)
    }

    func save(_ path: String) throws(KeystoreError) {
        let encoder = JSONEncoder()
        encoder.keyEncodingStrategy = .convertToSnakeCase
        encoder.outputFormatting = [.prettyPrinted, .sortedKeys]
        guard let data = try? encoder.encode(self) else {
            throw KeystoreError("\(path): cannot be encoded")
        }
        try PrivateFile.write(Array(data), to: path)
    }

    private func secrets(_ path: String) throws(KeystoreError) -> [ModelID: ModelSecrets] {
        var secrets: [ModelID: ModelSecrets] = [:]
        for entry in models {
            guard let id = ModelID(entry.model), secrets[id] == nil, !entry.generations.isEmpty,
                entry.generations.first?.validUntilUnixMs == nil,
                entry.generations.dropFirst().allSatisfy({ $0.validUntilUnixMs != nil })
            else { throw Self.damaged(path) }
            var generations: [SecretGeneration] = []
            for generation in entry.generations {
                generations.append(try Self.generation(generation, of: id, path))
            }
            secrets[id] = ModelSecrets(generations: generations)
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
                "\(path): model \(model), generation \(stored.generation): \(error)")
        }
        return SecretGeneration(
            number: stored.generation, secret: Secret(bytes), origin: stored.origin,
            createdUnixMilliseconds: stored.createdUnixMs,
            validUntilUnixMilliseconds: stored.validUntilUnixMs)
    }

    private static func damaged(_ path: String) -> KeystoreError {
        KeystoreError(
            "\(path): not a whole keystore; put back a copy, or move it away to start again from "
                + "the environment's secrets")
    }
}
