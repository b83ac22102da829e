import Foundation
import NanoCore

/// Reads a dump in NDJSON: a packet a line, whatever blocks they come in.
struct DumpedLines {
    /// What is wrong with a line.
    struct Fault: Error, CustomStringConvertible {
        /// From 1.
        let line: Int
        let words: String

        var description: String {
            "line \(line): \(words); a dump in NDJSON has a JSON object a line, with the packet's bytes "
                + #"in hexadecimal digits as "bytes""#
        }
    }

    /// What is read of a line; the rest is said again by the verdict.
    private struct Packet: Decodable {
        let bytes: String
        let time: String?
        let comment: String?
    }

    private var line = 1
    private var rest: [UInt8] = []

    /// More than the largest frame takes, with its payload beside it.
    private static let maximumLineBytes = 4 << 20

    /// Reads a block; the packet of each line that ends in it goes to `body`.
    ///
    /// - Throws: ``Fault`` for the first line that is none; what `body` throws.
    mutating func read(
        _ block: Span<UInt8>, _ body: (CapturedPacket) throws -> Void
    ) throws {
        for index in block.indices {
            guard block[index] == UInt8(ascii: "\n") else {
                rest.append(block[index])
                guard rest.count <= Self.maximumLineBytes else {
                    throw Fault(
                        line: line, words: "it has more than \(Self.maximumLineBytes) bytes")
                }
                continue
            }
            try finish(body)
            line += 1
        }
    }

    /// Hands out the packet of the current line, if there is anything in it.
    mutating func finish(_ body: (CapturedPacket) throws -> Void) throws {
        defer { rest.removeAll(keepingCapacity: true) }
        guard rest.contains(where: { $0 > UInt8(ascii: " ") }) else { return }
        try body(packet())
    }

    private func packet() throws(Fault) -> CapturedPacket {
        let packet: Packet
        do {
            packet = try JSONDecoder().decode(Packet.self, from: Data(rest))
        } catch DecodingError.keyNotFound(let key, _) {
            throw Fault(line: line, words: "it has no \"\(key.stringValue)\"")
        } catch DecodingError.typeMismatch(_, let context),
            DecodingError.valueNotFound(_, let context)
        {
            let key = context.codingPath.last?.stringValue
            throw Fault(
                line: line, words: key.map { "\"\($0)\" is no text" } ?? "it is no JSON object")
        } catch {
            throw Fault(line: line, words: "it is no JSON object")
        }
        guard let bytes = Self.bytes(packet.bytes) else {
            throw Fault(line: line, words: "\"bytes\" is not in pairs of hexadecimal digits")
        }
        var time: Int64?
        if let text = packet.time {
            time = Timestamp.unixMilliseconds(rfc3339: text)
            guard time != nil else {
                throw Fault(line: line, words: "\"time\" is no time of RFC 3339")
            }
        }
        return CapturedPacket(
            unixNanoseconds: time.map { $0 &* 1_000_000 }, bytes: bytes, comment: packet.comment)
    }

    private static func bytes(_ digits: String) -> [UInt8]? {
        var bytes: [UInt8] = []
        var reader = HexLineReader()
        do {
            try reader.read(Array(digits.utf8).span) { bytes += $1 }
            try reader.finish { bytes += $1 }
            return bytes
        } catch {
            return nil
        }
    }
}
