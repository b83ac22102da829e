import Foundation
import NanoCore

/// One event as a receiver keeps it.
struct CollectorEvent: Equatable {
    /// Nil for an event that came alone and without an `Idempotency-Key`.
    var id: String?
    var type: String
    /// The event as it came, without what was around it.
    var json: [UInt8]
}

/// The body of `POST /telemetry/ingest`, read strictly (`docs/protocol.md`, "Routes").
enum CollectorBody {
    enum Verdict: Equatable {
        case event(CollectorEvent)
        /// Why not, in a sentence for whoever sent it.
        case refused(String)
    }

    /// One event of a batch, with its id.
    struct Item: Equatable {
        var id: String
        var verdict: Verdict
    }

    case unreadable(String)
    case single(Verdict)
    case batch([Item])

    /// The most events in one batch.
    static let maximumEvents = 1_000

    static func read(_ bytes: [UInt8], idempotencyKey: String?) -> CollectorBody {
        guard let json = try? JSONSerialization.jsonObject(with: Data(bytes)) else {
            return .unreadable("the body is not JSON")
        }
        if let object = json as? [String: Any] {
            return .single(verdict(object, id: idempotencyKey, isInBatch: false))
        }
        guard let list = json as? [Any] else {
            return .unreadable("the body is neither an event nor a list of events")
        }
        guard (1...maximumEvents).contains(list.count) else {
            return .unreadable("\(list.count) events in a list; send 1…\(maximumEvents)")
        }
        var items: [Item] = []
        for (place, value) in list.enumerated() {
            // Without an id there is no way to say which one was not taken: none is.
            guard let object = value as? [String: Any], let id = object["id"] as? String else {
                return .unreadable("item \(place + 1) of the list is not an event with an id")
            }
            items.append(Item(id: id, verdict: verdict(object, id: id, isInBatch: true)))
        }
        return .batch(items)
    }

    private static func verdict(
        _ event: [String: Any], id: String?, isInBatch: Bool
    ) -> Verdict {
        if let id, !isIdentity(id) {
            return .refused("the id is not <model>-<timestamp>-<32 digits> in lower-case hex")
        }
        let fields = ["source", "type", "payload", "timestamp", "modelId"]
        let known = Set(fields + (isInBatch ? ["id"] : []))
        if let strange = event.keys.filter({ !known.contains($0) }).min() {
            return .refused("\(SafeText.shortened(strange, to: 40)) is not a field of an event")
        }
        if let missing = fields.first(where: { event[$0] == nil }) {
            return .refused("\(missing) is missing")
        }
        if let fault = fault(in: event) { return .refused(fault) }
        guard let json = try? JSONSerialization.data(withJSONObject: event, options: .sortedKeys)
        else { return .refused("the event cannot be kept") }
        let type = event["type"] as? String ?? ""
        return .event(CollectorEvent(id: id, type: type, json: Array(json)))
    }

    /// The first field with a wrong value.
    private static func fault(in event: [String: Any]) -> String? {
        guard let type = event["type"] as? String, PayloadType(name: type) != nil else {
            let names = PayloadType.allCases.map(\.name).joined(separator: ", ")
            return "type is not one of \(names)"
        }
        guard event["payload"] is [String: Any] else { return "payload is not an object" }
        guard let number = event["modelId"] as? NSNumber, !isBoolean(number),
            let raw = UInt8(exactly: number.doubleValue)
        else { return "modelId is not a whole number from 0 to 255" }
        guard event["source"] as? String == "nanogridata_\(ModelID(rawValue: raw))" else {
            return "source is not nanogridata_\(ModelID(rawValue: raw))"
        }
        guard let time = event["timestamp"] as? String, isTimestamp(time) else {
            return "timestamp is not like 2026-01-17T14:30:00.000Z"
        }
        return nil
    }

    private static func isBoolean(_ number: NSNumber) -> Bool {
        String(cString: number.objCType) == "c"
    }

    private static func isTimestamp(_ text: String) -> Bool {
        guard text.utf8.count == 24 else { return false }
        let pattern = Array("dddd-dd-ddTdd:dd:dd.dddZ".utf8)
        return zip(text.utf8, pattern).allSatisfy { byte, expected in
            expected == UInt8(ascii: "d")
                ? (UInt8(ascii: "0")...UInt8(ascii: "9")).contains(byte) : byte == expected
        }
    }

    /// `10-6979d418-` and 32 digits: what `EventIdentity` writes.
    private static func isIdentity(_ text: String) -> Bool {
        let parts = text.split(separator: "-", omittingEmptySubsequences: false)
        return parts.count == 3 && parts[0].utf8.count == 2 && !parts[1].isEmpty
            && parts[2].utf8.count == 32
            && parts.allSatisfy { $0.utf8.allSatisfy(isLowerCaseDigit) }
    }

    private static func isLowerCaseDigit(_ byte: UInt8) -> Bool {
        (UInt8(ascii: "0")...UInt8(ascii: "9")).contains(byte)
            || (UInt8(ascii: "a")...UInt8(ascii: "f")).contains(byte)
    }
}
