import Foundation
import NIOCore
import NanoCore

/// Reads what a receiver says about single events of a batch, item by item.
///
/// Its callers give events up on the strength of this, so that what can't be read is never taken for
/// nothing: it makes the answer unreadable, in part or as a whole.
enum PartialAnswerReader {
    private static let acceptedKey = Array("\"accepted\"".utf8)
    private static let rejectedKey = Array("\"rejected\"".utf8)

    /// - Parameters:
    ///   - isCut: Whether the body went on behind these bytes.
    ///   - count: Events that were sent.
    /// - Returns: Nil when the answer speaks of the batch as a whole: it is empty, or of another
    ///   kind and without a list of rejections.
    static func read(status: Int, body: ByteBuffer, isCut: Bool, count: Int) -> PartialAnswer? {
        guard status == 200 || status == 207 else { return nil }
        let bytes = body.readableBytesUInt8Span
        if status == 200, bytes.count == 0 { return nil }
        if !isCut, saysAllWereTaken(bytes, count: count) { return nil }
        if !isCut, status == 200, saysNothingOfEvents(bytes) { return nil }
        let isObject = firstByte(of: bytes) == UInt8(ascii: "{")
        if !isCut, isObject,
            let json = try? JSONSerialization.jsonObject(with: Data(body.readableBytesView)),
            let object = json as? [String: Any]
        {
            return read(object, status: status)
        }
        // A part of an object may be all of it that says what was rejected.
        let mayReject = status == 207 || (isCut && isObject) || contains(rejectedKey, in: bytes)
        return mayReject ? .unreadable : nil
    }

    private static func read(_ object: [String: Any], status: Int) -> PartialAnswer? {
        let accepted = whole(object["accepted"])
        guard let list = object["rejected"], !(list is NSNull) else {
            if accepted == nil { return status == 207 ? .unreadable : nil }
            return PartialAnswer(accepted: accepted, rejected: [])
        }
        guard let items = list as? [Any] else { return .unreadable }
        var answer = PartialAnswer(accepted: accepted, rejected: [])
        for item in items {
            guard let item = item as? [String: Any], let id = item["id"] as? String else {
                answer.hasUnreadableParts = true
                continue
            }
            let status = whole(item["status"]).flatMap { (100...599).contains($0) ? $0 : nil }
            answer.rejected.append(
                PartialAnswer.Rejection(
                    id: id, status: status, reason: item["reason"] as? String ?? ""))
        }
        return answer
    }

    /// A whole number that is neither a text nor a truth.
    private static func whole(_ value: Any?) -> Int? {
        guard let number = value as? NSNumber, String(cString: number.objCType) != "c" else {
            return nil
        }
        return Int(exactly: number.doubleValue)
    }

    /// Whether the body is this and nothing else: `{"accepted":n,"rejected":[]}`. That is what nearly
    /// all answers are, and they are spared the decoding.
    private static func saysAllWereTaken(_ bytes: Span<UInt8>, count: Int) -> Bool {
        let usual = "{\"accepted\":\(count),\"rejected\":[]}".utf8
        guard bytes.count >= usual.count else { return false }
        for (place, byte) in usual.enumerated() where bytes[place] != byte { return false }
        return (usual.count..<bytes.count).allSatisfy { isSpace(bytes[$0]) }
    }

    /// Whether neither word stands in the body, not even in disguise (RFC 8259 §7), so that decoding
    /// would find nothing.
    private static func saysNothingOfEvents(_ bytes: Span<UInt8>) -> Bool {
        !bytes.indices.contains { bytes[$0] == UInt8(ascii: "\\") }
            && !contains(acceptedKey, in: bytes) && !contains(rejectedKey, in: bytes)
    }

    private static func firstByte(of bytes: Span<UInt8>) -> UInt8? {
        for place in bytes.indices where !isSpace(bytes[place]) { return bytes[place] }
        return nil
    }

    private static func isSpace(_ byte: UInt8) -> Bool {
        byte == 0x20 || byte == 0x0A || byte == 0x0D || byte == 0x09
    }

    private static func contains(_ key: [UInt8], in text: Span<UInt8>) -> Bool {
        guard text.count >= key.count else { return false }
        return (0...text.count - key.count).contains { start in
            key.indices.allSatisfy { text[start + $0] == key[$0] }
        }
    }
}
