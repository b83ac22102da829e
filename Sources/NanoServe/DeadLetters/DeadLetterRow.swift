import Foundation
import GRDB
import NanoCore

/// How a letter lies in a row. A disk may change what SQLite does not look at, so that nothing in a
/// row is believed: what cannot be read gets a value that does no harm, and a letter that is not
/// what was stored says so.
extension DeadLetter {
    /// What stands in the place of the status that condemned a damaged letter.
    static let damage = "damaged on the disk, cannot be sent"

    /// The end of the year 9999, which is as far as dates are written.
    private static let latestUnixMilliseconds: Int64 = 253_402_300_799_999
    private static let digestBytes = 16

    /// Tells a frame from one that the disk has changed.
    static func digest(of frame: [UInt8]) -> Data {
        Data(SHA256Digest.of(frame).prefix(digestBytes))
    }

    init(_ row: Row) {
        func time(_ column: String) -> Int64 {
            min(max(0, row.value(column) ?? 0), Self.latestUnixMilliseconds)
        }
        let frame = (row.value("frame") as Data?).map { Array($0) } ?? []
        let model = ModelID(rawValue: row.value("model") ?? 0)
        let identity = row.value("identity") ?? ""
        let isWhole =
            Self.isWhole(frame, model, identity)
            && row.value("digest") == Self.digest(of: frame)
        self.init(
            number: row.value("number") ?? 0, route: row.value("route") ?? "",
            identity: identity, frame: frame, model: model, device: row.value("device"),
            receivedUnixMilliseconds: time("received_ms"),
            condemnedUnixMilliseconds: time("condemned_ms"),
            attempts: max(0, row.value("attempts") ?? 0),
            error: isWhole ? row.value("error") ?? "" : Self.damage,
            excerpt: row.value("answer") ?? "",
            state: row.value("state").flatMap(State.init(rawValue:)) ?? .dead)
        isDamaged = !isWhole
    }

    private static func isWhole(_ frame: [UInt8], _ model: ModelID, _ identity: String) -> Bool {
        guard let bounds = FrameBounds(packet: frame.indices, in: frame.span),
            bounds.header.model == model
        else { return false }
        return EventIdentity.text(frame: frame.span, bounds) == identity
    }
}

extension DeadLetterSnapshot {
    /// What a filter may ask for, without what it may not.
    init(forFilter row: Row) {
        self.init(
            id: row.value("identity") ?? "", model: ModelID(rawValue: row.value("model") ?? 0),
            unixMilliseconds: row.value("condemned_ms") ?? 0, error: row.value("error") ?? "",
            reason: row.value("answer") ?? "")
        number = row.value("number") ?? 0
        device = row.value("device")
        isToBeRedriven = row.value("state") == DeadLetter.State.redrive.rawValue
    }
}

extension Row {
    /// The value of a column; nil when it is of another kind, or out of the kind's range.
    func value<Value: DatabaseValueConvertible>(_ column: String) -> Value? {
        Value.fromDatabaseValue(self[column])
    }
}
