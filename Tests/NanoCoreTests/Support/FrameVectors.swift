import Foundation
import NanoCore
import Testing

/// The parts of `frames.json` that the tests use.
struct FrameVectors {
    struct Entry {
        var name: String
        var bytes: [UInt8]
        var ownSecret: [ModelID: [UInt8]] = [:]
        var before: [[UInt8]] = []
        var reasons: [String] = []
        var chunks: [Int] = []
        var accepted = 0
    }

    let now: Int64
    let secrets: [ModelID: [UInt8]]
    let valid: [Entry]
    let invalid: [Entry]
    let streams: [Entry]

    static let folder = URL(filePath: #filePath)
        .appending(path: "../../../../../shared/vectors").standardized

    static var areHere: Bool {
        FileManager.default.fileExists(atPath: folder.appending(path: "frames.json").path())
    }

    init() throws {
        let data = try Data(contentsOf: Self.folder.appending(path: "frames.json"))
        let root = try #require(try JSONSerialization.jsonObject(with: data) as? [String: Any])
        now = try #require(root["now"] as? NSNumber).int64Value
        let given = try #require(root["secrets"] as? [String: String])
        secrets = try Dictionary(
            uniqueKeysWithValues: given.map { model, secret in
                (try #require(ModelID(model)), try SecretPolicy.decode(hexadecimal: secret))
            })
        valid = try Self.entries(root["valid"])
        invalid = try Self.entries(root["invalid"])
        streams = try Self.entries(root["streams"])
    }

    private static func entries(_ list: Any?) throws -> [Entry] {
        try (list as? [[String: Any]] ?? []).map { row in
            let hex = try #require(row["hex"] as? String)
            var entry = Entry(
                name: row["name"] as? String ?? "", bytes: try SecretPolicy.decode(hexadecimal: hex)
            )
            if let secret = row["secret"] as? String, let model = row["model_id"] as? Int {
                let id = ModelID(rawValue: UInt8(model))
                entry.ownSecret[id] = try SecretPolicy.decode(hexadecimal: secret)
            }
            entry.before = try (row["before"] as? [String] ?? []).map {
                try SecretPolicy.decode(hexadecimal: $0)
            }
            entry.reasons = (row["also"] as? [String] ?? [])
            if let reason = row["reason"] as? String { entry.reasons.append(reason) }
            entry.chunks = row["chunks"] as? [Int] ?? []
            entry.accepted = row["accepted"] as? Int ?? 0
            return entry
        }
    }
}
