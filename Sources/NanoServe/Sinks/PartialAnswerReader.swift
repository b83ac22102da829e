import Foundation
import NIOCore
import NanoCore

/// Reads what a receiver says about single events of a batch, item by item.
///
/// Its callers give events up on the strength of this, so that what can't be read is never taken for
/// nothing: it makes the answer unreadable, in part or as a whole.
struct PartialAnswerReader {
    /// The last answer that was decoded and says nothing of single events. Most receivers say the same
    /// each time, and are spared the decoding from then on.
    private var plain: (type: String?, body: [UInt8])?

    private static let plainLimit = 1_024
    private static let acceptedKey = Array("\"accepted\"".utf8)
    private static let rejectedKey = Array("\"rejected\"".utf8)

    /// - Parameter count: Events that were sent.
    /// - Returns: Nil when the answer speaks of the batch as a whole: it is empty, or of another
    ///   kind and without a list of rejections.
    mutating func read(_ answer: HTTPAnswer, count: Int) -> PartialAnswer? {
        if isPlain(answer) { return nil }
        let partial = Self.read(answer, count: count)
        if partial == nil { learn(answer) }
        return partial
    }

    private func isPlain(_ answer: HTTPAnswer) -> Bool {
        guard let plain, Self.isWholeAndUncoded(answer) else { return false }
        return answer.body.readableBytesView.elementsEqual(plain.body)
            && answer.head.headers.first(name: "content-type") == plain.type
    }

    /// Keeps what speaks of the batch as a whole however many events there are in it.
    private mutating func learn(_ answer: HTTPAnswer) {
        guard Self.isWholeAndUncoded(answer), answer.body.readableBytes <= Self.plainLimit,
            Self.saysNothingOfEvents(answer.body.readableBytesUInt8Span)
        else { return }
        plain = (
            answer.head.headers.first(name: "content-type"), Array(answer.body.readableBytesView)
        )
    }

    private static func isWholeAndUncoded(_ answer: HTTPAnswer) -> Bool {
        answer.head.status.code == 200 && !answer.isCut
            && !answer.head.headers.contains(name: "content-encoding")
    }

    private static func read(_ answer: HTTPAnswer, count: Int) -> PartialAnswer? {
        let status = Int(answer.head.status.code)
        guard status == 200 || status == 207 else { return nil }
        let body = withoutMark(answer.body)
        let bytes = body.readableBytesUInt8Span
        let first = firstByte(of: bytes)
        if status == 200, first == nil { return nil }
        if answer.isCoded || isWide(bytes) { return .unreadable }
        let isCut = answer.isCut
        if !isCut, saysAllWereTaken(bytes, count: count) { return nil }
        if !isCut, status == 200, !answer.isCalledJSON, saysNothingOfEvents(bytes) { return nil }
        let isObject = first == UInt8(ascii: "{")
        let json = isCut ? nil : object(in: body)
        if let fields = json as? [String: Any] { return read(fields, status: status) }
        if json == nil, answer.isCalledJSON { return .unreadable }
        // A part of an object may be all of it that says what was rejected.
        let mayReject =
            status == 207 || (isCut && isObject) || contains(rejectedKey, in: bytes)
            || (isObject && contains(acceptedKey, in: bytes))
        return mayReject ? .unreadable : nil
    }

    private static func object(in body: ByteBuffer) -> Any? {
        try? JSONSerialization.jsonObject(
            with: Data(body.readableBytesView), options: .fragmentsAllowed)
    }

    private static func read(_ object: [String: Any], status: Int) -> PartialAnswer? {
        let accepted = whole(object["accepted"])
        // A plain yes is no number, and is not one that cannot be read either.
        let isUnclear =
            accepted == nil && object["accepted"] != nil && object["accepted"] as? Bool != true
        guard let list = object["rejected"], !(list is NSNull) else {
            if isUnclear { return .unreadable }
            if accepted == nil { return status == 207 ? .unreadable : nil }
            return PartialAnswer(accepted: accepted, rejected: [])
        }
        guard let items = list as? [Any] else { return .unreadable }
        var answer = PartialAnswer(
            accepted: accepted, rejected: [], hasUnreadableParts: isUnclear)
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

    /// The body behind a byte order mark of UTF-8, which some put there though none should
    /// (RFC 8259 §8.1).
    private static func withoutMark(_ body: ByteBuffer) -> ByteBuffer {
        guard body.readableBytesView.starts(with: [0xEF, 0xBB, 0xBF]) else { return body }
        var rest = body
        rest.moveReaderIndex(forwardBy: 3)
        return rest
    }

    /// Whether the body begins like JSON in UTF-16 or UTF-32, which nothing here reads.
    private static func isWide(_ bytes: Span<UInt8>) -> Bool {
        var hasSign = false
        for place in bytes.indices.prefix(16) {
            switch bytes[place] {
            case 0, 0xFE, 0xFF: hasSign = true
            case UInt8(ascii: "{"), UInt8(ascii: "["):
                let isZeroBehind = place + 1 < bytes.count && bytes[place + 1] == 0
                return hasSign || isZeroBehind
            case let byte where isSpace(byte): continue
            default: return false
            }
        }
        return false
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
