import Foundation
import NanoCore
import Testing

/// The independent conformance data.
struct DecodeVectors: Decodable {
    struct Valid: Decodable {
        var name: String
        var hex: String
        var secret: String
        var modelID: UInt8

        enum CodingKeys: String, CodingKey {
            case name, hex, secret
            case modelID = "model_id"
        }
    }

    struct Invalid: Decodable {
        var name: String
        var hex: String
        var reason: String
        var also: [String]
        var before: [String]
    }

    struct Stream: Decodable {
        var name: String
        var hex: String
        var chunks: [Int]
        var accepted: Int
    }

    var now: Int64
    var secrets: [String: String]
    var valid: [Valid]
    var invalid: [Invalid]
    var streams: [Stream]

    static let file = URL(filePath: #filePath)
        .appending(path: "../../../../../shared/vectors/frames.json").standardized
    static var areHere: Bool { FileManager.default.fileExists(atPath: file.path()) }
}

/// The conformance data, where this checkout lies beside it.
@Suite(.enabled(if: DecodeVectors.areHere)) struct DecodeVectorTests {
    private let vectors: DecodeVectors
    private let secrets: [ModelID: [UInt8]]
    private let arguments = ["--format", "json", "--minimum-level", "none"]

    init() throws {
        vectors = try JSONDecoder().decode(
            DecodeVectors.self, from: Data(contentsOf: DecodeVectors.file))
        secrets = try Dictionary(
            uniqueKeysWithValues: vectors.secrets.map { model, secret in
                (try #require(ModelID(model)), try SecretPolicy.decode(hexadecimal: secret))
            })
    }

    private func run(
        _ lines: [String], _ more: [String] = [], secrets: [ModelID: [UInt8]]? = nil
    ) async throws -> DecodeRun {
        try await DecodeRun(
            Data(lines.joined(separator: "\n").utf8), arguments + more,
            secrets: secrets ?? self.secrets, now: vectors.now)
    }

    @Test func `every valid frame is accepted`() async throws {
        for entry in vectors.valid {
            let own = try SecretPolicy.decode(hexadecimal: entry.secret)
            let result = try await run(
                [entry.hex],
                secrets: secrets.merging([ModelID(rawValue: entry.modelID): own]) { $1 })
            #expect(result.lines.count == 1, "\(entry.name)")
            #expect(try result.object(0)["verdict"] as? String == "accepted", "\(entry.name)")
        }
    }

    @Test func `every invalid frame is refused for its reason`() async throws {
        for entry in vectors.invalid {
            let result = try await run(entry.before + [entry.hex])
            let last = try result.object(result.lines.count - 1)
            let reason = last["reason"] as? String ?? "accepted"
            #expect(([entry.reason] + entry.also).contains(reason), "\(entry.name): \(reason)")
            #expect(result.lines.count == entry.before.count + 1, "\(entry.name)")
        }
    }

    @Test func `every stream gives its frames however it is cut`() async throws {
        for entry in vectors.streams {
            let chunks = entry.chunks.map(String.init).joined(separator: ",")
            let result = try await run([entry.hex], ["--chunks", chunks])
            let accepted = result.lines.count { $0.contains(#""verdict":"accepted""#) }
            #expect(accepted == entry.accepted, "\(entry.name)")
        }
    }
}
