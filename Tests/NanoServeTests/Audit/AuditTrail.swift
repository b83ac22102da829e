import Foundation
import NanoCore

@testable import NanoServe

/// A trail in a folder of its own, to be tampered with.
final class AuditTrail {
    let folder: TemporaryFolder
    var path: String { folder.path + "/audit.jsonl" }
    var markPath: String { folder.path + "/audit.head" }

    /// - Parameter entries: How many there are at first.
    init(entries: Int = 0) throws {
        folder = try TemporaryFolder()
        for index in 0..<entries { try record("route\(index)") }
    }

    func record(
        _ target: String = "alba", onDamage: @escaping @Sendable (String) -> Void = { _ in }
    ) throws {
        let ann = AuditActor(user: "ann", uid: 1_000, way: .cli)
        let moment = Moment(unixMilliseconds: 1_768_660_200_250, monotonicNanoseconds: 0)
        _ = try AuditLog(stateFolder: folder.path, onDamage: onDamage)
            .record(.pauseRoute, of: target, by: ann, now: moment) { .done("\(target) is paused") }
    }

    func bytes() throws -> [UInt8] { Array(try Data(contentsOf: URL(filePath: path))) }

    func replace(_ bytes: [UInt8]) throws { try Data(bytes).write(to: URL(filePath: path)) }

    /// The lines with their ends.
    func lines() throws -> [[UInt8]] {
        try bytes().split(separator: 10).map { Array($0) + [10] }
    }

    func verify() throws -> AuditVerification { try AuditVerification(stateFolder: folder.path) }

    func texts() throws -> [String] { try verify().findings.map(\.text) }
}
